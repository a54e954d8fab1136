// Made by scripts/generate.mjs from protocol/openapi/sessions.yaml. Do not edit.
import type * as rest from "../rest.js";

export interface paths {
    readonly "/auth/sessions": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: rest.components["parameters"]["RequestId"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Where the caller is logged in */
        readonly get: rest.operations["listSessions"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/auth/sessions/{session_id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: rest.components["parameters"]["RequestId"];
            };
            readonly path: {
                /** @example 9a8b7c6d-5e4f-4a3b-8c2d-1e0f9a8b7c6d */
                readonly session_id: rest.components["schemas"]["Uuid"];
            };
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        readonly post?: never;
        /** End a session of the caller */
        readonly delete: rest.operations["deleteSession"];
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
}
export interface components {
    schemas: {
        readonly Session: {
            readonly session_id: rest.components["schemas"]["Uuid"];
            /** @description It is the one that asks. */
            readonly current: boolean;
            /** @description The address that logged in. */
            readonly peer?: string;
            readonly user_agent?: string;
            /** Format: date-time */
            readonly created_at: string;
            /** Format: date-time */
            readonly refreshed_at: string;
            /**
             * Format: date-time
             * @description Unless it is refreshed before.
             */
            readonly expires_at: string;
        };
    };
}
export interface operations {
    readonly listSessions: {
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
            /** @description A page of the live sessions. */
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
                     *           "session_id": "9a8b7c6d-5e4f-4a3b-8c2d-1e0f9a8b7c6d",
                     *           "current": true,
                     *           "peer": "203.0.113.7",
                     *           "user_agent": "curl/7.88.1",
                     *           "created_at": "2026-01-05T09:30:00.000Z",
                     *           "refreshed_at": "2026-01-05T09:30:00.000Z",
                     *           "expires_at": "2026-02-04T09:30:00.000Z"
                     *         }
                     *       ]
                     *     }
                     */
                    readonly "application/json": {
                        readonly items: readonly rest.components["schemas"]["Session"][];
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
    readonly deleteSession: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: rest.components["parameters"]["RequestId"];
            };
            readonly path: {
                /** @example 9a8b7c6d-5e4f-4a3b-8c2d-1e0f9a8b7c6d */
                readonly session_id: rest.components["schemas"]["Uuid"];
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
