// Made by scripts/generate.mjs from protocol/openapi/common.yaml and asyncapi.yaml. Do not edit.
import type { Decimal } from "../../decimal.js";
import type * as rest from "../rest.js";

export interface components {
    schemas: {
        /** @enum {unknown} */
        readonly ErrorCode: "invalid_json" | "unknown_type" | "invalid_field" | "missing_field" | "not_found" | "already_subscribed" | "not_subscribed" | "limit_exceeded" | "rate_limited" | "unauthorized" | "token_expired" | "forbidden" | "conflict" | "precondition_failed" | "too_large" | "unsupported_media_type" | "method_not_allowed" | "unavailable" | "outcome_unknown" | "internal";
        readonly Problem: {
            readonly type: string;
            readonly title: string;
            readonly status: number;
            readonly detail: string;
            readonly code: rest.components["schemas"]["ErrorCode"];
            readonly request_id: string;
            /** @description Every field, query parameter or header that is wrong. */
            readonly errors?: readonly {
                readonly field: string;
                readonly code: rest.components["schemas"]["ErrorCode"];
                readonly detail: string;
                /** @description Of an import, the row of the file. */
                readonly row?: number;
            }[];
            /** @description How many errors there are, when not all are listed (the first 1,024 are); of an import always (the first 1,000 are). */
            readonly errors_n?: number;
            /** @description Of a deletion that was refused, what still hangs on it. */
            readonly dependents?: {
                readonly portfolios: number;
                readonly investments: number;
            };
        };
        /**
         * Format: uuid
         * @example 6f1f9a3e-7f0b-4d57-9c3c-5b9d2f1c8a11
         */
        readonly Uuid: string;
        /**
         * @description Present when there are more; opaque.
         * @example 8c1f0d3a5b7e9264.31373637.6f1f9a3e-7f0b-4d57-9c3c-5b9d2f1c8a11
         */
        readonly NextCursor: string;
        readonly Time: string;
        readonly Currency: string;
        /** @description An exact decimal with at most 8 decimals, shortest text. */
        readonly Amount: Decimal;
        /** @description At most 4 decimals. */
        readonly Percent: Decimal;
        /** @description Of the whole portfolio, in its currency; always the sums of the rows of the same frame: of the `_base` members of those in another currency. */
        readonly Totals: {
            readonly total_value: rest.components["schemas"]["Amount"];
            readonly cash_balance: rest.components["schemas"]["Amount"];
            readonly cost_basis: rest.components["schemas"]["Amount"];
            readonly gain_loss: rest.components["schemas"]["Amount"];
            readonly gain_loss_percent?: rest.components["schemas"]["Percent"];
            readonly day_change: rest.components["schemas"]["Amount"];
            readonly day_change_percent?: rest.components["schemas"]["Percent"];
            /** @description How many rows have no price in the portfolio's currency. */
            readonly unpriced: number;
        };
        /** @description Above 0, at most 90,000,000,000, at most 8 decimals. */
        readonly Price: Decimal;
        /** Format: date */
        readonly Date: string;
        readonly Symbol: string;
        /** @description Above 0, at most 8 decimals. Above 90,000,000,000 only where rows were written past the bound in the database; such a position has no price. */
        readonly Quantity: Decimal;
        /** @description A currency, or a minor unit that an exchange quotes in: 100 GBp (ZAc, ILA) are one GBP (ZAR, ILS). */
        readonly RowCurrency: string;
        readonly RowError: {
            /** @description The column, or `row` for the row as a whole. */
            readonly field: string;
            readonly code: rest.components["schemas"]["ErrorCode"];
            readonly detail: string;
            readonly row: number;
        };
        /** @description An opaque token. Compare it and send it back, nothing else. With a fourth part where `fields` were given. */
        readonly Cursor: string;
        readonly PortfolioId: string;
        /** @description The sum of a portfolio's lots in one ticker, in its own currency. Without a price it has no price members. When the currency is not the portfolio's, the `_base` members say the same in that: value and price's moves through `fx_rate`, costs through the rate of each lot's trade date, each rounded once. It has cost_basis_base when those rates are known, and the others when the rate of today is known too. */
        readonly Position: {
            readonly ticker_symbol: rest.components["schemas"]["Symbol"];
            readonly quantity: rest.components["schemas"]["Quantity"];
            readonly average_cost: rest.components["schemas"]["Amount"];
            readonly cost_basis: rest.components["schemas"]["Amount"];
            readonly currency: rest.components["schemas"]["RowCurrency"];
            readonly current_price?: rest.components["schemas"]["Price"];
            readonly previous_close?: rest.components["schemas"]["Price"];
            readonly current_value?: rest.components["schemas"]["Amount"];
            readonly gain_loss?: rest.components["schemas"]["Amount"];
            readonly gain_loss_percent?: rest.components["schemas"]["Percent"];
            readonly day_change?: rest.components["schemas"]["Amount"];
            readonly day_change_percent?: rest.components["schemas"]["Percent"];
            readonly price_as_of?: rest.components["schemas"]["Time"];
            /** @description Its provider has not confirmed the price, or the rate, for a while. */
            readonly stale?: boolean;
            /** @description Units of base_currency for one of the row's currency; for one pound, where that is GBp (ZAc, ILA likewise: 100 of them make one). */
            readonly fx_rate?: Decimal;
            readonly cost_basis_base?: rest.components["schemas"]["Amount"];
            readonly current_value_base?: rest.components["schemas"]["Amount"];
            readonly gain_loss_base?: rest.components["schemas"]["Amount"];
            readonly gain_loss_percent_base?: rest.components["schemas"]["Percent"];
            readonly day_change_base?: rest.components["schemas"]["Amount"];
            readonly day_change_percent_base?: rest.components["schemas"]["Percent"];
        };
        readonly State: {
            readonly portfolio_id: rest.components["schemas"]["PortfolioId"];
            readonly portfolio_name: string;
            readonly base_currency: rest.components["schemas"]["Currency"];
            readonly totals: rest.components["schemas"]["Totals"];
            readonly positions: {
                readonly [key: string]: rest.components["schemas"]["Position"];
            };
        };
        /** @description A number, or a string that holds one; at most 8 decimals, no exponent. */
        readonly DecimalInput: Decimal | number | string;
    };
    responses: {
        /** @description Anything else that is wrong: 400 malformed, 405 (with `Allow`), 408, 413, 429 `rate_limited` (too many requests of this address, user or account, or too many at once; with `Retry-After`), without authentication 403 and 421 to web pages of other hosts and under other names, 500, 503 (with `Retry-After`; also `outcome_unknown` when a write may or may not have been done). */
        readonly Problem: {
            headers: {
                readonly "X-Request-Id": rest.components["headers"]["RequestId"];
                readonly Allow: rest.components["headers"]["Allow"];
                readonly "RateLimit-Limit": rest.components["headers"]["RateLimitLimit"];
                readonly "RateLimit-Remaining": rest.components["headers"]["RateLimitRemaining"];
                readonly "RateLimit-Reset": rest.components["headers"]["RateLimitReset"];
                readonly "Retry-After": rest.components["headers"]["RetryAfter"];
                readonly [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:portfoliod:problem:unavailable",
                 *       "title": "Temporarily unavailable",
                 *       "status": 503,
                 *       "detail": "The database is away; nothing was written",
                 *       "code": "unavailable",
                 *       "request_id": "0c8f6a3e-2f0e-4a53-9a3e-6d2b1c9f8e70"
                 *     }
                 */
                readonly "application/problem+json": rest.components["schemas"]["Problem"];
            };
        };
        /** @description The caller's role may not use this operation, or its API key lacks the scope. */
        readonly Forbidden: {
            headers: {
                readonly "X-Request-Id": rest.components["headers"]["RequestId"];
                readonly [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:portfoliod:problem:forbidden",
                 *       "title": "Not allowed",
                 *       "status": 403,
                 *       "detail": "The role user may not do this",
                 *       "code": "forbidden",
                 *       "request_id": "0c8f6a3e-2f0e-4a53-9a3e-6d2b1c9f8e70"
                 *     }
                 */
                readonly "application/problem+json": rest.components["schemas"]["Problem"];
            };
        };
        /** @description Against what is stored. What a deletion would take along is counted in `dependents`. */
        readonly Conflict: {
            headers: {
                readonly "X-Request-Id": rest.components["headers"]["RequestId"];
                readonly [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:portfoliod:problem:conflict",
                 *       "title": "Conflict with what is stored",
                 *       "status": 409,
                 *       "detail": "Idempotency-Key: was used with another request",
                 *       "code": "conflict",
                 *       "request_id": "0c8f6a3e-2f0e-4a53-9a3e-6d2b1c9f8e70",
                 *       "errors": [
                 *         {
                 *           "field": "Idempotency-Key",
                 *           "code": "conflict",
                 *           "detail": "was used with another request"
                 *         }
                 *       ]
                 *     }
                 */
                readonly "application/problem+json": rest.components["schemas"]["Problem"];
            };
        };
        /** @description The body is not `application/json`, or has a `Content-Encoding`. */
        readonly UnsupportedMediaType: {
            headers: {
                readonly "X-Request-Id": rest.components["headers"]["RequestId"];
                readonly [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:portfoliod:problem:unsupported_media_type",
                 *       "title": "Unsupported media type",
                 *       "status": 415,
                 *       "detail": "The body must be application/json",
                 *       "code": "unsupported_media_type",
                 *       "request_id": "0c8f6a3e-2f0e-4a53-9a3e-6d2b1c9f8e70"
                 *     }
                 */
                readonly "application/problem+json": rest.components["schemas"]["Problem"];
            };
        };
        /** @description Fields of the body, query parameters or headers are wrong; `errors` names all of them at once, also an id in the body that is unknown. An id in the path that is unknown is 404 instead. */
        readonly Invalid: {
            headers: {
                readonly "X-Request-Id": rest.components["headers"]["RequestId"];
                readonly [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:portfoliod:problem:missing_field",
                 *       "title": "A required field is missing",
                 *       "status": 422,
                 *       "detail": "name: is required",
                 *       "code": "missing_field",
                 *       "request_id": "0c8f6a3e-2f0e-4a53-9a3e-6d2b1c9f8e70",
                 *       "errors": [
                 *         {
                 *           "field": "name",
                 *           "code": "missing_field",
                 *           "detail": "is required"
                 *         },
                 *         {
                 *           "field": "email",
                 *           "code": "invalid_field",
                 *           "detail": "is not an e-mail address"
                 *         }
                 *       ]
                 *     }
                 */
                readonly "application/problem+json": rest.components["schemas"]["Problem"];
            };
        };
        /** @description No credential, or none that is valid here: wrong, revoked, of a disabled user (`unauthorized`), or expired (`token_expired`). */
        readonly Unauthorized: {
            headers: {
                readonly "X-Request-Id": rest.components["headers"]["RequestId"];
                readonly "WWW-Authenticate": rest.components["headers"]["WwwAuthenticate"];
                readonly [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:portfoliod:problem:token_expired",
                 *       "title": "The token has expired",
                 *       "status": 401,
                 *       "detail": "The token has expired: POST /auth/refresh gives another",
                 *       "code": "token_expired",
                 *       "request_id": "0c8f6a3e-2f0e-4a53-9a3e-6d2b1c9f8e70"
                 *     }
                 */
                readonly "application/problem+json": rest.components["schemas"]["Problem"];
            };
        };
        /** @description It is gone. */
        readonly Deleted: {
            headers: {
                readonly "X-Request-Id": rest.components["headers"]["RequestId"];
                readonly [name: string]: unknown;
            };
            content?: never;
        };
        /** @description There is nothing of this id, or it is no id. */
        readonly NotFound: {
            headers: {
                readonly "X-Request-Id": rest.components["headers"]["RequestId"];
                readonly [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:portfoliod:problem:not_found",
                 *       "title": "Not found",
                 *       "status": 404,
                 *       "detail": "There is no such portfolio",
                 *       "code": "not_found",
                 *       "request_id": "0c8f6a3e-2f0e-4a53-9a3e-6d2b1c9f8e70"
                 *     }
                 */
                readonly "application/problem+json": rest.components["schemas"]["Problem"];
            };
        };
        /** @description It is still what your `If-None-Match` names. The tag of a gzipped form counts for who accepts gzip. */
        readonly NotModified: {
            headers: {
                readonly "X-Request-Id": rest.components["headers"]["RequestId"];
                readonly ETag: rest.components["headers"]["ETag"];
                readonly [name: string]: unknown;
            };
            content?: never;
        };
        /** @description `If-Match` does not hold: somebody changed it since, read it again; or `If-None-Match` names what is there. */
        readonly PreconditionFailed: {
            headers: {
                readonly "X-Request-Id": rest.components["headers"]["RequestId"];
                readonly [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:portfoliod:problem:precondition_failed",
                 *       "title": "The precondition does not hold",
                 *       "status": 412,
                 *       "detail": "If-Match does not name the portfolio as it is now: read it again",
                 *       "code": "precondition_failed",
                 *       "request_id": "0c8f6a3e-2f0e-4a53-9a3e-6d2b1c9f8e70"
                 *     }
                 */
                readonly "application/problem+json": rest.components["schemas"]["Problem"];
            };
        };
    };
    parameters: {
        /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
        readonly RequestId: string;
        /** @description How many items at most. */
        readonly Limit: number;
        /** @description The `next_cursor` of the page before; good for the same path, sort and filters only. */
        readonly Cursor: string;
        /** @description The `ETag` of what you have; 304 when it is still that. */
        readonly IfNoneMatch: string;
        /**
         * @description The `ETag` that must still hold, else 412.
         * @example "5f0c1c9e0b0e4c0d8a7b6c5d4e3f2a1b"
         */
        readonly IfMatch: string;
        readonly CustomerId: rest.components["schemas"]["Uuid"];
        /**
         * @description Chosen by you, best random: 1 to 255 visible ASCII characters. The same request with the same key creates nothing again and is answered as the first time.
         * @example 3e0e3a5c-5e3a-4d55-9d5e-8c1b0a4f7e21
         */
        readonly IdempotencyKey: string;
        /** @description Delete what hangs on it too. */
        readonly Cascade: boolean;
        /**
         * @description The currency to tell all in; when absent the base currency of the oldest portfolio that holds something, else of the oldest.
         * @example USD
         */
        readonly Currency: string;
        readonly PortfolioId: rest.components["schemas"]["Uuid"];
        readonly InvestmentId: rest.components["schemas"]["Uuid"];
        /**
         * @description Upper or lower case; a slash in it is written `%2F`.
         * @example AAPL
         */
        readonly TickerSymbol: string;
    };
    headers: {
        /**
         * @description The request's own id, or a new one.
         * @example 0c8f6a3e-2f0e-4a53-9a3e-6d2b1c9f8e70
         */
        readonly RequestId: string;
        /**
         * @description With 405, the methods that the path has.
         * @example GET, HEAD, PUT, DELETE, OPTIONS
         */
        readonly Allow: string;
        /**
         * @description How many requests at once the address, or the user, may send after a pause. Absent without a limit.
         * @example 500
         */
        readonly RateLimitLimit: string;
        /**
         * @description How many are left of these now.
         * @example 499
         */
        readonly RateLimitRemaining: string;
        /**
         * @description Seconds until all of them are there again.
         * @example 1
         */
        readonly RateLimitReset: string;
        /**
         * @description With 429 and 503, try again after this many seconds.
         * @example 1
         */
        readonly RetryAfter: string;
        /** @description The path of what was created. */
        readonly Location: string;
        /**
         * @description How to authenticate (RFC 6750), and what was wrong with the token.
         * @example Bearer realm="portfolio", error="invalid_token"
         */
        readonly WwwAuthenticate: string;
        /**
         * @description Changes with every change of the stored resource.
         * @example "5f0c1c9e0b0e4c0d8a7b6c5d4e3f2a1b"
         */
        readonly ETag: string;
        /** @description Present when the request had been done before under its key. */
        readonly IdempotencyReplayed: "true";
    };
}
