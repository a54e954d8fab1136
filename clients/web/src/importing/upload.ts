// Sending something large, and telling how far it has come: fetch does not say it, so it is an XMLHttpRequest in its
// place, for a RestClient of the page.

export interface Sent {
  readonly bytes: number;
  readonly of: number;
}

type Fetch = typeof fetch;

export function uploadFetch(onSent: (sent: Sent) => void): Fetch {
  return (url, init = {}) =>
    new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open(init.method ?? "GET", String(url));
      new Headers(init.headers).forEach((value, name) => request.setRequestHeader(name, value));
      request.upload.onprogress = ({ loaded, total }) => onSent({ bytes: loaded, of: total });
      request.onload = () => resolve(answerOf(request));
      request.onerror = () => reject(new TypeError("no answer"));
      request.onabort = () => reject(new DOMException("aborted", "AbortError"));
      init.signal?.addEventListener("abort", () => request.abort());
      request.send((init.body as XMLHttpRequestBodyInit | undefined) ?? null);
    });
}

function answerOf(request: XMLHttpRequest): Response {
  const headers = new Headers();
  for (const line of request.getAllResponseHeaders().trim().split(/\r?\n/)) {
    const at = line.indexOf(":");
    if (at > 0) headers.append(line.slice(0, at), line.slice(at + 1).trim());
  }
  return new Response(request.responseText || null, { status: request.status, headers });
}
