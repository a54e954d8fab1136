// Made by scripts/generate.mjs from protocol/openapi/summaries.yaml. Do not edit.
import type { Decimal } from "../../decimal.js";
import type * as rest from "../rest.js";

export interface paths {
    readonly "/customers/{customer_id}/portfolios/summary": {
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
         * What a customer's portfolios are worth
         * @description Each portfolio's totals, all at the same prices, and what they are together: in each base currency by itself, and all in one, at the `rates` that are told: the live ones, else the last published (each figure is rounded once, costs are taken at the same rates); while one is not known there is no total, and `missing_rates` names it. For up to 500 portfolios; with more, read them by the pages of their list.
         */
        readonly get: rest.operations["summarizePortfolios"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/portfolios/{portfolio_id}/allocation": {
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
         * Shares of a portfolio's market value
         * @description The largest first, then what is not known of assets (`unknown`), then cash if there is any. A weight is a factor with six decimals; weights are rounded down and the millionths left over go to those that lost most, so that together they are exactly 1. Where the whole is not above 0 there are no weights. Cash that is owed is negative. A position without a price is in no slice; `unpriced` counts them.
         */
        readonly get: rest.operations["getAllocation"];
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
        readonly PortfolioSummary: {
            readonly portfolio_id: rest.components["schemas"]["Uuid"];
            readonly portfolio_name: string;
            readonly portfolio_type: rest.components["schemas"]["PortfolioType"];
            readonly base_currency: rest.components["schemas"]["Currency"];
            readonly version: number;
            readonly positions_n: number;
            /** @description A priced position's price is stale. */
            readonly stale: boolean;
            readonly as_of: rest.components["schemas"]["Time"];
            readonly totals: rest.components["schemas"]["Totals"];
        };
        readonly CurrencyTotal: {
            readonly currency: rest.components["schemas"]["Currency"];
            readonly portfolios_n: number;
            readonly totals: rest.components["schemas"]["Totals"];
        };
        readonly UsedRate: {
            /** @example USD/CHF */
            readonly pair: string;
            readonly rate: rest.components["schemas"]["Price"];
            /** @description `published`: the last one of a day, from the stored rates. */
            readonly source: string;
            readonly as_of?: rest.components["schemas"]["Time"];
            readonly stale?: boolean;
        };
        readonly PortfoliosSummary: {
            readonly customer_id: rest.components["schemas"]["Uuid"];
            readonly items: readonly rest.components["schemas"]["PortfolioSummary"][];
            readonly currencies: readonly rest.components["schemas"]["CurrencyTotal"][];
            readonly currency?: rest.components["schemas"]["Currency"];
            readonly totals?: rest.components["schemas"]["Totals"];
            readonly rates?: readonly rest.components["schemas"]["UsedRate"][];
            readonly missing_rates?: readonly string[];
        };
        readonly AllocationSlice: {
            /** @enum {unknown} */
            readonly kind: "group" | "unknown" | "cash";
            /** @description Of a group. */
            readonly name?: string;
            readonly value: rest.components["schemas"]["Amount"];
            /** @description A factor, 1 being the whole. */
            readonly weight?: Decimal;
            /** @description Not of cash. */
            readonly positions_n?: number;
        };
        readonly Allocation: {
            readonly portfolio_id: rest.components["schemas"]["Uuid"];
            /** @enum {unknown} */
            readonly by: "asset_class" | "sector" | "industry" | "currency" | "exchange" | "country" | "symbol";
            readonly base_currency: rest.components["schemas"]["Currency"];
            readonly version: number;
            readonly as_of: rest.components["schemas"]["Time"];
            readonly total_value: rest.components["schemas"]["Amount"];
            readonly unpriced: number;
            readonly slices: readonly rest.components["schemas"]["AllocationSlice"][];
        };
    };
}
export interface operations {
    readonly summarizePortfolios: {
        readonly parameters: {
            readonly query?: {
                /**
                 * @description The currency to tell all in; when absent the base currency of the oldest portfolio that holds something, else of the oldest.
                 * @example USD
                 */
                readonly currency?: rest.components["parameters"]["Currency"];
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
            /** @description The portfolios in the order of their list. */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": rest.components["headers"]["RequestId"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "customer_id": "0b8f2c1e-3a4d-4f6b-8a2e-1c9d7e5f3b21",
                     *       "items": [
                     *         {
                     *           "portfolio_id": "6f1f9a3e-7f0b-4d57-9c3c-5b9d2f1c8a11",
                     *           "portfolio_name": "Growth",
                     *           "portfolio_type": "BROKERAGE",
                     *           "base_currency": "USD",
                     *           "version": 7,
                     *           "positions_n": 1,
                     *           "stale": false,
                     *           "as_of": "2026-01-05T15:30:00.123Z",
                     *           "totals": {
                     *             "total_value": 1898.4,
                     *             "cash_balance": 0,
                     *             "cost_basis": 1500,
                     *             "gain_loss": 398.4,
                     *             "gain_loss_percent": 26.56,
                     *             "day_change": 17.4,
                     *             "day_change_percent": 0.9251,
                     *             "unpriced": 0
                     *           }
                     *         }
                     *       ],
                     *       "currencies": [
                     *         {
                     *           "currency": "USD",
                     *           "portfolios_n": 1,
                     *           "totals": {
                     *             "total_value": 1898.4,
                     *             "cash_balance": 0,
                     *             "cost_basis": 1500,
                     *             "gain_loss": 398.4,
                     *             "gain_loss_percent": 26.56,
                     *             "day_change": 17.4,
                     *             "day_change_percent": 0.9251,
                     *             "unpriced": 0
                     *           }
                     *         }
                     *       ],
                     *       "currency": "USD",
                     *       "totals": {
                     *         "total_value": 1898.4,
                     *         "cash_balance": 0,
                     *         "cost_basis": 1500,
                     *         "gain_loss": 398.4,
                     *         "gain_loss_percent": 26.56,
                     *         "day_change": 17.4,
                     *         "day_change_percent": 0.9251,
                     *         "unpriced": 0
                     *       }
                     *     }
                     */
                    readonly "application/json": rest.components["schemas"]["PortfoliosSummary"];
                };
            };
            readonly 404: rest.components["responses"]["NotFound"];
            readonly 422: rest.components["responses"]["Invalid"];
            readonly default: rest.components["responses"]["Problem"];
        };
    };
    readonly getAllocation: {
        readonly parameters: {
            readonly query?: {
                readonly by?: "asset_class" | "sector" | "industry" | "currency" | "exchange" | "country" | "symbol";
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
            /** @description The slices. */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": rest.components["headers"]["RequestId"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "portfolio_id": "6f1f9a3e-7f0b-4d57-9c3c-5b9d2f1c8a11",
                     *       "by": "sector",
                     *       "base_currency": "USD",
                     *       "version": 7,
                     *       "as_of": "2026-01-05T15:30:00.123Z",
                     *       "total_value": 3000,
                     *       "unpriced": 0,
                     *       "slices": [
                     *         {
                     *           "kind": "group",
                     *           "name": "Information Technology",
                     *           "value": 2000,
                     *           "weight": 0.666667,
                     *           "positions_n": 2
                     *         },
                     *         {
                     *           "kind": "unknown",
                     *           "value": 500,
                     *           "weight": 0.166667,
                     *           "positions_n": 1
                     *         },
                     *         {
                     *           "kind": "cash",
                     *           "value": 500,
                     *           "weight": 0.166666
                     *         }
                     *       ]
                     *     }
                     */
                    readonly "application/json": rest.components["schemas"]["Allocation"];
                };
            };
            readonly 404: rest.components["responses"]["NotFound"];
            readonly 422: rest.components["responses"]["Invalid"];
            readonly default: rest.components["responses"]["Problem"];
        };
    };
}
