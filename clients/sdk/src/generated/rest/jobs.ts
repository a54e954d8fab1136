// Made by scripts/generate.mjs from protocol/openapi/jobs.yaml. Do not edit.
import type * as rest from "../rest.js";

export interface paths {
    readonly "/stocks/populate": {
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
         * Fetch price history in the background
         * @description Daily bars, splits and dividends of up to 1,000 symbols. At most one job runs for a symbol at a time. While as many jobs are open as there may be (`HISTORY_JOBS_MAX`), more are 429.
         */
        readonly post: rest.operations["populateHistory"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/jobs": {
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
         * The jobs that fetch history
         * @description Without their symbols, which a single job tells.
         */
        readonly get: rest.operations["listJobs"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/jobs/{job_id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: rest.components["parameters"]["RequestId"];
            };
            readonly path: {
                readonly job_id: rest.components["schemas"]["Uuid"];
            };
            readonly cookie?: never;
        };
        /** How far a job is */
        readonly get: rest.operations["getJob"];
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
        readonly PopulateInput: {
            readonly symbols: readonly string[];
            /** @description The first day, not before 1900. */
            readonly from: rest.components["schemas"]["Date"];
            /** @description The last day; the last closed session when absent. */
            readonly to?: rest.components["schemas"]["Date"];
        };
        readonly JobSymbol: {
            readonly ticker_symbol: rest.components["schemas"]["Symbol"];
            /** @enum {unknown} */
            readonly status: "WAITING" | "RUNNING" | "DONE" | "FAILED";
            readonly rows_done: number;
            readonly rows_expected: number;
            readonly provider?: string;
            readonly error?: {
                readonly code: string;
                readonly detail: string;
            };
            readonly retry_at?: rest.components["schemas"]["Time"];
        };
        readonly Job: {
            readonly job_id: rest.components["schemas"]["Uuid"];
            /** @enum {unknown} */
            readonly kind: "POPULATE" | "CLOSE" | "SPLITS";
            /** @enum {unknown} */
            readonly status: "WAITING" | "RUNNING" | "DONE" | "PARTIAL" | "FAILED";
            readonly from: rest.components["schemas"]["Date"];
            readonly to: rest.components["schemas"]["Date"];
            /** @description Bars fetched. */
            readonly rows_done: number;
            /** @description About how many there will be. */
            readonly rows_expected: number;
            readonly symbols_total: number;
            readonly symbols_open: number;
            readonly symbols_failed: number;
            readonly created_at: rest.components["schemas"]["Time"];
            readonly finished_at?: rest.components["schemas"]["Time"];
            readonly symbols?: readonly rest.components["schemas"]["JobSymbol"][];
        };
        readonly JobList: {
            readonly items: readonly rest.components["schemas"]["Job"][];
            readonly next_cursor?: rest.components["schemas"]["NextCursor"];
        };
    };
}
export interface operations {
    readonly populateHistory: {
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
                 *       "symbols": [
                 *         "AAPL",
                 *         "MSFT"
                 *       ],
                 *       "from": "2016-01-04",
                 *       "to": "2026-01-02"
                 *     }
                 */
                readonly "application/json": rest.components["schemas"]["PopulateInput"];
            };
        };
        readonly responses: {
            /** @description The job, which has begun or waits. */
            readonly 202: {
                headers: {
                    readonly "X-Request-Id": rest.components["headers"]["RequestId"];
                    readonly Location: rest.components["headers"]["Location"];
                    readonly "Idempotency-Replayed": rest.components["headers"]["IdempotencyReplayed"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "job_id": "4d1c8f8e-8f0e-4f3a-9a57-0d3c2b1a6e55",
                     *       "kind": "POPULATE",
                     *       "status": "WAITING",
                     *       "from": "2016-01-04",
                     *       "to": "2026-01-02",
                     *       "rows_done": 0,
                     *       "rows_expected": 5032,
                     *       "symbols_total": 2,
                     *       "symbols_open": 2,
                     *       "symbols_failed": 0,
                     *       "created_at": "2026-01-05T09:40:00.000Z"
                     *     }
                     */
                    readonly "application/json": rest.components["schemas"]["Job"];
                };
            };
            readonly 409: rest.components["responses"]["Conflict"];
            readonly 415: rest.components["responses"]["UnsupportedMediaType"];
            readonly 422: rest.components["responses"]["Invalid"];
            /** @description Too many jobs are open. */
            readonly 429: {
                headers: {
                    readonly "X-Request-Id": rest.components["headers"]["RequestId"];
                    readonly "Retry-After": rest.components["headers"]["RetryAfter"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": rest.components["schemas"]["Problem"];
                };
            };
            readonly default: rest.components["responses"]["Problem"];
        };
    };
    readonly listJobs: {
        readonly parameters: {
            readonly query?: {
                /** @description How many items at most. */
                readonly limit?: rest.components["parameters"]["Limit"];
                /** @description The `next_cursor` of the page before; good for the same path, sort and filters only. */
                readonly cursor?: rest.components["parameters"]["Cursor"];
                readonly sort?: "created_at" | "-created_at";
                /** @description Asked for by somebody, or by a session's close. */
                readonly kind?: "POPULATE" | "CLOSE";
                /** @description Only those that are not done yet, or only those that are. */
                readonly open?: boolean;
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
            /** @description A page of jobs. */
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
                     *           "job_id": "4d1c8f8e-8f0e-4f3a-9a57-0d3c2b1a6e55",
                     *           "kind": "POPULATE",
                     *           "status": "RUNNING",
                     *           "from": "2016-01-04",
                     *           "to": "2026-01-02",
                     *           "rows_done": 1258,
                     *           "rows_expected": 5032,
                     *           "symbols_total": 2,
                     *           "symbols_open": 2,
                     *           "symbols_failed": 0,
                     *           "created_at": "2026-01-05T09:40:00.000Z"
                     *         }
                     *       ]
                     *     }
                     */
                    readonly "application/json": rest.components["schemas"]["JobList"];
                };
            };
            readonly 422: rest.components["responses"]["Invalid"];
            readonly default: rest.components["responses"]["Problem"];
        };
    };
    readonly getJob: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: rest.components["parameters"]["RequestId"];
            };
            readonly path: {
                readonly job_id: rest.components["schemas"]["Uuid"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The job with each of its symbols. */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": rest.components["headers"]["RequestId"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "job_id": "4d1c8f8e-8f0e-4f3a-9a57-0d3c2b1a6e55",
                     *       "kind": "POPULATE",
                     *       "status": "PARTIAL",
                     *       "from": "2016-01-04",
                     *       "to": "2026-01-02",
                     *       "rows_done": 2516,
                     *       "rows_expected": 5032,
                     *       "symbols_total": 2,
                     *       "symbols_open": 0,
                     *       "symbols_failed": 1,
                     *       "created_at": "2026-01-05T09:40:00.000Z",
                     *       "finished_at": "2026-01-05T09:40:09.120Z",
                     *       "symbols": [
                     *         {
                     *           "ticker_symbol": "AAPL",
                     *           "status": "DONE",
                     *           "rows_done": 2516,
                     *           "rows_expected": 2516,
                     *           "provider": "polygon"
                     *         },
                     *         {
                     *           "ticker_symbol": "XXXX",
                     *           "status": "FAILED",
                     *           "rows_done": 0,
                     *           "rows_expected": 2516,
                     *           "error": {
                     *             "code": "unknown_symbol",
                     *             "detail": "No provider knows it"
                     *           }
                     *         }
                     *       ]
                     *     }
                     */
                    readonly "application/json": rest.components["schemas"]["Job"];
                };
            };
            readonly 404: rest.components["responses"]["NotFound"];
            readonly default: rest.components["responses"]["Problem"];
        };
    };
}
