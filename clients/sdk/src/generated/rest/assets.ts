// Made by scripts/generate.mjs from protocol/openapi/assets.yaml. Do not edit.
import type * as rest from "../rest.js";

export interface paths {
    readonly "/assets": {
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
         * Find assets
         * @description By symbol or name, the best matches first.
         */
        readonly get: rest.operations["searchAssets"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/assets/{ticker_symbol}": {
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
         * What is known of an asset
         * @description The `ETag` covers what is stored, not the price; so there is no 304.
         */
        readonly get: rest.operations["getAsset"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/assets/{ticker_symbol}/price": {
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
         * The current price
         * @description The price as it is known when its provider confirmed it within `QUOTE_TTL_S`, or it was set by hand; else a provider is asked, for at most two seconds. What cannot be had fresh is the last known price, with `stale: true`. One request to a provider serves all who ask at once. When there never was a price: 404 when no provider knows the symbol or none is for such symbols, 503 with `Retry-After` when they did not answer in time, failed, do not take the key or have their limits used up; the detail says which.
         */
        readonly get: rest.operations["getPrice"];
        /**
         * Set a price by hand
         * @description Published at once to everybody who watches the symbol, and kept. Such a price does not go stale. A time before the stored price's is 409. Without currency it is in that of the stored price; without previous_close the stored one is kept, if that is in the same currency. Once it is answered, the current price shows it over the same loop; what is valued follows within `FLUSH_MS`. A symbol of which nothing is known but prices, and that nobody holds, takes the price's currency; any other one keeps its own, and rows that hold it are unpriced until there is a price in that again.
         */
        readonly put: rest.operations["putPrice"];
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
        /**
         * @description In any case.
         * @enum {unknown}
         */
        readonly AssetClass: "EQUITY" | "ETF" | "FUND" | "BOND" | "CRYPTO" | "CURRENCY" | "COMMODITY" | "INDEX" | "OTHER";
        readonly AssetSummary: {
            readonly ticker_symbol: rest.components["schemas"]["Symbol"];
            readonly name?: string;
            readonly asset_class?: rest.components["schemas"]["AssetClass"];
            readonly currency?: rest.components["schemas"]["RowCurrency"];
            /** @description ISO 10383. */
            readonly exchange_mic?: string;
            readonly sector?: string;
            readonly industry?: string;
            /** @description ISO 3166-1 alpha-2 where it is known, else a name. */
            readonly country?: string;
        };
        readonly AssetList: {
            readonly items: readonly rest.components["schemas"]["AssetSummary"][];
            readonly next_cursor?: rest.components["schemas"]["NextCursor"];
        };
        readonly LastPrice: {
            readonly price: rest.components["schemas"]["Price"];
            readonly previous_close?: rest.components["schemas"]["Price"];
            readonly currency: rest.components["schemas"]["RowCurrency"];
            readonly as_of: rest.components["schemas"]["Time"];
            readonly source: string;
            readonly session: rest.components["schemas"]["Date"];
            readonly stale: boolean;
        };
        readonly Asset: {
            readonly ticker_symbol: rest.components["schemas"]["Symbol"];
            readonly name?: string;
            readonly asset_class?: rest.components["schemas"]["AssetClass"];
            readonly currency?: rest.components["schemas"]["RowCurrency"];
            /** @description ISO 10383. */
            readonly exchange_mic?: string;
            readonly sector?: string;
            readonly industry?: string;
            /** @description ISO 3166-1 alpha-2 where it is known, else a name. */
            readonly country?: string;
            /** @description What providers call it, where that is not the ticker symbol. */
            readonly provider_symbols: {
                readonly [key: string]: string;
            };
            readonly last_price?: rest.components["schemas"]["LastPrice"];
            readonly created_at: rest.components["schemas"]["Time"];
            readonly updated_at: rest.components["schemas"]["Time"];
        };
        readonly PriceInput: {
            /** @description Above 0. */
            readonly price: rest.components["schemas"]["DecimalInput"];
            /** @description Above 0; the stored one stays when absent. */
            readonly previous_close?: rest.components["schemas"]["DecimalInput"];
            readonly currency?: string;
            /**
             * Format: date-time
             * @description Now when absent; at most 5 seconds ahead.
             */
            readonly as_of?: string;
        };
        readonly PublishedPrice: {
            readonly ticker_symbol: rest.components["schemas"]["Symbol"];
            readonly price: rest.components["schemas"]["Price"];
            readonly previous_close?: rest.components["schemas"]["Price"];
            readonly currency: rest.components["schemas"]["RowCurrency"];
            readonly as_of: rest.components["schemas"]["Time"];
            readonly source: string;
            readonly session: rest.components["schemas"]["Date"];
            /** @description Its number on the bus. */
            readonly seq: number;
        };
    };
}
export interface operations {
    readonly searchAssets: {
        readonly parameters: {
            readonly query?: {
                /**
                 * @description A symbol, its beginning, or words of the name.
                 * @example apple
                 */
                readonly query?: string;
                readonly asset_class?: rest.components["schemas"]["AssetClass"];
                readonly exchange_mic?: string;
                readonly currency?: string;
                /** @description How many items at most. */
                readonly limit?: rest.components["parameters"]["Limit"];
                /** @description The `next_cursor` of the page before; good for the same path, sort and filters only. */
                readonly cursor?: rest.components["parameters"]["Cursor"];
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
            /** @description A page of assets. */
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
                     *           "name": "Apple Inc.",
                     *           "asset_class": "EQUITY",
                     *           "currency": "USD",
                     *           "exchange_mic": "XNAS"
                     *         }
                     *       ]
                     *     }
                     */
                    readonly "application/json": rest.components["schemas"]["AssetList"];
                };
            };
            readonly 422: rest.components["responses"]["Invalid"];
            readonly default: rest.components["responses"]["Problem"];
        };
    };
    readonly getAsset: {
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
        readonly requestBody?: never;
        readonly responses: {
            /** @description The asset. */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": rest.components["headers"]["RequestId"];
                    readonly ETag: rest.components["headers"]["ETag"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "ticker_symbol": "AAPL",
                     *       "name": "Apple Inc.",
                     *       "asset_class": "EQUITY",
                     *       "currency": "USD",
                     *       "exchange_mic": "XNAS",
                     *       "sector": "Technology",
                     *       "industry": "Consumer Electronics",
                     *       "country": "US",
                     *       "provider_symbols": {},
                     *       "last_price": {
                     *         "price": 189.84,
                     *         "previous_close": 188.1,
                     *         "currency": "USD",
                     *         "as_of": "2026-01-05T15:30:00.000Z",
                     *         "source": "finnhub",
                     *         "session": "2026-01-05",
                     *         "stale": false
                     *       },
                     *       "created_at": "2026-01-05T09:32:00.000Z",
                     *       "updated_at": "2026-01-05T09:32:00.000Z"
                     *     }
                     */
                    readonly "application/json": rest.components["schemas"]["Asset"];
                };
            };
            readonly 404: rest.components["responses"]["NotFound"];
            readonly default: rest.components["responses"]["Problem"];
        };
    };
    readonly getPrice: {
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
        readonly requestBody?: never;
        readonly responses: {
            /** @description The price. */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": rest.components["headers"]["RequestId"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "ticker_symbol": "AAPL",
                     *       "price": 189.84,
                     *       "previous_close": 188.1,
                     *       "currency": "USD",
                     *       "as_of": "2026-01-05T15:30:00.000Z",
                     *       "source": "finnhub",
                     *       "session": "2026-01-05",
                     *       "stale": false,
                     *       "change_today": 0.00925
                     *     }
                     */
                    readonly "application/json": rest.components["schemas"]["CurrentPrice"];
                };
            };
            readonly 404: rest.components["responses"]["NotFound"];
            readonly 503: rest.components["responses"]["Problem"];
            readonly default: rest.components["responses"]["Problem"];
        };
    };
    readonly putPrice: {
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
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "price": 189.84,
                 *       "previous_close": 188.1,
                 *       "currency": "USD"
                 *     }
                 */
                readonly "application/json": rest.components["schemas"]["PriceInput"];
            };
        };
        readonly responses: {
            /** @description The price as it was published. */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": rest.components["headers"]["RequestId"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "ticker_symbol": "AAPL",
                     *       "price": 189.84,
                     *       "previous_close": 188.1,
                     *       "currency": "USD",
                     *       "as_of": "2026-01-05T15:30:00.000Z",
                     *       "source": "manual",
                     *       "session": "2026-01-05",
                     *       "seq": 42
                     *     }
                     */
                    readonly "application/json": rest.components["schemas"]["PublishedPrice"];
                };
            };
            readonly 404: rest.components["responses"]["NotFound"];
            readonly 409: rest.components["responses"]["Conflict"];
            readonly 415: rest.components["responses"]["UnsupportedMediaType"];
            readonly 422: rest.components["responses"]["Invalid"];
            readonly default: rest.components["responses"]["Problem"];
        };
    };
}
