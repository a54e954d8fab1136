// Made by scripts/generate.mjs from protocol/openapi/portfolios.yaml. Do not edit.
import type * as rest from "../rest.js";

export interface paths {
    readonly "/portfolios": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: rest.components["parameters"]["RequestId"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        /** List portfolios */
        readonly get: rest.operations["listPortfolios"];
        readonly put?: never;
        /** Create a portfolio */
        readonly post: rest.operations["createPortfolio"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/portfolios/{portfolio_id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: rest.components["parameters"]["RequestId"];
            };
            readonly path: {
                readonly portfolio_id: rest.components["parameters"]["PortfolioId"];
            };
            readonly cookie?: never;
        };
        /**
         * Read a portfolio
         * @description Its version goes up with every change of it or of its investments.
         */
        readonly get: rest.operations["getPortfolio"];
        /**
         * Replace a portfolio
         * @description The customer cannot be changed. Without a base currency the stored one stays; another one is refused (409) while investments have an fx_rate to it.
         */
        readonly put: rest.operations["replacePortfolio"];
        readonly post?: never;
        /**
         * Delete a portfolio
         * @description With investments it is 409, which counts them, unless `cascade` is true.
         */
        readonly delete: rest.operations["deletePortfolio"];
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/portfolios/{portfolio_id}/valuation": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: rest.components["parameters"]["RequestId"];
            };
            readonly path: {
                readonly portfolio_id: rest.components["parameters"]["PortfolioId"];
            };
            readonly cookie?: never;
        };
        /**
         * What a portfolio is worth now
         * @description Exactly the stream's snapshot frame; its cursor is also the `ETag`.
         */
        readonly get: rest.operations["getValuation"];
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
        /** @enum {unknown} */
        readonly PortfolioType: "IRA" | "ROTH_IRA" | "401K" | "BROKERAGE" | "SAVINGS" | "OTHER";
        readonly Portfolio: {
            readonly portfolio_id: rest.components["schemas"]["Uuid"];
            readonly customer_id: rest.components["schemas"]["Uuid"];
            readonly portfolio_name: string;
            readonly portfolio_type: rest.components["schemas"]["PortfolioType"];
            readonly base_currency: rest.components["schemas"]["Currency"];
            readonly cash_balance: rest.components["schemas"]["Amount"];
            readonly version: number;
            readonly created_at: rest.components["schemas"]["Time"];
            readonly updated_at: rest.components["schemas"]["Time"];
        };
        readonly PortfolioList: {
            readonly items: readonly rest.components["schemas"]["Portfolio"][];
            readonly next_cursor?: rest.components["schemas"]["NextCursor"];
        };
        readonly PortfolioInput: {
            readonly customer_id?: rest.components["schemas"]["Uuid"];
            readonly portfolio_name: string;
            readonly portfolio_type: rest.components["schemas"]["PortfolioType"];
            /** @default USD */
            readonly base_currency?: string;
        };
        readonly Valuation: {
            /** @constant */
            readonly type: "snapshot";
            readonly portfolio_id: rest.components["schemas"]["Uuid"];
            readonly cursor: rest.components["schemas"]["Cursor"];
            readonly as_of: rest.components["schemas"]["Time"];
            readonly data: rest.components["schemas"]["State"];
        };
    };
    responses: {
        /** @description A page of portfolios. */
        readonly PortfolioList: {
            headers: {
                readonly "X-Request-Id": rest.components["headers"]["RequestId"];
                readonly [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "items": [
                 *         {
                 *           "portfolio_id": "6f1f9a3e-7f0b-4d57-9c3c-5b9d2f1c8a11",
                 *           "customer_id": "0b8f2c1e-3a4d-4f6b-8a2e-1c9d7e5f3b21",
                 *           "portfolio_name": "Growth",
                 *           "portfolio_type": "BROKERAGE",
                 *           "base_currency": "USD",
                 *           "cash_balance": 0,
                 *           "version": 1,
                 *           "created_at": "2026-01-05T09:31:00.000Z",
                 *           "updated_at": "2026-01-05T09:31:00.000Z"
                 *         }
                 *       ],
                 *       "next_cursor": "8c1f0d3a5b7e9264.31373637.6f1f9a3e-7f0b-4d57-9c3c-5b9d2f1c8a11"
                 *     }
                 */
                readonly "application/json": rest.components["schemas"]["PortfolioList"];
            };
        };
        /** @description The portfolio. */
        readonly Portfolio: {
            headers: {
                readonly "X-Request-Id": rest.components["headers"]["RequestId"];
                readonly ETag: rest.components["headers"]["ETag"];
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/json": rest.components["schemas"]["Portfolio"];
            };
        };
    };
}
export interface operations {
    readonly listPortfolios: {
        readonly parameters: {
            readonly query?: {
                /** @description How many items at most. */
                readonly limit?: rest.components["parameters"]["Limit"];
                /** @description The `next_cursor` of the page before; good for the same path, sort and filters only. */
                readonly cursor?: rest.components["parameters"]["Cursor"];
                /** @description A minus before it turns the order round. Texts sort in lower case by code point. */
                readonly sort?: "created_at" | "-created_at" | "portfolio_name" | "-portfolio_name";
                readonly customer_id?: rest.components["schemas"]["Uuid"];
                readonly portfolio_type?: rest.components["schemas"]["PortfolioType"];
                readonly base_currency?: string;
                /** @description The beginning of the name, in any case. */
                readonly portfolio_name?: string;
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
            readonly 200: rest.components["responses"]["PortfolioList"];
            readonly 422: rest.components["responses"]["Invalid"];
            readonly default: rest.components["responses"]["Problem"];
        };
    };
    readonly createPortfolio: {
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
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "customer_id": "0b8f2c1e-3a4d-4f6b-8a2e-1c9d7e5f3b21",
                 *       "portfolio_name": "Growth",
                 *       "portfolio_type": "BROKERAGE",
                 *       "base_currency": "USD"
                 *     }
                 */
                readonly "application/json": rest.components["schemas"]["PortfolioInput"] & unknown;
            };
        };
        readonly responses: {
            /** @description The new portfolio. */
            readonly 201: {
                headers: {
                    readonly "X-Request-Id": rest.components["headers"]["RequestId"];
                    readonly ETag: rest.components["headers"]["ETag"];
                    readonly Location: rest.components["headers"]["Location"];
                    readonly "Idempotency-Replayed": rest.components["headers"]["IdempotencyReplayed"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": rest.components["schemas"]["Portfolio"];
                };
            };
            readonly 409: rest.components["responses"]["Conflict"];
            readonly 415: rest.components["responses"]["UnsupportedMediaType"];
            readonly 422: rest.components["responses"]["Invalid"];
            readonly default: rest.components["responses"]["Problem"];
        };
    };
    readonly getPortfolio: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: rest.components["parameters"]["RequestId"];
                /** @description The `ETag` of what you have; 304 when it is still that. */
                readonly "If-None-Match"?: rest.components["parameters"]["IfNoneMatch"];
            };
            readonly path: {
                readonly portfolio_id: rest.components["parameters"]["PortfolioId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: rest.components["responses"]["Portfolio"];
            readonly 304: rest.components["responses"]["NotModified"];
            readonly 404: rest.components["responses"]["NotFound"];
            readonly default: rest.components["responses"]["Problem"];
        };
    };
    readonly replacePortfolio: {
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
                readonly portfolio_id: rest.components["parameters"]["PortfolioId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "portfolio_name": "Growth and income",
                 *       "portfolio_type": "BROKERAGE"
                 *     }
                 */
                readonly "application/json": rest.components["schemas"]["PortfolioInput"];
            };
        };
        readonly responses: {
            readonly 200: rest.components["responses"]["Portfolio"];
            readonly 404: rest.components["responses"]["NotFound"];
            readonly 409: rest.components["responses"]["Conflict"];
            readonly 412: rest.components["responses"]["PreconditionFailed"];
            readonly 415: rest.components["responses"]["UnsupportedMediaType"];
            readonly 422: rest.components["responses"]["Invalid"];
            readonly default: rest.components["responses"]["Problem"];
        };
    };
    readonly deletePortfolio: {
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
                readonly portfolio_id: rest.components["parameters"]["PortfolioId"];
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
    readonly getValuation: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: rest.components["parameters"]["RequestId"];
                /** @description The `ETag` of what you have; 304 when it is still that. */
                readonly "If-None-Match"?: rest.components["parameters"]["IfNoneMatch"];
            };
            readonly path: {
                readonly portfolio_id: rest.components["parameters"]["PortfolioId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The state at the cursor. */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": rest.components["headers"]["RequestId"];
                    readonly ETag: rest.components["headers"]["ETag"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "snapshot",
                     *       "portfolio_id": "6f1f9a3e-7f0b-4d57-9c3c-5b9d2f1c8a11",
                     *       "cursor": "00c0ffee00c0ffee-42-7",
                     *       "as_of": "2026-01-05T15:30:00.123Z",
                     *       "data": {
                     *         "portfolio_id": "6f1f9a3e-7f0b-4d57-9c3c-5b9d2f1c8a11",
                     *         "portfolio_name": "Growth",
                     *         "base_currency": "USD",
                     *         "totals": {
                     *           "total_value": 1898.4,
                     *           "cash_balance": 0,
                     *           "cost_basis": 1500,
                     *           "gain_loss": 398.4,
                     *           "gain_loss_percent": 26.56,
                     *           "day_change": 17.4,
                     *           "day_change_percent": 0.9251,
                     *           "unpriced": 0
                     *         },
                     *         "positions": {
                     *           "AAPL": {
                     *             "ticker_symbol": "AAPL",
                     *             "quantity": 10,
                     *             "average_cost": 150,
                     *             "cost_basis": 1500,
                     *             "currency": "USD",
                     *             "current_price": 189.84,
                     *             "previous_close": 188.1,
                     *             "current_value": 1898.4,
                     *             "gain_loss": 398.4,
                     *             "gain_loss_percent": 26.56,
                     *             "day_change": 17.4,
                     *             "day_change_percent": 0.9251,
                     *             "price_as_of": "2026-01-05T15:30:00.000Z",
                     *             "stale": false
                     *           }
                     *         }
                     *       }
                     *     }
                     */
                    readonly "application/json": rest.components["schemas"]["Valuation"];
                };
            };
            readonly 304: rest.components["responses"]["NotModified"];
            readonly 404: rest.components["responses"]["NotFound"];
            readonly default: rest.components["responses"]["Problem"];
        };
    };
}
