// Made by scripts/generate.mjs from protocol/openapi/imports.yaml. Do not edit.
import type * as rest from "../rest.js";

export interface paths {
    readonly "/portfolios/{portfolio_id}/investments/import": {
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
         * Import investments from CSV
         * @description All rows or none, in one change of the portfolio; up to 50,000 rows. The header names the columns, in any order: ticker_symbol, quantity, purchase_price, purchase_date, and where you have them fee, fx_rate, external_id. The same file again creates nothing: a row with an `external_id` is the investment that has it, and when its other values differ from that one's its status is `changed`, `differs` names them, and the investment stays as it is (a PUT changes it); of equal rows without one the k-th is the k-th of the equal investments without one, so that two equal trades in one file are two. With anything wrong nothing is written, and the 422 names every error by its row (the header is row 1) and column, the first 1,000 of `errors_n`.
         */
        readonly post: rest.operations["importInvestments"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
}
export interface components {
    schemas: {
        readonly ImportOutcome: {
            readonly portfolio_id: rest.components["schemas"]["Uuid"];
            readonly dry_run: boolean;
            /** @description Or, in a dry run, how many would be. */
            readonly created: number;
            readonly duplicates: number;
            /** @description Rows of a known external_id with other values; not written. */
            readonly changed: number;
            /** @description Only in a dry run above 0. */
            readonly wrong: number;
            readonly rows: readonly {
                /** @description As spreadsheets count; the header is 1. */
                readonly row: number;
                /** @enum {unknown} */
                readonly status: "created" | "duplicate" | "changed" | "error";
                /** @description Absent for what is not there. */
                readonly investment_id?: rest.components["schemas"]["Uuid"];
                /** @description Of what is changed, the columns in which it differs from the investment. */
                readonly differs?: readonly ("ticker_symbol" | "quantity" | "purchase_price" | "fee" | "purchase_date" | "fx_rate")[];
            }[];
            /** @description Of a dry run. */
            readonly errors_n?: number;
            /** @description Of a dry run, the first 1,000. */
            readonly errors?: readonly rest.components["schemas"]["RowError"][];
        };
    };
}
export interface operations {
    readonly importInvestments: {
        readonly parameters: {
            readonly query?: {
                /** @description Tell what would be, wrong rows included, and write nothing. */
                readonly dry_run?: boolean;
            };
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: rest.components["parameters"]["RequestId"];
                /**
                 * @description Chosen by you, best random: 1 to 255 visible ASCII characters. The same request with the same key creates nothing again and is answered as the first time.
                 * @example 3e0e3a5c-5e3a-4d55-9d5e-8c1b0a4f7e21
                 */
                readonly "Idempotency-Key"?: rest.components["parameters"]["IdempotencyKey"];
            };
            readonly path: {
                readonly portfolio_id: rest.components["parameters"]["PortfolioId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example external_id,ticker_symbol,quantity,purchase_price,purchase_date,fee
                 *     T-1001,AAPL,10,149.90,2025-03-14,1
                 *     T-1002,BRK.B,2.5,470.12,2025-03-17,1
                 */
                readonly "text/csv": string;
            };
        };
        readonly responses: {
            /** @description What became of each row. */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": rest.components["headers"]["RequestId"];
                    readonly "Idempotency-Replayed": rest.components["headers"]["IdempotencyReplayed"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "portfolio_id": "6f1f9a3e-7f0b-4d57-9c3c-5b9d2f1c8a11",
                     *       "dry_run": false,
                     *       "created": 1,
                     *       "duplicates": 1,
                     *       "changed": 1,
                     *       "wrong": 0,
                     *       "rows": [
                     *         {
                     *           "row": 2,
                     *           "status": "duplicate",
                     *           "investment_id": "9d3b7a52-1c5e-4a0f-b1a7-2e8f6c4d0a33"
                     *         },
                     *         {
                     *           "row": 3,
                     *           "status": "created",
                     *           "investment_id": "3c1e8f70-6d2b-4b9a-8f5e-7a9c0d1e2f34"
                     *         },
                     *         {
                     *           "row": 4,
                     *           "status": "changed",
                     *           "investment_id": "5a2b7c91-0d4e-4f6a-9b8c-1e3d5f7a9b02",
                     *           "differs": [
                     *             "fee"
                     *           ]
                     *         }
                     *       ]
                     *     }
                     */
                    readonly "application/json": rest.components["schemas"]["ImportOutcome"];
                };
            };
            readonly 404: rest.components["responses"]["NotFound"];
            readonly 409: rest.components["responses"]["Conflict"];
            /** @description The body is larger than imports may be. */
            readonly 413: {
                headers: {
                    readonly "X-Request-Id": rest.components["headers"]["RequestId"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": rest.components["schemas"]["Problem"];
                };
            };
            readonly 415: rest.components["responses"]["UnsupportedMediaType"];
            /** @description Rows, columns or query parameters are wrong; nothing was written. */
            readonly 422: {
                headers: {
                    readonly "X-Request-Id": rest.components["headers"]["RequestId"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:portfoliod:problem:invalid_field",
                     *       "title": "A field is wrong",
                     *       "status": 422,
                     *       "detail": "1 errors in the file; nothing was imported",
                     *       "code": "invalid_field",
                     *       "request_id": "0c8f6a3e-2f0e-4a53-9a3e-6d2b1c9f8e70",
                     *       "errors_n": 1,
                     *       "errors": [
                     *         {
                     *           "field": "quantity",
                     *           "code": "invalid_field",
                     *           "detail": "must be greater than 0",
                     *           "row": 3
                     *         }
                     *       ]
                     *     }
                     */
                    readonly "application/problem+json": rest.components["schemas"]["Problem"];
                };
            };
            readonly default: rest.components["responses"]["Problem"];
        };
    };
}
