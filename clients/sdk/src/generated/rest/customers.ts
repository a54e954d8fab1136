// Made by scripts/generate.mjs from protocol/openapi/customers.yaml. Do not edit.
import type * as rest from "../rest.js";

export interface paths {
    readonly "/customers": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: rest.components["parameters"]["RequestId"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        /** List customers */
        readonly get: rest.operations["listCustomers"];
        readonly put?: never;
        /** Create a customer */
        readonly post: rest.operations["createCustomer"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/customers/{customer_id}": {
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
        /** Read a customer */
        readonly get: rest.operations["getCustomer"];
        /**
         * Replace a customer
         * @description What is optional and not given is gone afterwards.
         */
        readonly put: rest.operations["replaceCustomer"];
        readonly post?: never;
        /**
         * Delete a customer
         * @description With portfolios it is 409, which counts them, unless `cascade` is true.
         */
        readonly delete: rest.operations["deleteCustomer"];
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/customers/{customer_id}/portfolios": {
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
        /** List a customer's portfolios */
        readonly get: rest.operations["listPortfoliosOfCustomer"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/customers/email/{email}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: rest.components["parameters"]["RequestId"];
            };
            readonly path: {
                /**
                 * @description In any case; percent-encoded.
                 * @example ada@example.com
                 */
                readonly email: string;
            };
            readonly cookie?: never;
        };
        /** Find a customer by e-mail address */
        readonly get: rest.operations["getCustomerByEmail"];
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
        readonly Customer: {
            readonly customer_id: rest.components["schemas"]["Uuid"];
            readonly name: string;
            readonly email: string;
            readonly phone?: string;
            readonly address?: string;
            readonly created_at: rest.components["schemas"]["Time"];
            readonly updated_at: rest.components["schemas"]["Time"];
        };
        readonly CustomerList: {
            readonly items: readonly rest.components["schemas"]["Customer"][];
            readonly next_cursor?: rest.components["schemas"]["NextCursor"];
        };
        readonly CustomerInput: {
            readonly name: string;
            /**
             * Format: email
             * @description Another customer's is 409; case makes no difference.
             */
            readonly email: string;
            readonly phone?: string;
            /** @description May have line breaks. */
            readonly address?: string;
        };
    };
    responses: {
        /** @description The customer. */
        readonly Customer: {
            headers: {
                readonly "X-Request-Id": rest.components["headers"]["RequestId"];
                readonly ETag: rest.components["headers"]["ETag"];
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/json": rest.components["schemas"]["Customer"];
            };
        };
    };
    requestBodies: {
        readonly Customer: {
            readonly content: {
                /**
                 * @example {
                 *       "name": "Ada Lovelace",
                 *       "email": "ada@example.com",
                 *       "phone": "+44 20 7946 0000"
                 *     }
                 */
                readonly "application/json": rest.components["schemas"]["CustomerInput"];
            };
        };
    };
}
export interface operations {
    readonly listCustomers: {
        readonly parameters: {
            readonly query?: {
                /** @description How many items at most. */
                readonly limit?: rest.components["parameters"]["Limit"];
                /** @description The `next_cursor` of the page before; good for the same path, sort and filters only. */
                readonly cursor?: rest.components["parameters"]["Cursor"];
                /** @description A minus before it turns the order round. Texts sort in lower case by code point. */
                readonly sort?: "created_at" | "-created_at" | "name" | "-name" | "email" | "-email";
                /** @description The beginning of the name, in any case. */
                readonly name?: string;
                /** @description The beginning of the address, in any case. */
                readonly email?: string;
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
            /** @description A page of customers. */
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
                     *           "customer_id": "0b8f2c1e-3a4d-4f6b-8a2e-1c9d7e5f3b21",
                     *           "name": "Ada Lovelace",
                     *           "email": "ada@example.com",
                     *           "created_at": "2026-01-05T09:30:00.000Z",
                     *           "updated_at": "2026-01-05T09:30:00.000Z"
                     *         }
                     *       ]
                     *     }
                     */
                    readonly "application/json": rest.components["schemas"]["CustomerList"];
                };
            };
            readonly 422: rest.components["responses"]["Invalid"];
            readonly default: rest.components["responses"]["Problem"];
        };
    };
    readonly createCustomer: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: rest.components["parameters"]["RequestId"];
                /**
                 * @description Chosen by you, best random: 1 to 255 visible ASCII characters. The same request with the same key creates nothing again and is answered as the first time.
                 * @example 3e0e3a5c-5e3a-4d55-9d5e-8c1b0a4f7e21
                 */
                readonly "Idempotency-Key"?: rest.components["parameters"]["IdempotencyKey"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: rest.components["requestBodies"]["Customer"];
        readonly responses: {
            /** @description The new customer. */
            readonly 201: {
                headers: {
                    readonly "X-Request-Id": rest.components["headers"]["RequestId"];
                    readonly ETag: rest.components["headers"]["ETag"];
                    readonly Location: rest.components["headers"]["Location"];
                    readonly "Idempotency-Replayed": rest.components["headers"]["IdempotencyReplayed"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": rest.components["schemas"]["Customer"];
                };
            };
            readonly 409: rest.components["responses"]["Conflict"];
            readonly 415: rest.components["responses"]["UnsupportedMediaType"];
            readonly 422: rest.components["responses"]["Invalid"];
            readonly default: rest.components["responses"]["Problem"];
        };
    };
    readonly getCustomer: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: rest.components["parameters"]["RequestId"];
                /** @description The `ETag` of what you have; 304 when it is still that. */
                readonly "If-None-Match"?: rest.components["parameters"]["IfNoneMatch"];
            };
            readonly path: {
                readonly customer_id: rest.components["parameters"]["CustomerId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: rest.components["responses"]["Customer"];
            readonly 304: rest.components["responses"]["NotModified"];
            readonly 404: rest.components["responses"]["NotFound"];
            readonly default: rest.components["responses"]["Problem"];
        };
    };
    readonly replaceCustomer: {
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
                readonly customer_id: rest.components["parameters"]["CustomerId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody: rest.components["requestBodies"]["Customer"];
        readonly responses: {
            readonly 200: rest.components["responses"]["Customer"];
            readonly 404: rest.components["responses"]["NotFound"];
            readonly 409: rest.components["responses"]["Conflict"];
            readonly 412: rest.components["responses"]["PreconditionFailed"];
            readonly 415: rest.components["responses"]["UnsupportedMediaType"];
            readonly 422: rest.components["responses"]["Invalid"];
            readonly default: rest.components["responses"]["Problem"];
        };
    };
    readonly deleteCustomer: {
        readonly parameters: {
            readonly query?: {
                /** @description Delete what hangs on it too. */
                readonly cascade?: rest.components["parameters"]["Cascade"];
            };
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
                readonly customer_id: rest.components["parameters"]["CustomerId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 204: rest.components["responses"]["Deleted"];
            readonly 404: rest.components["responses"]["NotFound"];
            readonly 409: rest.components["responses"]["Conflict"];
            readonly 412: rest.components["responses"]["PreconditionFailed"];
            readonly 415: rest.components["responses"]["UnsupportedMediaType"];
            readonly 422: rest.components["responses"]["Invalid"];
            readonly default: rest.components["responses"]["Problem"];
        };
    };
    readonly listPortfoliosOfCustomer: {
        readonly parameters: {
            readonly query?: {
                /** @description How many items at most. */
                readonly limit?: rest.components["parameters"]["Limit"];
                /** @description The `next_cursor` of the page before; good for the same path, sort and filters only. */
                readonly cursor?: rest.components["parameters"]["Cursor"];
                /** @description A minus before it turns the order round. Texts sort in lower case by code point. */
                readonly sort?: "created_at" | "-created_at" | "portfolio_name" | "-portfolio_name";
                readonly portfolio_type?: rest.components["schemas"]["PortfolioType"];
                readonly base_currency?: string;
                /** @description The beginning of the name, in any case. */
                readonly portfolio_name?: string;
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
            readonly 200: rest.components["responses"]["PortfolioList"];
            readonly 404: rest.components["responses"]["NotFound"];
            readonly 422: rest.components["responses"]["Invalid"];
            readonly default: rest.components["responses"]["Problem"];
        };
    };
    readonly getCustomerByEmail: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: rest.components["parameters"]["RequestId"];
                /** @description The `ETag` of what you have; 304 when it is still that. */
                readonly "If-None-Match"?: rest.components["parameters"]["IfNoneMatch"];
            };
            readonly path: {
                /**
                 * @description In any case; percent-encoded.
                 * @example ada@example.com
                 */
                readonly email: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: rest.components["responses"]["Customer"];
            readonly 304: rest.components["responses"]["NotModified"];
            readonly 404: rest.components["responses"]["NotFound"];
            readonly default: rest.components["responses"]["Problem"];
        };
    };
}
