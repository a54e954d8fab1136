// What the tests use of react-dom, so that its types are no package of their own here.
declare module "react-dom/client" {
  export const createRoot: (element: Element) => { render(node: import("react").ReactNode): void; unmount(): void };
}
declare module "react-dom/server" {
  export const renderToString: (node: import("react").ReactNode) => string;
}
