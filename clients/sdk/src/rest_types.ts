// Owns the types of requests and answers, derived from the OpenAPI document's. No code.
import type { paths } from "./generated/rest.js";

export type Method = "get" | "post" | "put" | "delete";

/** The paths that have a method. */
export type PathOf<M extends Method> = {
  [P in keyof paths]: [NonNullable<paths[P][M]>] extends [never] ? never : P;
}[keyof paths];

type Operation<M extends Method, P extends keyof paths> = NonNullable<paths[P][M]>;
type Parameters<O, In extends string> = O extends { readonly parameters: infer All }
  ? In extends keyof All
    ? NonNullable<All[In]>
    : never
  : never;

type Content<C> = C extends { readonly content: infer Types }
  ? "application/json" extends keyof Types
    ? Types["application/json"]
    : Types[keyof Types]
  : undefined;
type Good<R> = { [S in keyof R]: S extends 200 | 201 | 202 | 204 ? Content<R[S]> : never }[keyof R];

/** What a request is answered with when it is done. */
export type DataOf<M extends Method, P extends keyof paths> =
  Operation<M, P> extends { readonly responses: infer R } ? Good<R> : never;

/** What a request takes as its body. */
export type BodyOf<M extends Method, P extends keyof paths> =
  Operation<M, P> extends { readonly requestBody?: infer B } ? Content<NonNullable<B>> : undefined;

export interface RequestSettings {
  /** The `ETag` of what one has. Reading: 304 without data when it is still that. Writing: 412 when it is not. */
  etag?: string | undefined;
  /** For POST: true makes a key, so that asking again after a lost answer creates nothing twice. */
  idempotencyKey?: string | true | undefined;
  headers?: Record<string, string> | undefined;
  signal?: AbortSignal | undefined;
  /** How often to ask again when no answer came, or 429, 502, 503, 504: 2 for what is safe to repeat, else 0. */
  retries?: number | undefined;
}

type Part<Name extends string, Value> = [Value] extends [never]
  ? { [N in Name]?: undefined }
  : [keyof Value] extends [never]
    ? { [N in Name]?: undefined }
    : object extends Value
      ? { [N in Name]?: Value }
      : { [N in Name]: Value };

type BodyPart<Body> = [Body] extends [undefined] ? { body?: undefined } : { body: Body };

/** All that a request of this method and path needs and may have. */
export type RequestOf<M extends Method, P extends keyof paths> = RequestSettings &
  Part<"params", Parameters<Operation<M, P>, "path">> &
  Part<"query", Parameters<Operation<M, P>, "query">> &
  (M extends "get" | "delete" ? object : BodyPart<BodyOf<M, P>>);

/** The request may be left out where nothing of it is needed. */
export type RequestArguments<M extends Method, P extends keyof paths> =
  object extends RequestOf<M, P> ? [request?: RequestOf<M, P>] : [request: RequestOf<M, P>];

export interface Answer<T> {
  readonly status: number;
  /** What came; undefined with 204, and with 304 (it is what one has). */
  readonly data: T;
  readonly etag: string | null;
  /** The path of what was created. */
  readonly location: string | null;
  readonly requestId: string | null;
  readonly headers: Headers;
}
