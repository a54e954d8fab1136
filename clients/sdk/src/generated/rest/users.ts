// Made by scripts/generate.mjs from protocol/openapi/users.yaml. Do not edit.
import type * as rest from "../rest.js";

export interface paths {
    readonly "/users": {
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
         * List users
         * @description For administrators; not with an API key.
         */
        readonly get: rest.operations["listUsers"];
        readonly put?: never;
        /**
         * Create a user
         * @description For administrators; not with an API key. Without a password it logs in by an outside identity provider only. An `Idempotency-Key` is refused (422): nothing is kept that holds a secret.
         */
        readonly post: rest.operations["createUser"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/users/{user_id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: rest.components["parameters"]["RequestId"];
            };
            readonly path: {
                /** @example 7c6d5e4f-3a2b-4c1d-9e8f-7a6b5c4d3e2f */
                readonly user_id: rest.components["parameters"]["UserId"];
            };
            readonly cookie?: never;
        };
        /**
         * Read a user
         * @description For administrators; not with an API key.
         */
        readonly get: rest.operations["getUser"];
        /**
         * Replace a user
         * @description For administrators; not with an API key. A password that is not given stays; a new one ends the user's sessions, as `disabled` does. Rights that are lost end everywhere within a second. The last administrator's cannot be taken: 409.
         */
        readonly put: rest.operations["replaceUser"];
        readonly post?: never;
        /**
         * Delete a user
         * @description For administrators; not with an API key. Its sessions and API keys go with it; its customer stays.
         */
        readonly delete: rest.operations["deleteUser"];
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/customers/{customer_id}/advisors": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: rest.components["parameters"]["RequestId"];
            };
            readonly path: {
                readonly customer_id: rest.components["parameters"]["CustomerId"];
            };
            readonly cookie?: never;
        };
        /**
         * Who advises a customer
         * @description For administrators; not with an API key.
         */
        readonly get: rest.operations["listAdvisorsOfCustomer"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/customers/{customer_id}/advisors/{user_id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: rest.components["parameters"]["RequestId"];
            };
            readonly path: {
                readonly customer_id: rest.components["parameters"]["CustomerId"];
                /** @example 7c6d5e4f-3a2b-4c1d-9e8f-7a6b5c4d3e2f */
                readonly user_id: rest.components["parameters"]["UserId"];
            };
            readonly cookie?: never;
        };
        readonly get?: never;
        /**
         * Let an advisor read a customer's rows
         * @description For administrators; not with an API key. A user of another role is 409.
         */
        readonly put: rest.operations["assignAdvisor"];
        readonly post?: never;
        /**
         * Take that right back
         * @description For administrators; not with an API key. Streams that showed these rows end within a second.
         */
        readonly delete: rest.operations["unassignAdvisor"];
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
}
export interface components {
    schemas: {
        /**
         * @description user: its customer's rows. advisor: reads the rows of the customers assigned to it. service: a program of the operator's, reads everything and sets prices. admin: everything.
         * @enum {unknown}
         */
        readonly Role: "user" | "advisor" | "service" | "admin";
        readonly User: {
            readonly user_id: rest.components["schemas"]["Uuid"];
            readonly email: string;
            readonly role: rest.components["schemas"]["Role"];
            readonly customer_id?: rest.components["schemas"]["Uuid"];
            readonly disabled: boolean;
            readonly has_password: boolean;
            /** @description The outside identity provider that knows the user. */
            readonly issuer?: string;
            /** @description As what. */
            readonly subject?: string;
            /** Format: date-time */
            readonly created_at: string;
            /** Format: date-time */
            readonly updated_at: string;
        };
        readonly UserInput: {
            /**
             * Format: email
             * @description Another user's is 409; case makes no difference.
             */
            readonly email: string;
            readonly role: rest.components["schemas"]["Role"];
            /** @description Required of the role user; of no other. */
            readonly customer_id?: rest.components["schemas"]["Uuid"];
            /** @default false */
            readonly disabled?: boolean;
            readonly password?: rest.components["schemas"]["Password"];
        };
        readonly Advisor: {
            readonly user_id: rest.components["schemas"]["Uuid"];
            readonly email: string;
            /** Format: date-time */
            readonly assigned_at: string;
        };
    };
    responses: {
        /** @description The user. */
        readonly User: {
            headers: {
                readonly "X-Request-Id": rest.components["headers"]["RequestId"];
                readonly ETag: rest.components["headers"]["ETag"];
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/json": rest.components["schemas"]["User"];
            };
        };
    };
    parameters: {
        /** @example 7c6d5e4f-3a2b-4c1d-9e8f-7a6b5c4d3e2f */
        readonly UserId: rest.components["schemas"]["Uuid"];
    };
    requestBodies: {
        readonly User: {
            readonly content: {
                /**
                 * @example {
                 *       "email": "adviser@example.com",
                 *       "role": "advisor",
                 *       "password": "geese fly at noon"
                 *     }
                 */
                readonly "application/json": rest.components["schemas"]["UserInput"];
            };
        };
    };
}
export interface operations {
    readonly listUsers: {
        readonly parameters: {
            readonly query?: {
                /** @description How many items at most. */
                readonly limit?: rest.components["parameters"]["Limit"];
                /** @description The `next_cursor` of the page before; good for the same path, sort and filters only. */
                readonly cursor?: rest.components["parameters"]["Cursor"];
                /** @description A minus before it turns the order round. Texts sort in lower case by code point. */
                readonly sort?: "created_at" | "-created_at" | "email" | "-email";
                /** @description The beginning of the address, in any case. */
                readonly email?: string;
                readonly role?: rest.components["schemas"]["Role"];
                readonly customer_id?: rest.components["schemas"]["Uuid"];
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
            /** @description A page of users. */
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
                     *           "user_id": "7c6d5e4f-3a2b-4c1d-9e8f-7a6b5c4d3e2f",
                     *           "email": "adviser@example.com",
                     *           "role": "advisor",
                     *           "disabled": false,
                     *           "has_password": true,
                     *           "created_at": "2026-01-05T09:30:00.000Z",
                     *           "updated_at": "2026-01-05T09:30:00.000Z"
                     *         }
                     *       ]
                     *     }
                     */
                    readonly "application/json": {
                        readonly items: readonly rest.components["schemas"]["User"][];
                        readonly next_cursor?: rest.components["schemas"]["NextCursor"];
                    };
                };
            };
            readonly 401: rest.components["responses"]["Unauthorized"];
            readonly 403: rest.components["responses"]["Forbidden"];
            readonly 422: rest.components["responses"]["Invalid"];
            readonly default: rest.components["responses"]["Problem"];
        };
    };
    readonly createUser: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: rest.components["parameters"]["RequestId"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: rest.components["requestBodies"]["User"];
        readonly responses: {
            /** @description The new user. */
            readonly 201: {
                headers: {
                    readonly "X-Request-Id": rest.components["headers"]["RequestId"];
                    readonly ETag: rest.components["headers"]["ETag"];
                    readonly Location: rest.components["headers"]["Location"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": rest.components["schemas"]["User"];
                };
            };
            readonly 401: rest.components["responses"]["Unauthorized"];
            readonly 403: rest.components["responses"]["Forbidden"];
            readonly 409: rest.components["responses"]["Conflict"];
            readonly 415: rest.components["responses"]["UnsupportedMediaType"];
            readonly 422: rest.components["responses"]["Invalid"];
            readonly default: rest.components["responses"]["Problem"];
        };
    };
    readonly getUser: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: rest.components["parameters"]["RequestId"];
                /** @description The `ETag` of what you have; 304 when it is still that. */
                readonly "If-None-Match"?: rest.components["parameters"]["IfNoneMatch"];
            };
            readonly path: {
                /** @example 7c6d5e4f-3a2b-4c1d-9e8f-7a6b5c4d3e2f */
                readonly user_id: rest.components["parameters"]["UserId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: rest.components["responses"]["User"];
            readonly 304: rest.components["responses"]["NotModified"];
            readonly 401: rest.components["responses"]["Unauthorized"];
            readonly 403: rest.components["responses"]["Forbidden"];
            readonly 404: rest.components["responses"]["NotFound"];
            readonly default: rest.components["responses"]["Problem"];
        };
    };
    readonly replaceUser: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: rest.components["parameters"]["RequestId"];
                /**
                 * @description The `ETag` that must still hold, else 412.
                 * @example "5f0c1c9e0b0e4c0d8a7b6c5d4e3f2a1b"
                 */
                readonly "If-Match"?: rest.components["parameters"]["IfMatch"];
            };
            readonly path: {
                /** @example 7c6d5e4f-3a2b-4c1d-9e8f-7a6b5c4d3e2f */
                readonly user_id: rest.components["parameters"]["UserId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody: rest.components["requestBodies"]["User"];
        readonly responses: {
            readonly 200: rest.components["responses"]["User"];
            readonly 401: rest.components["responses"]["Unauthorized"];
            readonly 403: rest.components["responses"]["Forbidden"];
            readonly 404: rest.components["responses"]["NotFound"];
            readonly 409: rest.components["responses"]["Conflict"];
            readonly 412: rest.components["responses"]["PreconditionFailed"];
            readonly 415: rest.components["responses"]["UnsupportedMediaType"];
            readonly 422: rest.components["responses"]["Invalid"];
            readonly default: rest.components["responses"]["Problem"];
        };
    };
    readonly deleteUser: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: rest.components["parameters"]["RequestId"];
                /**
                 * @description The `ETag` that must still hold, else 412.
                 * @example "5f0c1c9e0b0e4c0d8a7b6c5d4e3f2a1b"
                 */
                readonly "If-Match"?: rest.components["parameters"]["IfMatch"];
            };
            readonly path: {
                /** @example 7c6d5e4f-3a2b-4c1d-9e8f-7a6b5c4d3e2f */
                readonly user_id: rest.components["parameters"]["UserId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 204: rest.components["responses"]["Deleted"];
            readonly 401: rest.components["responses"]["Unauthorized"];
            readonly 403: rest.components["responses"]["Forbidden"];
            readonly 404: rest.components["responses"]["NotFound"];
            readonly 409: rest.components["responses"]["Conflict"];
            readonly 412: rest.components["responses"]["PreconditionFailed"];
            readonly 415: rest.components["responses"]["UnsupportedMediaType"];
            readonly default: rest.components["responses"]["Problem"];
        };
    };
    readonly listAdvisorsOfCustomer: {
        readonly parameters: {
            readonly query?: {
                /** @description How many items at most. */
                readonly limit?: rest.components["parameters"]["Limit"];
                /** @description The `next_cursor` of the page before; good for the same path, sort and filters only. */
                readonly cursor?: rest.components["parameters"]["Cursor"];
                /** @description A minus before it turns the order round. */
                readonly sort?: "assigned_at" | "-assigned_at";
            };
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: rest.components["parameters"]["RequestId"];
            };
            readonly path: {
                readonly customer_id: rest.components["parameters"]["CustomerId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description A page of advisors. */
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
                     *           "user_id": "7c6d5e4f-3a2b-4c1d-9e8f-7a6b5c4d3e2f",
                     *           "email": "adviser@example.com",
                     *           "assigned_at": "2026-01-05T09:30:00.000Z"
                     *         }
                     *       ]
                     *     }
                     */
                    readonly "application/json": {
                        readonly items: readonly rest.components["schemas"]["Advisor"][];
                        readonly next_cursor?: rest.components["schemas"]["NextCursor"];
                    };
                };
            };
            readonly 401: rest.components["responses"]["Unauthorized"];
            readonly 403: rest.components["responses"]["Forbidden"];
            readonly 404: rest.components["responses"]["NotFound"];
            readonly 422: rest.components["responses"]["Invalid"];
            readonly default: rest.components["responses"]["Problem"];
        };
    };
    readonly assignAdvisor: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: rest.components["parameters"]["RequestId"];
            };
            readonly path: {
                readonly customer_id: rest.components["parameters"]["CustomerId"];
                /** @example 7c6d5e4f-3a2b-4c1d-9e8f-7a6b5c4d3e2f */
                readonly user_id: rest.components["parameters"]["UserId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 204: rest.components["responses"]["Deleted"];
            readonly 401: rest.components["responses"]["Unauthorized"];
            readonly 403: rest.components["responses"]["Forbidden"];
            readonly 404: rest.components["responses"]["NotFound"];
            readonly 409: rest.components["responses"]["Conflict"];
            readonly 415: rest.components["responses"]["UnsupportedMediaType"];
            readonly default: rest.components["responses"]["Problem"];
        };
    };
    readonly unassignAdvisor: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: rest.components["parameters"]["RequestId"];
            };
            readonly path: {
                readonly customer_id: rest.components["parameters"]["CustomerId"];
                /** @example 7c6d5e4f-3a2b-4c1d-9e8f-7a6b5c4d3e2f */
                readonly user_id: rest.components["parameters"]["UserId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 204: rest.components["responses"]["Deleted"];
            readonly 401: rest.components["responses"]["Unauthorized"];
            readonly 403: rest.components["responses"]["Forbidden"];
            readonly 404: rest.components["responses"]["NotFound"];
            readonly 415: rest.components["responses"]["UnsupportedMediaType"];
            readonly default: rest.components["responses"]["Problem"];
        };
    };
}
