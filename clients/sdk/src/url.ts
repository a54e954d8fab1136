// Owns where the server is: paths below its base URL, over HTTP and over WebSocket.

/** The base without its trailing slashes, query and fragment; of a page it may be relative. */
export const baseUrl = (url: string | URL): string =>
  // React Native's URL knows little, and there is no location.
  (typeof location === "undefined" ? String(url) : new URL(url, location.href).href).replace(/\/*([?#].*)?$/, "");

export const streamUrl = (url: string | URL): string => `${baseUrl(url).replace(/^http/, "ws")}/stream`;
