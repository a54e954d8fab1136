// Made by scripts/generate.mjs from protocol/openapi/api_keys.yaml. Do not edit.
import type * as rest from "../rest.js";

export interface paths {
    readonly "/auth/keys": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: rest.components["parameters"]["RequestId"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * The caller's API keys
         * @description Without the keys themselves, of which only a hash is kept.
         */
        readonly get: rest.operations["listKeys"];
        readonly put?: never;
        /**
         * Create an API key
         * @description The answer shows the key, this once. It may do what its user may, cut down to its scopes, but nothing with the user's account. At most 100 of a user: then 429. An `Idempotency-Key` is refused (422): nothing is kept that holds a secret.
         */
        readonly post: rest.operations["createKey"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/auth/keys/{key_id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: rest.components["parameters"]["RequestId"];
            };
            readonly path: {
                /** @example 1d2e3f4a-5b6c-4d7e-8f9a-0b1c2d3e4f5a */
                readonly key_id: rest.components["schemas"]["Uuid"];
            };
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        readonly post?: never;
        /** Revoke an API key of the caller */
        readonly delete: rest.operations["deleteKey"];
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
}
export interface components {
    schemas: {
        /** @enum {unknown} */
        readonly Scope: "read" | "write" | "stream" | "prices" | "operate" | "administer";
        readonly Key: {
            readonly key_id: rest.components["schemas"]["Uuid"];
            readonly name: string;
            readonly scopes: readonly rest.components["schemas"]["Scope"][];
            /** Format: date-time */
            readonly created_at: string;
            /** Format: date-time */
            readonly expires_at?: string;
            /**
             * Format: date-time
             * @description To the minute.
             */
            readonly last_used_at?: string;
        };
        readonly KeyInput: {
            readonly name: string;
            readonly scopes: readonly rest.components["schemas"]["Scope"][];
            /**
             * Format: date-time
             * @description Without it the key has no end.
             */
            readonly expires_at?: string;
        };
        readonly NewKey: {
            readonly key_id: rest.components["schemas"]["Uuid"];
            readonly name: string;
            readonly scopes: readonly rest.components["schemas"]["Scope"][];
            readonly api_key: string;
            /** Format: date-time */
            readonly created_at: string;
            /** Format: date-time */
            readonly expires_at?: string;
        };
    };
}
export interface operations {
    readonly listKeys: {
        readonly parameters: {
            readonly query?: {
                /** @description How many items at most. */
                readonly limit?: rest.components["parameters"]["Limit"];
                /** @description The `next_cursor` of the page before; good for the same path, sort and filters only. */
                readonly cursor?: rest.components["parameters"]["Cursor"];
                /** @description A minus before it turns the order round. */
                readonly sort?: "created_at" | "-created_at";
            };
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: rest.components["parameters"]["RequestId"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description A page of the keys that are not deleted. */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": rest.components["headers"]["RequestId"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "key_id": "1d2e3f4a-5b6c-4d7e-8f9a-0b1c2d3e4f5a",
                     *           "name": "nightly report",
                     *           "scopes": [
                     *             "read"
                     *           ],
                     *           "created_at": "2026-01-05T09:30:00.000Z",
                     *           "last_used_at": "2026-01-06T02:00:00.000Z"
                     *         }
                     *       ]
                     *     }
                     */
                    readonly "application/json": {
                        readonly items: readonly rest.components["schemas"]["Key"][];
                        readonly next_cursor?: rest.components["schemas"]["NextCursor"];
                    };
                };
            };
            readonly 401: rest.components["responses"]["Unauthorized"];
            readonly 403: rest.components["responses"]["Forbidden"];
            readonly 409: rest.components["responses"]["NoAccount"];
            readonly 422: rest.components["responses"]["Invalid"];
            readonly default: rest.components["responses"]["Problem"];
        };
    };
    readonly createKey: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: rest.components["parameters"]["RequestId"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "name": "nightly report",
                 *       "scopes": [
                 *         "read"
                 *       ],
                 *       "expires_at": "2027-01-01T00:00:00Z"
                 *     }
                 */
                readonly "application/json": rest.components["schemas"]["KeyInput"];
            };
        };
        readonly responses: {
            /** @description The new key. */
            readonly 201: {
                headers: {
                    readonly "X-Request-Id": rest.components["headers"]["RequestId"];
                    readonly Location: rest.components["headers"]["Location"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "key_id": "1d2e3f4a-5b6c-4d7e-8f9a-0b1c2d3e4f5a",
                     *       "name": "nightly report",
                     *       "scopes": [
                     *         "read"
                     *       ],
                     *       "api_key": "pfk_Qm9PZ2x5V0x4c0x2M2h1cTJ5d1pQbE5mRkVqS1RrbFg",
                     *       "created_at": "2026-01-05T09:30:00.000Z",
                     *       "expires_at": "2027-01-01T00:00:00.000Z"
                     *     }
                     */
                    readonly "application/json": rest.components["schemas"]["NewKey"];
                };
            };
            readonly 401: rest.components["responses"]["Unauthorized"];
            readonly 403: rest.components["responses"]["Forbidden"];
            readonly 404: rest.components["responses"]["NotFound"];
            readonly 409: rest.components["responses"]["NoAccount"];
            readonly 415: rest.components["responses"]["UnsupportedMediaType"];
            readonly 422: rest.components["responses"]["Invalid"];
            readonly default: rest.components["responses"]["Problem"];
        };
    };
    readonly deleteKey: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: rest.components["parameters"]["RequestId"];
            };
            readonly path: {
                /** @example 1d2e3f4a-5b6c-4d7e-8f9a-0b1c2d3e4f5a */
                readonly key_id: rest.components["schemas"]["Uuid"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 204: rest.components["responses"]["Deleted"];
            readonly 401: rest.components["responses"]["Unauthorized"];
            readonly 403: rest.components["responses"]["Forbidden"];
            readonly 404: rest.components["responses"]["NotFound"];
            readonly 409: rest.components["responses"]["NoAccount"];
            readonly 415: rest.components["responses"]["UnsupportedMediaType"];
            readonly default: rest.components["responses"]["Problem"];
        };
    };
}
