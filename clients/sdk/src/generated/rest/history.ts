// Made by scripts/generate.mjs from protocol/openapi/history.yaml. Do not edit.
import type { Decimal } from "../../decimal.js";
import type * as rest from "../rest.js";

export interface paths {
    readonly "/portfolios/{portfolio_id}/history": {
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
         * A portfolio's value day by day
         * @description The days on which something was priced or bought; of a week (from Monday) or month the last of them, with what came in and went out in all of it. Today's is at the prices of now.
         */
        readonly get: rest.operations["listPortfolioHistory"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/portfolios/{portfolio_id}/sync-values": {
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
        readonly get?: never;
        readonly put?: never;
        /**
         * Value a portfolio now, and keep it as today's value
         * @description At the prices that the stream shows. The value is kept as today's in the history; when the day is over, the closing value takes its place. May be sent again at any time.
         */
        readonly post: rest.operations["syncPortfolioValues"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/assets/{ticker_symbol}/history": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: rest.components["parameters"]["RequestId"];
            };
            readonly path: {
                /**
                 * @description Upper or lower case; a slash in it is written `%2F`.
                 * @example AAPL
                 */
                readonly ticker_symbol: rest.components["parameters"]["TickerSymbol"];
            };
            readonly cookie?: never;
        };
        /**
         * An asset's bars
         * @description Raw prices, as traded: splits are not undone (see its corporate actions). A week's (from Monday) or month's bar has the date of its last day.
         */
        readonly get: rest.operations["listAssetHistory"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/assets/{ticker_symbol}/corporate-actions": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: rest.components["parameters"]["RequestId"];
            };
            readonly path: {
                /**
                 * @description Upper or lower case; a slash in it is written `%2F`.
                 * @example AAPL
                 */
                readonly ticker_symbol: rest.components["parameters"]["TickerSymbol"];
            };
            readonly cookie?: never;
        };
        /**
         * An asset's splits, dividends and spin-offs
         * @description A split gives numerator shares for denominator old ones, from the day's opening on. A spin-off's price_factor is the vendor's, and changes no quantity.
         */
        readonly get: rest.operations["listCorporateActions"];
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
        readonly PortfolioDay: {
            readonly date: rest.components["schemas"]["Date"];
            readonly value: rest.components["schemas"]["Amount"];
            readonly cost_basis: rest.components["schemas"]["Amount"];
            readonly gain_loss: rest.components["schemas"]["Amount"];
            readonly inflow: rest.components["schemas"]["Amount"];
            readonly outflow: rest.components["schemas"]["Amount"];
            /** @description Holdings at the price last paid. */
            readonly estimated: number;
            /** @description Holdings without a value. */
            readonly missing: number;
            /** @description At prices of now. */
            readonly is_live: boolean;
        };
        readonly PortfolioHistory: {
            readonly items: readonly rest.components["schemas"]["PortfolioDay"][];
            readonly next_cursor?: rest.components["schemas"]["NextCursor"];
        };
        readonly SyncedValues: {
            readonly portfolio_id: rest.components["schemas"]["Uuid"];
            readonly date: rest.components["schemas"]["Date"];
            readonly as_of: rest.components["schemas"]["Time"];
            readonly base_currency: rest.components["schemas"]["Currency"];
            readonly value: rest.components["schemas"]["Amount"];
            readonly cost_basis: rest.components["schemas"]["Amount"];
            readonly gain_loss: rest.components["schemas"]["Amount"];
            readonly gain_loss_percent?: Decimal;
            readonly holdings: number;
            /** @description Holdings with a price of today. */
            readonly live: number;
            readonly estimated: number;
            readonly missing: number;
        };
        readonly Bar: {
            readonly date: rest.components["schemas"]["Date"];
            readonly open?: Decimal;
            readonly high?: Decimal;
            readonly low?: Decimal;
            readonly close: Decimal;
            readonly volume?: Decimal;
        };
        readonly BarList: {
            readonly items: readonly rest.components["schemas"]["Bar"][];
            readonly next_cursor?: rest.components["schemas"]["NextCursor"];
        };
        readonly CorporateAction: {
            readonly date: rest.components["schemas"]["Date"];
            /** @enum {unknown} */
            readonly type: "SPLIT" | "DIVIDEND" | "SPINOFF";
            readonly numerator?: number;
            readonly denominator?: number;
            /** @description Of a share, in the asset's currency. */
            readonly amount?: Decimal;
            readonly price_factor?: Decimal;
        };
        readonly CorporateActionList: {
            readonly items: readonly rest.components["schemas"]["CorporateAction"][];
            readonly next_cursor?: rest.components["schemas"]["NextCursor"];
        };
    };
    parameters: {
        /** @description The first day. */
        readonly From: rest.components["schemas"]["Date"];
        /** @description The last day. */
        readonly To: rest.components["schemas"]["Date"];
        readonly Interval: "day" | "week" | "month";
    };
}
export interface operations {
    readonly listPortfolioHistory: {
        readonly parameters: {
            readonly query?: {
                /** @description The first day. */
                readonly from?: rest.components["parameters"]["From"];
                /** @description The last day. */
                readonly to?: rest.components["parameters"]["To"];
                readonly interval?: rest.components["parameters"]["Interval"];
                /** @description How many items at most. */
                readonly limit?: rest.components["parameters"]["Limit"];
                /** @description The `next_cursor` of the page before; good for the same path, sort and filters only. */
                readonly cursor?: rest.components["parameters"]["Cursor"];
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
            /** @description A page of days. */
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
                     *           "date": "2025-12-31",
                     *           "value": 1100,
                     *           "cost_basis": 1000,
                     *           "gain_loss": 100,
                     *           "inflow": 0,
                     *           "outflow": 0,
                     *           "estimated": 0,
                     *           "missing": 0,
                     *           "is_live": false
                     *         }
                     *       ]
                     *     }
                     */
                    readonly "application/json": rest.components["schemas"]["PortfolioHistory"];
                };
            };
            readonly 404: rest.components["responses"]["NotFound"];
            readonly 422: rest.components["responses"]["Invalid"];
            readonly default: rest.components["responses"]["Problem"];
        };
    };
    readonly syncPortfolioValues: {
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
            /** @description The answer. */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": rest.components["headers"]["RequestId"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "portfolio_id": "6f1f9a3e-7f0b-4d57-9c3c-5b9d2f1c8a11",
                     *       "date": "2026-01-05",
                     *       "as_of": "2026-01-05T15:30:00.123Z",
                     *       "base_currency": "USD",
                     *       "value": 1100,
                     *       "cost_basis": 1000,
                     *       "gain_loss": 100,
                     *       "gain_loss_percent": 10,
                     *       "holdings": 1,
                     *       "live": 1,
                     *       "estimated": 0,
                     *       "missing": 0
                     *     }
                     */
                    readonly "application/json": rest.components["schemas"]["SyncedValues"];
                };
            };
            readonly 404: rest.components["responses"]["NotFound"];
            readonly 415: rest.components["responses"]["UnsupportedMediaType"];
            readonly default: rest.components["responses"]["Problem"];
        };
    };
    readonly listAssetHistory: {
        readonly parameters: {
            readonly query?: {
                /** @description The first day. */
                readonly from?: rest.components["parameters"]["From"];
                /** @description The last day. */
                readonly to?: rest.components["parameters"]["To"];
                readonly interval?: rest.components["parameters"]["Interval"];
                /** @description How many items at most. */
                readonly limit?: rest.components["parameters"]["Limit"];
                /** @description The `next_cursor` of the page before; good for the same path, sort and filters only. */
                readonly cursor?: rest.components["parameters"]["Cursor"];
            };
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: rest.components["parameters"]["RequestId"];
            };
            readonly path: {
                /**
                 * @description Upper or lower case; a slash in it is written `%2F`.
                 * @example AAPL
                 */
                readonly ticker_symbol: rest.components["parameters"]["TickerSymbol"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description A page of bars. */
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
                     *           "date": "2020-08-28",
                     *           "open": 504.05,
                     *           "high": 505.77,
                     *           "low": 498.31,
                     *           "close": 499.23,
                     *           "volume": 46907479
                     *         }
                     *       ],
                     *       "next_cursor": "5be21d0c9a7f4e63.2020-08-28"
                     *     }
                     */
                    readonly "application/json": rest.components["schemas"]["BarList"];
                };
            };
            readonly 404: rest.components["responses"]["NotFound"];
            readonly 422: rest.components["responses"]["Invalid"];
            readonly default: rest.components["responses"]["Problem"];
        };
    };
    readonly listCorporateActions: {
        readonly parameters: {
            readonly query?: {
                /** @description The first day. */
                readonly from?: rest.components["parameters"]["From"];
                /** @description The last day. */
                readonly to?: rest.components["parameters"]["To"];
                /** @description How many items at most. */
                readonly limit?: rest.components["parameters"]["Limit"];
                /** @description The `next_cursor` of the page before; good for the same path, sort and filters only. */
                readonly cursor?: rest.components["parameters"]["Cursor"];
            };
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: rest.components["parameters"]["RequestId"];
            };
            readonly path: {
                /**
                 * @description Upper or lower case; a slash in it is written `%2F`.
                 * @example AAPL
                 */
                readonly ticker_symbol: rest.components["parameters"]["TickerSymbol"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description A page of corporate actions. */
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
                     *           "date": "2020-08-07",
                     *           "type": "DIVIDEND",
                     *           "amount": 0.82
                     *         },
                     *         {
                     *           "date": "2020-08-31",
                     *           "type": "SPLIT",
                     *           "numerator": 4,
                     *           "denominator": 1
                     *         }
                     *       ]
                     *     }
                     */
                    readonly "application/json": rest.components["schemas"]["CorporateActionList"];
                };
            };
            readonly 404: rest.components["responses"]["NotFound"];
            readonly 422: rest.components["responses"]["Invalid"];
            readonly default: rest.components["responses"]["Problem"];
        };
    };
}
