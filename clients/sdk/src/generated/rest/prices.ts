// Made by scripts/generate.mjs from protocol/openapi/prices.yaml. Do not edit.
import type { Decimal } from "../../decimal.js";
import type * as rest from "../rest.js";

export interface paths {
    readonly "/assets/prices": {
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
         * The current prices of many
         * @description Each as `GET /assets/{ticker_symbol}/price` has it, all within two seconds. A symbol that comes again is answered once. Nothing is created, so there is no `Idempotency-Key`.
         */
        readonly post: rest.operations["getPrices"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/cache/prices": {
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
        readonly post?: never;
        /**
         * Forget that prices are fresh
         * @description Prices of providers are stale, and what is held is asked for again. Who asks the answering process for a current price next finds none of them fresh; elsewhere, and in what is valued, they are stale as soon as the process that asks the providers has said so. The last known prices stay, and so do prices that were set by hand.
         */
        readonly delete: rest.operations["forgetPrices"];
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/investments/update-prices": {
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
         * Ask for new prices of what is held
         * @description Of a portfolio, of some symbols, or of everything that is held (at most 10,000 symbols). Also fresh prices are asked for again, but for those confirmed within the last second. Waits two seconds at most.
         */
        readonly post: rest.operations["updatePrices"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
}
export interface components {
    schemas: {
        readonly CurrentPrice: {
            readonly ticker_symbol: rest.components["schemas"]["Symbol"];
            readonly price: rest.components["schemas"]["Price"];
            readonly previous_close?: rest.components["schemas"]["Price"];
            readonly currency: rest.components["schemas"]["Currency"];
            readonly as_of: rest.components["schemas"]["Time"];
            readonly source: string;
            readonly session: rest.components["schemas"]["Date"];
            /** @description Nobody can say that it is the current one. */
            readonly stale: boolean;
            /** @description price / previous_close - 1, to 6 decimals; absent without a previous close. */
            readonly change_today?: Decimal;
        };
        readonly PriceError: {
            readonly ticker_symbol: rest.components["schemas"]["Symbol"];
            /**
             * @description No provider knows it; the providers' limits are used up; they did not answer in time, failed, or do not take the key.
             * @enum {unknown}
             */
            readonly code: "not_found" | "rate_limited" | "unavailable";
            readonly detail: string;
        };
        readonly Prices: {
            readonly items: readonly rest.components["schemas"]["CurrentPrice"][];
            readonly errors: readonly rest.components["schemas"]["PriceError"][];
        };
        readonly PriceUpdate: {
            readonly updated: number;
            readonly unchanged: number;
            readonly failed: readonly rest.components["schemas"]["PriceError"][];
        };
    };
}
export interface operations {
    readonly getPrices: {
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
                 *       "symbols": [
                 *         "AAPL",
                 *         "NOSUCH"
                 *       ]
                 *     }
                 */
                readonly "application/json": {
                    readonly symbols: readonly string[];
                };
            };
        };
        readonly responses: {
            /** @description The prices in the order of the symbols, and the symbols that have none. */
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
                     *           "ticker_symbol": "AAPL",
                     *           "price": 189.84,
                     *           "currency": "USD",
                     *           "as_of": "2026-01-05T15:30:00.000Z",
                     *           "source": "finnhub",
                     *           "session": "2026-01-05",
                     *           "stale": false
                     *         }
                     *       ],
                     *       "errors": [
                     *         {
                     *           "ticker_symbol": "NOSUCH",
                     *           "code": "not_found",
                     *           "detail": "No provider knows it"
                     *         }
                     *       ]
                     *     }
                     */
                    readonly "application/json": rest.components["schemas"]["Prices"];
                };
            };
            readonly 415: rest.components["responses"]["UnsupportedMediaType"];
            readonly 422: rest.components["responses"]["Invalid"];
            readonly default: rest.components["responses"]["Problem"];
        };
    };
    readonly forgetPrices: {
        readonly parameters: {
            readonly query?: {
                /**
                 * @description Only this one's.
                 * @example AAPL
                 */
                readonly symbol?: string;
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
            /** @description The one that asks the providers was told. */
            readonly 204: {
                headers: {
                    readonly "X-Request-Id": rest.components["headers"]["RequestId"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 415: rest.components["responses"]["UnsupportedMediaType"];
            readonly 422: rest.components["responses"]["Invalid"];
            readonly default: rest.components["responses"]["Problem"];
        };
    };
    readonly updatePrices: {
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
                 *       "portfolio_id": "6f1f9a3e-7f0b-4d57-9c3c-5b9d2f1c8a11"
                 *     }
                 */
                readonly "application/json": {
                    /** Format: uuid */
                    readonly portfolio_id?: string;
                    /** @description Not beside `portfolio_id`. */
                    readonly symbols?: readonly string[];
                };
            };
        };
        readonly responses: {
            /** @description How many have a new price, how many were confirmed, and which failed. */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": rest.components["headers"]["RequestId"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "updated": 3,
                     *       "unchanged": 1,
                     *       "failed": [
                     *         {
                     *           "ticker_symbol": "NOSUCH",
                     *           "code": "not_found",
                     *           "detail": "No provider knows it"
                     *         }
                     *       ]
                     *     }
                     */
                    readonly "application/json": rest.components["schemas"]["PriceUpdate"];
                };
            };
            readonly 415: rest.components["responses"]["UnsupportedMediaType"];
            readonly 422: rest.components["responses"]["Invalid"];
            readonly default: rest.components["responses"]["Problem"];
        };
    };
}
