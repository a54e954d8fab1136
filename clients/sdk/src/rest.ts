// Owns REST beside the stream: requests typed by the OpenAPI document, numbers exact both ways,
// problems as errors. Refuses to repeat by itself what could be done twice.
import { waitMs } from "./backoff.js";
import { parseExact, stringifyExact } from "./exact_json.js";
import type { paths } from "./generated/rest.js";
import { ApiProblem } from "./problem.js";
import type { Answer, DataOf, Method, PathOf, RequestArguments, RequestSettings } from "./rest_types.js";
import { systemTimers, type Timers } from "./timers.js";
import { tokenOf, type TokenSource } from "./token.js";
import { baseUrl } from "./url.js";

/** No wait longer than this is waited for: the application is told instead. */
const WAIT_MAX_MS = 5_000;
const RETRIES = 2;
const PASSING = new Set([0, 429, 502, 503, 504]);

export interface RestClientOptions {
  /** Base URL of the server, with its path prefix. */
  url: string | URL;
  token?: TokenSource | undefined;
  fetch?: typeof fetch | undefined;
  random?: (() => number) | undefined;
  timers?: Timers | undefined;
}

interface Request extends RequestSettings {
  params?: object | undefined;
  query?: object | undefined;
  body?: unknown;
}

const makeKey = (random: () => number): string =>
  Array.from({ length: 3 }, () => random().toString(36).slice(2)).join("");

const problemOf = ({ status, headers }: Response, text: string): ApiProblem => {
  let document;
  try {
    document = parseExact(text) as Record<string, unknown> | null;
  } catch {
    // A proxy's page, say.
  }
  return new ApiProblem(status, document ?? {}, headers);
};

export class RestClient {
  readonly #options: RestClientOptions;
  readonly #timers: Timers;

  constructor(options: RestClientOptions) {
    this.#options = options;
    this.#timers = options.timers ?? systemTimers();
  }

  get<P extends PathOf<"get">>(path: P, ...[request]: RequestArguments<"get", P>): Promise<Answer<DataOf<"get", P>>> {
    return this.#send("get", path, request);
  }

  post<P extends PathOf<"post">>(
    path: P,
    ...[request]: RequestArguments<"post", P>
  ): Promise<Answer<DataOf<"post", P>>> {
    return this.#send("post", path, request);
  }

  put<P extends PathOf<"put">>(path: P, ...[request]: RequestArguments<"put", P>): Promise<Answer<DataOf<"put", P>>> {
    return this.#send("put", path, request);
  }

  delete<P extends PathOf<"delete">>(
    path: P,
    ...[request]: RequestArguments<"delete", P>
  ): Promise<Answer<DataOf<"delete", P>>> {
    return this.#send("delete", path, request);
  }

  async #send<T>(method: Method, path: keyof paths, request: Request = {}): Promise<Answer<T>> {
    const url = this.#url(path, request);
    const key = request.idempotencyKey === true ? makeKey(this.#options.random ?? Math.random) : request.idempotencyKey;
    let retries = request.retries ?? (method === "get" || key !== undefined ? RETRIES : 0);
    let token = await tokenOf(this.#options.token, null);
    let isRenewed = false;
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await this.#once<T>(method, url, request, key, token);
      } catch (error) {
        if (!(error instanceof ApiProblem)) throw error;
        if (error.status === 401 && token !== null && !isRenewed) {
          // Nothing was done: with another token, should there be one, it may be.
          const other = await tokenOf(this.#options.token, token);
          isRenewed = true;
          if (other !== null && other !== token) {
            token = other;
            continue;
          }
        }
        const delayMs = Math.max(error.retryAfterMs ?? 0, waitMs(attempt, this.#options.random ?? Math.random));
        if (retries <= 0 || !PASSING.has(error.status) || delayMs > WAIT_MAX_MS) throw error;
        retries -= 1;
        await new Promise<void>((resolve) => this.#timers.setTimeout(resolve, delayMs));
      }
    }
  }

  #url(path: string, { params = {}, query = {} }: Request): string {
    const values = params as Record<string, unknown>;
    const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(values[name])));
    const search = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) if (value !== undefined) search.append(name, String(value));
    const asked = search.toString();
    return baseUrl(this.#options.url) + filled + (asked && `?${asked}`);
  }

  async #once<T>(
    method: Method,
    url: string,
    request: Request,
    key: string | undefined,
    token: string | null,
  ): Promise<Answer<T>> {
    const { body, etag, signal } = request;
    const headers: Record<string, string> = { ...request.headers };
    if (token !== null) headers["Authorization"] = `Bearer ${token}`;
    if (etag !== undefined) headers[method === "get" ? "If-None-Match" : "If-Match"] = etag;
    if (key !== undefined) headers["Idempotency-Key"] = key;
    const isText = typeof body === "string";
    if (body !== undefined) headers["Content-Type"] ??= isText ? "text/csv" : "application/json";
    let response: Response;
    let text: string;
    try {
      response = await (this.#options.fetch ?? fetch)(url, {
        method: method.toUpperCase(),
        headers,
        ...(body !== undefined && { body: isText ? body : stringifyExact(body) }),
        ...(signal && { signal }),
      });
      text = await response.text();
    } catch (error) {
      if (signal?.aborted) throw error;
      throw new ApiProblem(0, { detail: "The server did not answer" }, undefined, { cause: error });
    }
    const { status } = response;
    if (!response.ok && status !== 304) throw problemOf(response, text);
    const isJson = /[/+]json/.test(response.headers.get("content-type") ?? "");
    return {
      status,
      data: (text === "" ? undefined : isJson ? parseExact(text) : text) as T,
      etag: response.headers.get("etag"),
      location: response.headers.get("location"),
      requestId: response.headers.get("x-request-id"),
      headers: response.headers,
    };
  }
}
