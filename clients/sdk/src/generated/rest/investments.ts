// Made by scripts/generate.mjs from protocol/openapi/investments.yaml. Do not edit.
import type { Decimal } from "../../decimal.js";
import type * as rest from "../rest.js";

export interface paths {
    readonly "/portfolios/{portfolio_id}/investments": {
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
        /** List a portfolio's investments */
        readonly get: rest.operations["listInvestmentsOfPortfolio"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/portfolios/{portfolio_id}/investments/summary": {
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
         * Totals of a portfolio
         * @description How many investments and positions there are, and the totals as the stream has them.
         */
        readonly get: rest.operations["summarizeInvestments"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/investments": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: rest.components["parameters"]["RequestId"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        /** List investments */
        readonly get: rest.operations["listInvestments"];
        readonly put?: never;
        /**
         * Create an investment
         * @description A symbol that is not known is accepted, and stays without a price until a provider or a person prices it.
         */
        readonly post: rest.operations["createInvestment"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/investments/{investment_id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: rest.components["parameters"]["RequestId"];
            };
            readonly path: {
                readonly investment_id: rest.components["parameters"]["InvestmentId"];
            };
            readonly cookie?: never;
        };
        /**
         * Read an investment
         * @description The `ETag` covers what is stored, not the price; so there is no 304.
         */
        readonly get: rest.operations["getInvestment"];
        /**
         * Correct an investment
         * @description The portfolio cannot be changed.
         */
        readonly put: rest.operations["replaceInvestment"];
        readonly post?: never;
        /**
         * Delete an investment
         * @description A correction, not a sale.
         */
        readonly delete: rest.operations["deleteInvestment"];
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
}
export interface components {
    schemas: {
        /** @description With a price also what it is worth, in its asset's currency. Where that is not the portfolio's, the `_base` members are the same in that: the cost at the rate of the purchase, the value at the present one, each absent while its rate is not known. */
        readonly Investment: {
            readonly investment_id: rest.components["schemas"]["Uuid"];
            readonly portfolio_id: rest.components["schemas"]["Uuid"];
            readonly ticker_symbol: rest.components["schemas"]["Symbol"];
            readonly quantity: rest.components["schemas"]["Quantity"];
            /** @description What splits since the purchase made of the quantity; absent when they made nothing of it. */
            readonly current_quantity?: Decimal;
            readonly purchase_price: Decimal;
            readonly purchase_date: rest.components["schemas"]["Date"];
            readonly fee: Decimal;
            /** @description At most 128 bytes in UTF-8. */
            readonly external_id?: string;
            /** @description As it was given. */
            readonly fx_rate?: Decimal;
            readonly currency: rest.components["schemas"]["RowCurrency"];
            readonly cost_basis: rest.components["schemas"]["Amount"];
            readonly current_price?: rest.components["schemas"]["Price"];
            readonly current_value?: rest.components["schemas"]["Amount"];
            readonly gain_loss?: rest.components["schemas"]["Amount"];
            readonly gain_loss_percent?: rest.components["schemas"]["Percent"];
            readonly cost_basis_base?: rest.components["schemas"]["Amount"];
            readonly current_value_base?: rest.components["schemas"]["Amount"];
            readonly gain_loss_base?: rest.components["schemas"]["Amount"];
            readonly gain_loss_percent_base?: rest.components["schemas"]["Percent"];
            readonly created_at: rest.components["schemas"]["Time"];
            readonly updated_at: rest.components["schemas"]["Time"];
        };
        readonly InvestmentList: {
            readonly items: readonly rest.components["schemas"]["Investment"][];
            readonly next_cursor?: rest.components["schemas"]["NextCursor"];
        };
        readonly InvestmentsSummary: {
            readonly portfolio_id: rest.components["schemas"]["Uuid"];
            readonly base_currency: rest.components["schemas"]["Currency"];
            readonly version: number;
            readonly investments_n: number;
            readonly positions_n: number;
            readonly totals: rest.components["schemas"]["Totals"];
        };
        readonly InvestmentInput: {
            readonly portfolio_id?: rest.components["schemas"]["Uuid"];
            readonly ticker_symbol: string;
            /** @description Above 0. */
            readonly quantity: rest.components["schemas"]["DecimalInput"];
            /** @description Of one, not below 0. */
            readonly purchase_price: rest.components["schemas"]["DecimalInput"];
            /** @description At most tomorrow (UTC). */
            readonly purchase_date: rest.components["schemas"]["Date"];
            /** @description Not below 0; 0 when absent. */
            readonly fee?: rest.components["schemas"]["DecimalInput"];
            /** @description Units of the portfolio's currency for one of the asset's (one pound, where that is GBp) at the purchase. Absent: that of the purchase_date, once one is known. 422 where both are the same currency and it is not 1. */
            readonly fx_rate?: rest.components["schemas"]["DecimalInput"];
            /** @description What you call it, a trade's id say; at most 128 bytes, one investment a portfolio. A correction without it keeps the stored one. */
            readonly external_id?: string;
        };
    };
    responses: {
        /** @description A page of investments. */
        readonly InvestmentList: {
            headers: {
                readonly "X-Request-Id": rest.components["headers"]["RequestId"];
                readonly [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "items": [
                 *         {
                 *           "investment_id": "9d3b7a52-1c5e-4a0f-b1a7-2e8f6c4d0a33",
                 *           "portfolio_id": "6f1f9a3e-7f0b-4d57-9c3c-5b9d2f1c8a11",
                 *           "ticker_symbol": "AAPL",
                 *           "quantity": 10,
                 *           "purchase_price": 149.9,
                 *           "purchase_date": "2025-03-14",
                 *           "fee": 1,
                 *           "currency": "USD",
                 *           "cost_basis": 1500,
                 *           "created_at": "2026-01-05T09:32:00.000Z",
                 *           "updated_at": "2026-01-05T09:32:00.000Z"
                 *         }
                 *       ]
                 *     }
                 */
                readonly "application/json": rest.components["schemas"]["InvestmentList"];
            };
        };
        /** @description The investment. */
        readonly Investment: {
            headers: {
                readonly "X-Request-Id": rest.components["headers"]["RequestId"];
                readonly ETag: rest.components["headers"]["ETag"];
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/json": rest.components["schemas"]["Investment"];
            };
        };
    };
}
export interface operations {
    readonly listInvestmentsOfPortfolio: {
        readonly parameters: {
            readonly query?: {
                /** @description How many items at most. */
                readonly limit?: rest.components["parameters"]["Limit"];
                /** @description The `next_cursor` of the page before; good for the same path, sort and filters only. */
                readonly cursor?: rest.components["parameters"]["Cursor"];
                /** @description A minus before it turns the order round. Texts sort in lower case by code point. */
                readonly sort?: "created_at" | "-created_at" | "purchase_date" | "-purchase_date" | "ticker_symbol" | "-ticker_symbol";
                readonly ticker_symbol?: string;
                /** @description Not before this day. */
                readonly purchase_date_from?: rest.components["schemas"]["Date"];
                /** @description Not after this day. */
                readonly purchase_date_to?: rest.components["schemas"]["Date"];
            };
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: rest.components["parameters"]["RequestId"];
            };
            readonly path: {
                readonly portfolio_id: rest.components["parameters"]["PortfolioId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: rest.components["responses"]["InvestmentList"];
            readonly 404: rest.components["responses"]["NotFound"];
            readonly 422: rest.components["responses"]["Invalid"];
            readonly default: rest.components["responses"]["Problem"];
        };
    };
    readonly summarizeInvestments: {
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
        readonly requestBody?: never;
        readonly responses: {
            /** @description The summary. */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": rest.components["headers"]["RequestId"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "portfolio_id": "6f1f9a3e-7f0b-4d57-9c3c-5b9d2f1c8a11",
                     *       "base_currency": "USD",
                     *       "version": 7,
                     *       "investments_n": 3,
                     *       "positions_n": 2,
                     *       "totals": {
                     *         "total_value": 12895.5,
                     *         "cash_balance": 0,
                     *         "cost_basis": 10000,
                     *         "gain_loss": 2895.5,
                     *         "gain_loss_percent": 28.955,
                     *         "day_change": 120.25,
                     *         "day_change_percent": 0.9413,
                     *         "unpriced": 0
                     *       }
                     *     }
                     */
                    readonly "application/json": rest.components["schemas"]["InvestmentsSummary"];
                };
            };
            readonly 404: rest.components["responses"]["NotFound"];
            readonly default: rest.components["responses"]["Problem"];
        };
    };
    readonly listInvestments: {
        readonly parameters: {
            readonly query?: {
                /** @description How many items at most. */
                readonly limit?: rest.components["parameters"]["Limit"];
                /** @description The `next_cursor` of the page before; good for the same path, sort and filters only. */
                readonly cursor?: rest.components["parameters"]["Cursor"];
                /** @description A minus before it turns the order round. Texts sort in lower case by code point. */
                readonly sort?: "created_at" | "-created_at" | "purchase_date" | "-purchase_date" | "ticker_symbol" | "-ticker_symbol";
                readonly portfolio_id?: rest.components["schemas"]["Uuid"];
                readonly ticker_symbol?: string;
                /** @description Not before this day. */
                readonly purchase_date_from?: rest.components["schemas"]["Date"];
                /** @description Not after this day. */
                readonly purchase_date_to?: rest.components["schemas"]["Date"];
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
            readonly 200: rest.components["responses"]["InvestmentList"];
            readonly 422: rest.components["responses"]["Invalid"];
            readonly default: rest.components["responses"]["Problem"];
        };
    };
    readonly createInvestment: {
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
                 *       "portfolio_id": "6f1f9a3e-7f0b-4d57-9c3c-5b9d2f1c8a11",
                 *       "ticker_symbol": "AAPL",
                 *       "quantity": 10,
                 *       "purchase_price": "149.90",
                 *       "purchase_date": "2025-03-14",
                 *       "fee": 1
                 *     }
                 */
                readonly "application/json": rest.components["schemas"]["InvestmentInput"] & unknown;
            };
        };
        readonly responses: {
            /** @description The new investment. */
            readonly 201: {
                headers: {
                    readonly "X-Request-Id": rest.components["headers"]["RequestId"];
                    readonly ETag: rest.components["headers"]["ETag"];
                    readonly Location: rest.components["headers"]["Location"];
                    readonly "Idempotency-Replayed": rest.components["headers"]["IdempotencyReplayed"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": rest.components["schemas"]["Investment"];
                };
            };
            readonly 409: rest.components["responses"]["Conflict"];
            readonly 415: rest.components["responses"]["UnsupportedMediaType"];
            readonly 422: rest.components["responses"]["Invalid"];
            readonly default: rest.components["responses"]["Problem"];
        };
    };
    readonly getInvestment: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: rest.components["parameters"]["RequestId"];
            };
            readonly path: {
                readonly investment_id: rest.components["parameters"]["InvestmentId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: rest.components["responses"]["Investment"];
            readonly 404: rest.components["responses"]["NotFound"];
            readonly default: rest.components["responses"]["Problem"];
        };
    };
    readonly replaceInvestment: {
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
                readonly investment_id: rest.components["parameters"]["InvestmentId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "ticker_symbol": "AAPL",
                 *       "quantity": 12,
                 *       "purchase_price": 149.9,
                 *       "purchase_date": "2025-03-14"
                 *     }
                 */
                readonly "application/json": rest.components["schemas"]["InvestmentInput"];
            };
        };
        readonly responses: {
            readonly 200: rest.components["responses"]["Investment"];
            readonly 404: rest.components["responses"]["NotFound"];
            readonly 409: rest.components["responses"]["Conflict"];
            readonly 412: rest.components["responses"]["PreconditionFailed"];
            readonly 415: rest.components["responses"]["UnsupportedMediaType"];
            readonly 422: rest.components["responses"]["Invalid"];
            readonly default: rest.components["responses"]["Problem"];
        };
    };
    readonly deleteInvestment: {
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
                readonly investment_id: rest.components["parameters"]["InvestmentId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 204: rest.components["responses"]["Deleted"];
            readonly 404: rest.components["responses"]["NotFound"];
            readonly 412: rest.components["responses"]["PreconditionFailed"];
            readonly 415: rest.components["responses"]["UnsupportedMediaType"];
            readonly default: rest.components["responses"]["Problem"];
        };
    };
}
