// Owns where the server is: paths below its base URL, over HTTP and over WebSocket.

/** The base without its trailing slashes, query and fragment. */
export const baseUrl = (url: string | URL): string => {
  const here = typeof location === "undefined" ? undefined : location.href;
  const parsed = new URL(String(url), here);
  return (parsed.origin === "null" ? `${parsed.protocol}//${parsed.host}` : parsed.origin) + parsed.pathname.replace(/\/+$/, "");
};

export const streamUrl = (url: string | URL): string => `${baseUrl(url).replace(/^http/, "ws")}/stream`;
