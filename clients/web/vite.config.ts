// How the dashboard is built: hashed files with relative names, so that it works behind any path prefix.
import { fileURLToPath } from "node:url";
import { defaultClientConditions, defineConfig } from "vite";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

// `npm run dev` passes what is the server's to a portfoliod on this machine.
const SERVER = process.env["PORTFOLIOD_URL"] ?? "http://127.0.0.1:8080";
const ROUTES = [
  "auth",
  "customers",
  "portfolios",
  "investments",
  "assets",
  "providers",
  "health",
  "exchange-rates",
  "docs",
];

export default defineConfig({
  root: here("."),
  base: "./",
  // The SDK as it is in this tree, not as it was built last.
  resolve: { conditions: ["source", ...defaultClientConditions] },
  build: {
    outDir: here("../../build/web"),
    assetsDir: "static", // /assets is a route of the server
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0, // data: URLs are not in the Content-Security-Policy
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: {
    proxy: {
      "/stream": { target: SERVER, ws: true },
      "/demo.json": SERVER,
      ...Object.fromEntries(ROUTES.map((route) => [`/${route}`, SERVER])),
    },
  },
});
