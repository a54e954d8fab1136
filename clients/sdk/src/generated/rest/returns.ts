// Made by scripts/generate.mjs from protocol/openapi/returns.yaml. Do not edit.
import type { Decimal } from "../../decimal.js";
import type * as rest from "../rest.js";

export interface paths {
    readonly "/customers/{customer_id}/returns": {
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
         * Returns of all of a customer's portfolios together
         * @description Gain, time-weighted and money-weighted return of [start_date, end_date], both inclusive, in the currency asked for. The opening value is that of the close before start_date, so that consecutive ranges chain. A purchase is an inflow, with its fee; cash and dividends are not part of it. Ratios are factors: 0.05 is five percent. What does not exist (a rate without a change of sign, a division by nothing) is left out. For less than 365 days nothing is annualized. The gains of the contributions add up to gain exactly; the contributions, each rounded by itself, to simple_return but for that. Holdings of one symbol in several portfolios are one contribution. Portfolios in several currencies are told in one: each day's value at that day's rate (the last published on or before it; today's live one), each flow at that of its date, each rounded once; the totals are the sums of the contributions. A rate that is missing where there is an amount to convert is 422. Of more than 500 portfolios nothing is told together: 422 `limit_exceeded`. What takes longer than the server's deadline is 503; what is computed is kept, so that asking again goes on from there.
         */
        readonly get: rest.operations["getCustomerReturns"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/portfolios/{portfolio_id}/returns": {
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
         * Returns of a portfolio over a range of days
         * @description Gain, time-weighted and money-weighted return of [start_date, end_date], both inclusive, in the base currency. The opening value is that of the close before start_date, so that consecutive ranges chain. A purchase is an inflow, with its fee; cash and dividends are not part of it. Ratios are factors: 0.05 is five percent. What does not exist (a rate without a change of sign, a division by nothing) is left out. For less than 365 days nothing is annualized. The gains of the contributions add up to gain exactly; the contributions, each rounded by itself, to simple_return but for that.
         */
        readonly get: rest.operations["getPortfolioReturns"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/portfolios/{portfolio_id}/risk": {
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
         * Volatility and drawdown of a portfolio
         * @description Volatility is the sample deviation of the daily returns times the root of 252, over the days with a price; the drawdown is of the index that grows by each day's return.
         */
        readonly get: rest.operations["getPortfolioRisk"];
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
        /** @description A factor, rounded to 6 decimals. */
        readonly Ratio: Decimal;
        readonly Benchmark: {
            readonly ticker_symbol: rest.components["schemas"]["Symbol"];
            readonly price_return?: rest.components["schemas"]["Ratio"];
            readonly relative_return?: rest.components["schemas"]["Ratio"];
        };
        readonly Contribution: {
            readonly ticker_symbol: rest.components["schemas"]["Symbol"];
            readonly opening_value: rest.components["schemas"]["Amount"];
            readonly closing_value: rest.components["schemas"]["Amount"];
            readonly inflow: rest.components["schemas"]["Amount"];
            readonly outflow: rest.components["schemas"]["Amount"];
            readonly gain: rest.components["schemas"]["Amount"];
            readonly contribution?: rest.components["schemas"]["Ratio"];
            readonly simple_return?: rest.components["schemas"]["Ratio"];
            readonly price_return?: rest.components["schemas"]["Ratio"];
            /**
             * @description Absent when the closing value is of a closing or live price. estimated, without one yet, at the price last paid; missing, without a value.
             * @enum {unknown}
             */
            readonly quality?: "estimated" | "missing";
        };
        readonly CustomerReturns: {
            readonly customer_id: rest.components["schemas"]["Uuid"];
            readonly base_currency?: rest.components["schemas"]["Currency"];
            readonly start_date: rest.components["schemas"]["Date"];
            readonly end_date: rest.components["schemas"]["Date"];
            readonly days: number;
            readonly opening_value: rest.components["schemas"]["Amount"];
            readonly closing_value: rest.components["schemas"]["Amount"];
            readonly inflow: rest.components["schemas"]["Amount"];
            readonly outflow: rest.components["schemas"]["Amount"];
            readonly gain: rest.components["schemas"]["Amount"];
            readonly simple_return?: rest.components["schemas"]["Ratio"];
            readonly twr: rest.components["schemas"]["Ratio"];
            readonly is_annualized: boolean;
            readonly twr_annualized?: rest.components["schemas"]["Ratio"];
            readonly modified_dietz?: rest.components["schemas"]["Ratio"];
            readonly xirr?: rest.components["schemas"]["Ratio"];
            readonly benchmark?: rest.components["schemas"]["Benchmark"];
            readonly contributions: readonly rest.components["schemas"]["Contribution"][];
        };
        readonly PortfolioReturns: {
            readonly portfolio_id: rest.components["schemas"]["Uuid"];
            readonly base_currency: rest.components["schemas"]["Currency"];
            readonly start_date: rest.components["schemas"]["Date"];
            readonly end_date: rest.components["schemas"]["Date"];
            readonly days: number;
            readonly opening_value: rest.components["schemas"]["Amount"];
            readonly closing_value: rest.components["schemas"]["Amount"];
            readonly inflow: rest.components["schemas"]["Amount"];
            readonly outflow: rest.components["schemas"]["Amount"];
            readonly gain: rest.components["schemas"]["Amount"];
            readonly simple_return?: rest.components["schemas"]["Ratio"];
            readonly twr: rest.components["schemas"]["Ratio"];
            readonly is_annualized: boolean;
            readonly twr_annualized?: rest.components["schemas"]["Ratio"];
            readonly modified_dietz?: rest.components["schemas"]["Ratio"];
            readonly xirr?: rest.components["schemas"]["Ratio"];
            readonly benchmark?: rest.components["schemas"]["Benchmark"];
            readonly contributions: readonly rest.components["schemas"]["Contribution"][];
        };
        readonly PortfolioRisk: {
            readonly portfolio_id: rest.components["schemas"]["Uuid"];
            readonly base_currency: rest.components["schemas"]["Currency"];
            readonly start_date: rest.components["schemas"]["Date"];
            readonly end_date: rest.components["schemas"]["Date"];
            /** @description Daily returns that the volatility is of. */
            readonly returns: number;
            readonly twr: rest.components["schemas"]["Ratio"];
            readonly volatility?: rest.components["schemas"]["Ratio"];
            readonly max_drawdown: {
                readonly value: rest.components["schemas"]["Ratio"];
                readonly peak_date?: rest.components["schemas"]["Date"];
                readonly trough_date?: rest.components["schemas"]["Date"];
                readonly recovered_date?: rest.components["schemas"]["Date"];
            };
        };
    };
    parameters: {
        /** @description Its first day; by default that of the first purchase. */
        readonly StartDate: rest.components["schemas"]["Date"];
        /** @description Its last day; by default, and at most, today (UTC). */
        readonly EndDate: rest.components["schemas"]["Date"];
        /** @description The symbol to compare with, by its price in the base currency. */
        readonly Benchmark: string;
    };
}
export interface operations {
    readonly getCustomerReturns: {
        readonly parameters: {
            readonly query?: {
                /** @description Its first day; by default that of the first purchase. */
                readonly start_date?: rest.components["parameters"]["StartDate"];
                /** @description Its last day; by default, and at most, today (UTC). */
                readonly end_date?: rest.components["parameters"]["EndDate"];
                /** @description The symbol to compare with, by its price in the base currency. */
                readonly benchmark?: rest.components["parameters"]["Benchmark"];
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
            /** @description The answer. */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": rest.components["headers"]["RequestId"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "customer_id": "6f1f9a3e-7f0b-4d57-9c3c-5b9d2f1c8a11",
                     *       "base_currency": "USD",
                     *       "start_date": "2025-01-02",
                     *       "end_date": "2025-12-31",
                     *       "days": 364,
                     *       "opening_value": 0,
                     *       "closing_value": 1100,
                     *       "inflow": 1000,
                     *       "outflow": 0,
                     *       "gain": 100,
                     *       "simple_return": 0.1,
                     *       "twr": 0.1,
                     *       "is_annualized": false,
                     *       "modified_dietz": 0.1,
                     *       "xirr": 0.100276,
                     *       "benchmark": {
                     *         "ticker_symbol": "SPY",
                     *         "price_return": 0.08,
                     *         "relative_return": 0.018519
                     *       },
                     *       "contributions": [
                     *         {
                     *           "ticker_symbol": "AAPL",
                     *           "opening_value": 0,
                     *           "closing_value": 1100,
                     *           "inflow": 1000,
                     *           "outflow": 0,
                     *           "gain": 100,
                     *           "contribution": 0.1,
                     *           "simple_return": 0.1,
                     *           "price_return": 0.1
                     *         }
                     *       ]
                     *     }
                     */
                    readonly "application/json": rest.components["schemas"]["CustomerReturns"];
                };
            };
            readonly 404: rest.components["responses"]["NotFound"];
            readonly 409: rest.components["responses"]["Conflict"];
            readonly 422: rest.components["responses"]["Invalid"];
            readonly default: rest.components["responses"]["Problem"];
        };
    };
    readonly getPortfolioReturns: {
        readonly parameters: {
            readonly query?: {
                /** @description Its first day; by default that of the first purchase. */
                readonly start_date?: rest.components["parameters"]["StartDate"];
                /** @description Its last day; by default, and at most, today (UTC). */
                readonly end_date?: rest.components["parameters"]["EndDate"];
                /** @description The symbol to compare with, by its price in the base currency. */
                readonly benchmark?: rest.components["parameters"]["Benchmark"];
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
                     *       "base_currency": "USD",
                     *       "start_date": "2025-01-02",
                     *       "end_date": "2025-12-31",
                     *       "days": 364,
                     *       "opening_value": 0,
                     *       "closing_value": 1100,
                     *       "inflow": 1000,
                     *       "outflow": 0,
                     *       "gain": 100,
                     *       "simple_return": 0.1,
                     *       "twr": 0.1,
                     *       "is_annualized": false,
                     *       "modified_dietz": 0.1,
                     *       "xirr": 0.100276,
                     *       "benchmark": {
                     *         "ticker_symbol": "SPY",
                     *         "price_return": 0.08,
                     *         "relative_return": 0.018519
                     *       },
                     *       "contributions": [
                     *         {
                     *           "ticker_symbol": "AAPL",
                     *           "opening_value": 0,
                     *           "closing_value": 1100,
                     *           "inflow": 1000,
                     *           "outflow": 0,
                     *           "gain": 100,
                     *           "contribution": 0.1,
                     *           "simple_return": 0.1,
                     *           "price_return": 0.1
                     *         }
                     *       ]
                     *     }
                     */
                    readonly "application/json": rest.components["schemas"]["PortfolioReturns"];
                };
            };
            readonly 404: rest.components["responses"]["NotFound"];
            readonly 422: rest.components["responses"]["Invalid"];
            readonly default: rest.components["responses"]["Problem"];
        };
    };
    readonly getPortfolioRisk: {
        readonly parameters: {
            readonly query?: {
                /** @description Its first day; by default that of the first purchase. */
                readonly start_date?: rest.components["parameters"]["StartDate"];
                /** @description Its last day; by default, and at most, today (UTC). */
                readonly end_date?: rest.components["parameters"]["EndDate"];
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
                     *       "base_currency": "USD",
                     *       "start_date": "2025-01-02",
                     *       "end_date": "2025-12-31",
                     *       "returns": 250,
                     *       "twr": 0.1,
                     *       "volatility": 0.182211,
                     *       "max_drawdown": {
                     *         "value": 0.123,
                     *         "peak_date": "2025-02-19",
                     *         "trough_date": "2025-04-08",
                     *         "recovered_date": "2025-06-26"
                     *       }
                     *     }
                     */
                    readonly "application/json": rest.components["schemas"]["PortfolioRisk"];
                };
            };
            readonly 404: rest.components["responses"]["NotFound"];
            readonly 422: rest.components["responses"]["Invalid"];
            readonly default: rest.components["responses"]["Problem"];
        };
    };
}
