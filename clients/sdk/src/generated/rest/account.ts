// Made by scripts/generate.mjs from protocol/openapi/account.yaml. Do not edit.
import type * as rest from "../rest.js";

export interface paths {
    readonly "/auth/register": {
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
         * Open an account
         * @description Makes a customer and its user, and logs it in. With `REGISTRATION=off` it is 403. An `Idempotency-Key` is refused (422): nothing is kept that holds a secret. Sent again after a lost answer it is 409, and the password logs in.
         */
        readonly post: rest.operations["register"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/auth/password": {
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
         * Change the password
         * @description Ends the user's other sessions; this one and API keys stay. A wrong `current_password` counts as a failed login.
         */
        readonly post: rest.operations["changePassword"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/auth/me": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: rest.components["parameters"]["RequestId"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Who asks */
        readonly get: rest.operations["getMe"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
}
export interface components {
    schemas: {
        readonly RegisterInput: {
            /** @description The customer's. */
            readonly name: string;
            /**
             * Format: email
             * @description One that a user or a customer has is 409.
             */
            readonly email: string;
            readonly password: rest.components["schemas"]["Password"];
        };
        readonly Me: {
            readonly role: rest.components["schemas"]["Role"];
            /**
             * @description outside: a token of another identity provider; none: `AUTH=off`.
             * @enum {unknown}
             */
            readonly credential: "session" | "api_key" | "outside" | "none";
            readonly scopes: readonly rest.components["schemas"]["Scope"][];
            readonly user_id?: rest.components["schemas"]["Uuid"];
            readonly email?: string;
            /** @description The session or the API key. */
            readonly credential_id?: rest.components["schemas"]["Uuid"];
            /** @description Of the role user. */
            readonly customer_id?: rest.components["schemas"]["Uuid"];
            /**
             * Format: date-time
             * @description The credential's end.
             */
            readonly expires_at?: string;
        };
    };
}
export interface operations {
    readonly register: {
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
                 *       "name": "Ada Lovelace",
                 *       "email": "ada@example.com",
                 *       "password": "geese fly at noon"
                 *     }
                 */
                readonly "application/json": rest.components["schemas"]["RegisterInput"];
            };
        };
        readonly responses: {
            /** @description Logged in. */
            readonly 201: {
                headers: {
                    readonly "X-Request-Id": rest.components["headers"]["RequestId"];
                    readonly Location: rest.components["headers"]["Location"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": rest.components["schemas"]["Tokens"];
                };
            };
            readonly 403: rest.components["responses"]["Forbidden"];
            readonly 409: rest.components["responses"]["Conflict"];
            readonly 415: rest.components["responses"]["UnsupportedMediaType"];
            readonly 422: rest.components["responses"]["Invalid"];
            readonly default: rest.components["responses"]["Problem"];
        };
    };
    readonly changePassword: {
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
                 *       "current_password": "geese fly at noon",
                 *       "new_password": "swans swim by moonlight"
                 *     }
                 */
                readonly "application/json": {
                    readonly current_password: string;
                    readonly new_password: rest.components["schemas"]["Password"];
                };
            };
        };
        readonly responses: {
            readonly 204: rest.components["responses"]["Deleted"];
            readonly 401: rest.components["responses"]["Unauthorized"];
            readonly 403: rest.components["responses"]["Forbidden"];
            readonly 404: rest.components["responses"]["NotFound"];
            readonly 409: rest.components["responses"]["NoAccount"];
            readonly 415: rest.components["responses"]["UnsupportedMediaType"];
            readonly 422: rest.components["responses"]["Invalid"];
            readonly default: rest.components["responses"]["Problem"];
        };
    };
    readonly getMe: {
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
            /** @description Whom the credential stands for, and what it may do. */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": rest.components["headers"]["RequestId"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "role": "user",
                     *       "credential": "session",
                     *       "scopes": [
                     *         "read",
                     *         "write",
                     *         "stream",
                     *         "prices",
                     *         "operate",
                     *         "administer"
                     *       ],
                     *       "user_id": "5f0c8d9e-6b7a-4c1d-8e2f-3a4b5c6d7e8f",
                     *       "email": "ada@example.com",
                     *       "credential_id": "9a8b7c6d-5e4f-4a3b-8c2d-1e0f9a8b7c6d",
                     *       "customer_id": "0b8f2c1e-3a4d-4f6b-8a2e-1c9d7e5f3b21",
                     *       "expires_at": "2026-01-05T09:45:00.000Z"
                     *     }
                     */
                    readonly "application/json": rest.components["schemas"]["Me"];
                };
            };
            readonly 401: rest.components["responses"]["Unauthorized"];
            readonly 403: rest.components["responses"]["Forbidden"];
            readonly default: rest.components["responses"]["Problem"];
        };
    };
}
