// Made by scripts/generate.mjs from protocol/openapi/auth.yaml. Do not edit.
import type * as rest from "../rest.js";

export interface paths {
    readonly "/auth/login": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: rest.components["parameters"]["RequestId"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Log in
         * @description An e-mail address that nobody has is answered like a wrong password, and takes as long. From the fifth failure on (of an address on the network: the twentieth) one must wait 1, 2, 4, … seconds, at most 15 minutes: 429 with `Retry-After`.
         */
        readonly post: rest.operations["login"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/auth/refresh": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: rest.components["parameters"]["RequestId"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Take a refresh token for new tokens
         * @description A refresh token is good once; the answer has the next one. The same one again means that two have it: then the session ends, and whoever has its tokens logs in again.
         */
        readonly post: rest.operations["refresh"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/auth/logout": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: rest.components["parameters"]["RequestId"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * End this session
         * @description Its access token is void at once, its streams end within a second. The body may be left out.
         */
        readonly post: rest.operations["logout"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/auth/ticket": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: rest.components["parameters"]["RequestId"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * A one-time pass to the stream
         * @description For clients that can send no header with a WebSocket: `/stream?ticket=…`. Good for 30 seconds and one connection, with the rights and the end of the token it was asked with.
         */
        readonly post: rest.operations["createTicket"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
}
export interface components {
    schemas: {
        /** @description At most 256 bytes. Refused when it is made of common words, rows of keys, years, repetitions or the e-mail address. */
        readonly Password: string;
        readonly Tokens: {
            /** @description A JWT: `Authorization: Bearer …`. */
            readonly access_token: string;
            /** @constant */
            readonly token_type: "Bearer";
            /** @description Seconds. */
            readonly expires_in: number;
            /** Format: date-time */
            readonly expires_at: string;
            readonly refresh_token: string;
            /** Format: date-time */
            readonly refresh_expires_at: string;
            readonly session_id: rest.components["schemas"]["Uuid"];
            readonly user: rest.components["schemas"]["User"];
        };
        readonly LoginInput: {
            /**
             * Format: email
             * @description In any case.
             */
            readonly email: string;
            readonly password: string;
        };
        readonly Ticket: {
            readonly ticket: string;
            readonly expires_in: number;
            /** Format: date-time */
            readonly expires_at: string;
        };
    };
    responses: {
        /** @description Logged in. */
        readonly Tokens: {
            headers: {
                readonly "X-Request-Id": rest.components["headers"]["RequestId"];
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/json": rest.components["schemas"]["Tokens"];
            };
        };
        /** @description With `AUTH=off` there is no account behind the caller; or it has no password. */
        readonly NoAccount: {
            headers: {
                readonly "X-Request-Id": rest.components["headers"]["RequestId"];
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/problem+json": rest.components["schemas"]["Problem"];
            };
        };
    };
}
export interface operations {
    readonly login: {
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
                 *       "email": "ada@example.com",
                 *       "password": "geese fly at noon"
                 *     }
                 */
                readonly "application/json": rest.components["schemas"]["LoginInput"];
            };
        };
        readonly responses: {
            readonly 200: rest.components["responses"]["Tokens"];
            readonly 401: rest.components["responses"]["Unauthorized"];
            readonly 415: rest.components["responses"]["UnsupportedMediaType"];
            readonly 422: rest.components["responses"]["Invalid"];
            readonly default: rest.components["responses"]["Problem"];
        };
    };
    readonly refresh: {
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
                 *       "refresh_token": "pfr_Qm9PZ2x5V0x4c0x2M2h1cTJ5d1pQbE5mRkVqS1RrbFg"
                 *     }
                 */
                readonly "application/json": {
                    readonly refresh_token: string;
                };
            };
        };
        readonly responses: {
            readonly 200: rest.components["responses"]["Tokens"];
            readonly 401: rest.components["responses"]["Unauthorized"];
            readonly 415: rest.components["responses"]["UnsupportedMediaType"];
            readonly 422: rest.components["responses"]["Invalid"];
            readonly default: rest.components["responses"]["Problem"];
        };
    };
    readonly logout: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: rest.components["parameters"]["RequestId"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: {
            readonly content: {
                /**
                 * @example {
                 *       "everywhere": true
                 *     }
                 */
                readonly "application/json": {
                    /**
                     * @description All sessions of the user.
                     * @default false
                     */
                    readonly everywhere?: boolean;
                };
            };
        };
        readonly responses: {
            readonly 204: rest.components["responses"]["Deleted"];
            readonly 401: rest.components["responses"]["Unauthorized"];
            readonly 403: rest.components["responses"]["Forbidden"];
            readonly 409: rest.components["responses"]["NoAccount"];
            readonly 415: rest.components["responses"]["UnsupportedMediaType"];
            readonly 422: rest.components["responses"]["Invalid"];
            readonly default: rest.components["responses"]["Problem"];
        };
    };
    readonly createTicket: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: rest.components["parameters"]["RequestId"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The ticket. */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": rest.components["headers"]["RequestId"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "ticket": "pft_Qm9PZ2x5V0x4c0x2M2h1cTJ5d1pQbE5mRkVqS1RrbFg",
                     *       "expires_in": 30,
                     *       "expires_at": "2026-01-05T09:30:30.000Z"
                     *     }
                     */
                    readonly "application/json": rest.components["schemas"]["Ticket"];
                };
            };
            readonly 401: rest.components["responses"]["Unauthorized"];
            readonly 403: rest.components["responses"]["Forbidden"];
            readonly 404: rest.components["responses"]["NotFound"];
            readonly 409: rest.components["responses"]["NoAccount"];
            readonly 415: rest.components["responses"]["UnsupportedMediaType"];
            readonly default: rest.components["responses"]["Problem"];
        };
    };
}
