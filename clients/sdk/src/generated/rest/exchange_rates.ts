// Made by scripts/generate.mjs from protocol/openapi/exchange_rates.yaml. Do not edit.
import type { Decimal } from "../../decimal.js";
import type * as rest from "../rest.js";

export interface paths {
    readonly "/exchange-rates": {
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
         * What a currency was in all others on a day
         * @description Of the last publication on or before the date that has the currency, crosses rounded to 8 decimals. These are the days' rates that costs are converted with; the present one of a pair is a price, `GET /assets/USD%2FCHF/price`.
         */
        readonly get: rest.operations["getExchangeRates"];
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
        readonly ExchangeRates: {
            readonly base: rest.components["schemas"]["Currency"];
            readonly date: rest.components["schemas"]["Date"];
            /** @description Units of each currency for one of the base. */
            readonly rates: {
                readonly [key: string]: Decimal;
            };
        };
    };
}
export interface operations {
    readonly getExchangeRates: {
        readonly parameters: {
            readonly query?: {
                readonly base?: string;
                /** @description The last publication when absent. */
                readonly date?: rest.components["schemas"]["Date"];
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
            /** @description The rates, and the day that they are of. */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": rest.components["headers"]["RequestId"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "base": "USD",
                     *       "date": "2023-01-03",
                     *       "rates": {
                     *         "CHF": 0.93608345,
                     *         "EUR": 0.94831674
                     *       }
                     *     }
                     */
                    readonly "application/json": rest.components["schemas"]["ExchangeRates"];
                };
            };
            readonly 404: rest.components["responses"]["NotFound"];
            readonly 422: rest.components["responses"]["Invalid"];
            readonly default: rest.components["responses"]["Problem"];
        };
    };
}
