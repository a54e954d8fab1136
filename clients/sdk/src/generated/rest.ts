// Made by scripts/generate.mjs from protocol/openapi.yaml. Do not edit.
import type { Decimal } from "../decimal.js";

export type paths = {
    readonly "/auth/register": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Open an account
         * @description Makes a customer and its user, and logs it in. With `REGISTRATION=off` it is 403. An `Idempotency-Key` is refused (422): nothing is kept that holds a secret. Sent again after a lost answer it is 409, and the password logs in.
         */
        readonly post: operations["register"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/auth/login": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Log in
         * @description An e-mail address that nobody has is answered like a wrong password, and takes as long. From the fifth failure on (of an address on the network: the twentieth) one must wait 1, 2, 4, … seconds, at most 15 minutes: 429 with `Retry-After`.
         */
        readonly post: operations["login"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/auth/refresh": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Take a refresh token for new tokens
         * @description A refresh token is good once; the answer has the next one. The same one again means that two have it: then the session ends, and whoever has its tokens logs in again.
         */
        readonly post: operations["refresh"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/auth/logout": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * End this session
         * @description Its access token is void at once, its streams end within a second. The body may be left out.
         */
        readonly post: operations["logout"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/auth/password": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Change the password
         * @description Ends the user's other sessions; this one and API keys stay. A wrong `current_password` counts as a failed login.
         */
        readonly post: operations["changePassword"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/auth/ticket": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * A one-time pass to the stream
         * @description For clients that can send no header with a WebSocket: `/stream?ticket=…`. Good for 30 seconds and one connection, with the rights and the end of the token it was asked with.
         */
        readonly post: operations["createTicket"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/auth/me": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Who asks */
        readonly get: operations["getMe"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/auth/sessions": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Where the caller is logged in */
        readonly get: operations["listSessions"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/auth/sessions/{session_id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path: {
                /** @example 9a8b7c6d-5e4f-4a3b-8c2d-1e0f9a8b7c6d */
                readonly session_id: components["schemas"]["Uuid"];
            };
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        readonly post?: never;
        /** End a session of the caller */
        readonly delete: operations["deleteSession"];
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/auth/keys": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * The caller's API keys
         * @description Without the keys themselves, of which only a hash is kept.
         */
        readonly get: operations["listKeys"];
        readonly put?: never;
        /**
         * Create an API key
         * @description The answer shows the key, this once. It may do what its user may, cut down to its scopes, but nothing with the user's account. At most 100 of a user: then 429. An `Idempotency-Key` is refused (422): nothing is kept that holds a secret.
         */
        readonly post: operations["createKey"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/auth/keys/{key_id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path: {
                /** @example 1d2e3f4a-5b6c-4d7e-8f9a-0b1c2d3e4f5a */
                readonly key_id: components["schemas"]["Uuid"];
            };
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        readonly post?: never;
        /** Revoke an API key of the caller */
        readonly delete: operations["deleteKey"];
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/users": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * List users
         * @description For administrators; not with an API key.
         */
        readonly get: operations["listUsers"];
        readonly put?: never;
        /**
         * Create a user
         * @description For administrators; not with an API key. Without a password it logs in by an outside identity provider only. An `Idempotency-Key` is refused (422): nothing is kept that holds a secret.
         */
        readonly post: operations["createUser"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/users/{user_id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path: {
                /** @example 7c6d5e4f-3a2b-4c1d-9e8f-7a6b5c4d3e2f */
                readonly user_id: components["parameters"]["UserId"];
            };
            readonly cookie?: never;
        };
        /**
         * Read a user
         * @description For administrators; not with an API key.
         */
        readonly get: operations["getUser"];
        /**
         * Replace a user
         * @description For administrators; not with an API key. A password that is not given stays; a new one ends the user's sessions, as `disabled` does. Rights that are lost end everywhere within a second. The last administrator's cannot be taken: 409.
         */
        readonly put: operations["replaceUser"];
        readonly post?: never;
        /**
         * Delete a user
         * @description For administrators; not with an API key. Its sessions and API keys go with it; its customer stays.
         */
        readonly delete: operations["deleteUser"];
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/customers/{customer_id}/advisors": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path: {
                readonly customer_id: components["parameters"]["CustomerId"];
            };
            readonly cookie?: never;
        };
        /**
         * Who advises a customer
         * @description For administrators; not with an API key.
         */
        readonly get: operations["listAdvisorsOfCustomer"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/customers/{customer_id}/advisors/{user_id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path: {
                readonly customer_id: components["parameters"]["CustomerId"];
                /** @example 7c6d5e4f-3a2b-4c1d-9e8f-7a6b5c4d3e2f */
                readonly user_id: components["parameters"]["UserId"];
            };
            readonly cookie?: never;
        };
        readonly get?: never;
        /**
         * Let an advisor read a customer's rows
         * @description For administrators; not with an API key. A user of another role is 409.
         */
        readonly put: operations["assignAdvisor"];
        readonly post?: never;
        /**
         * Take that right back
         * @description For administrators; not with an API key. Streams that showed these rows end within a second.
         */
        readonly delete: operations["unassignAdvisor"];
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/customers": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        /** List customers */
        readonly get: operations["listCustomers"];
        readonly put?: never;
        /** Create a customer */
        readonly post: operations["createCustomer"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/customers/{customer_id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path: {
                readonly customer_id: components["parameters"]["CustomerId"];
            };
            readonly cookie?: never;
        };
        /** Read a customer */
        readonly get: operations["getCustomer"];
        /**
         * Replace a customer
         * @description What is optional and not given is gone afterwards.
         */
        readonly put: operations["replaceCustomer"];
        readonly post?: never;
        /**
         * Delete a customer
         * @description With portfolios it is 409, which counts them, unless `cascade` is true.
         */
        readonly delete: operations["deleteCustomer"];
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/customers/{customer_id}/portfolios": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path: {
                readonly customer_id: components["parameters"]["CustomerId"];
            };
            readonly cookie?: never;
        };
        /** List a customer's portfolios */
        readonly get: operations["listPortfoliosOfCustomer"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/customers/{customer_id}/portfolios/summary": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path: {
                readonly customer_id: components["parameters"]["CustomerId"];
            };
            readonly cookie?: never;
        };
        /**
         * What a customer's portfolios are worth
         * @description Each portfolio's totals, all at the same prices, and what they are together: in each base currency by itself, and all in one, at the `rates` that are told: the live ones, else the last published (each figure is rounded once, costs are taken at the same rates); while one is not known there is no total, and `missing_rates` names it. For up to 500 portfolios; with more, read them by the pages of their list.
         */
        readonly get: operations["summarizePortfolios"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/customers/{customer_id}/returns": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path: {
                readonly customer_id: components["parameters"]["CustomerId"];
            };
            readonly cookie?: never;
        };
        /**
         * Returns of all of a customer's portfolios together
         * @description Gain, time-weighted and money-weighted return of [start_date, end_date], both inclusive, in the currency asked for. The opening value is that of the close before start_date, so that consecutive ranges chain. A purchase is an inflow, with its fee; cash and dividends are not part of it. Ratios are factors: 0.05 is five percent. What does not exist (a rate without a change of sign, a division by nothing) is left out. For less than 365 days nothing is annualized. The gains of the contributions add up to gain exactly; the contributions, each rounded by itself, to simple_return but for that. Holdings of one symbol in several portfolios are one contribution. Portfolios in several currencies are told in one: each day's value at that day's rate (the last published on or before it; today's live one), each flow at that of its date, each rounded once; the totals are the sums of the contributions. A rate that is missing where there is an amount to convert is 422. Of more than 500 portfolios nothing is told together: 422 `limit_exceeded`. What takes longer than the server's deadline is 503; what is computed is kept, so that asking again goes on from there.
         */
        readonly get: operations["getCustomerReturns"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/customers/email/{email}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path: {
                /**
                 * @description In any case; percent-encoded.
                 * @example ada@example.com
                 */
                readonly email: string;
            };
            readonly cookie?: never;
        };
        /** Find a customer by e-mail address */
        readonly get: operations["getCustomerByEmail"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/portfolios": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        /** List portfolios */
        readonly get: operations["listPortfolios"];
        readonly put?: never;
        /** Create a portfolio */
        readonly post: operations["createPortfolio"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/portfolios/{portfolio_id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path: {
                readonly portfolio_id: components["parameters"]["PortfolioId"];
            };
            readonly cookie?: never;
        };
        /**
         * Read a portfolio
         * @description Its version goes up with every change of it or of its investments.
         */
        readonly get: operations["getPortfolio"];
        /**
         * Replace a portfolio
         * @description The customer cannot be changed. Without a base currency the stored one stays; another one is refused (409) while investments have an fx_rate to it.
         */
        readonly put: operations["replacePortfolio"];
        readonly post?: never;
        /**
         * Delete a portfolio
         * @description With investments it is 409, which counts them, unless `cascade` is true.
         */
        readonly delete: operations["deletePortfolio"];
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/portfolios/{portfolio_id}/investments": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path: {
                readonly portfolio_id: components["parameters"]["PortfolioId"];
            };
            readonly cookie?: never;
        };
        /** List a portfolio's investments */
        readonly get: operations["listInvestmentsOfPortfolio"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/portfolios/{portfolio_id}/investments/import": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path: {
                readonly portfolio_id: components["parameters"]["PortfolioId"];
            };
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Import investments from CSV
         * @description All rows or none, in one change of the portfolio; up to 50,000 rows. The header names the columns, in any order: ticker_symbol, quantity, purchase_price, purchase_date, and where you have them fee, fx_rate, external_id. The same file again creates nothing: a row with an `external_id` is the investment that has it, and when its other values differ from that one's its status is `changed`, `differs` names them, and the investment stays as it is (a PUT changes it); of equal rows without one the k-th is the k-th of the equal investments without one, so that two equal trades in one file are two. With anything wrong nothing is written, and the 422 names every error by its row (the header is row 1) and column, the first 1,000 of `errors_n`.
         */
        readonly post: operations["importInvestments"];
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
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path: {
                readonly portfolio_id: components["parameters"]["PortfolioId"];
            };
            readonly cookie?: never;
        };
        /**
         * Totals of a portfolio
         * @description How many investments and positions there are, and the totals as the stream has them.
         */
        readonly get: operations["summarizeInvestments"];
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
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path: {
                readonly portfolio_id: components["parameters"]["PortfolioId"];
            };
            readonly cookie?: never;
        };
        /**
         * Shares of a portfolio's market value
         * @description The largest first, then what is not known of assets (`unknown`), then cash if there is any. A weight is a factor with six decimals; weights are rounded down and the millionths left over go to those that lost most, so that together they are exactly 1. Where the whole is not above 0 there are no weights. Cash that is owed is negative. A position without a price is in no slice; `unpriced` counts them.
         */
        readonly get: operations["getAllocation"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/portfolios/{portfolio_id}/valuation": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path: {
                readonly portfolio_id: components["parameters"]["PortfolioId"];
            };
            readonly cookie?: never;
        };
        /**
         * What a portfolio is worth now
         * @description Exactly the stream's snapshot frame; its cursor is also the `ETag`.
         */
        readonly get: operations["getValuation"];
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
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path: {
                readonly portfolio_id: components["parameters"]["PortfolioId"];
            };
            readonly cookie?: never;
        };
        /**
         * Returns of a portfolio over a range of days
         * @description Gain, time-weighted and money-weighted return of [start_date, end_date], both inclusive, in the base currency. The opening value is that of the close before start_date, so that consecutive ranges chain. A purchase is an inflow, with its fee; cash and dividends are not part of it. Ratios are factors: 0.05 is five percent. What does not exist (a rate without a change of sign, a division by nothing) is left out. For less than 365 days nothing is annualized. The gains of the contributions add up to gain exactly; the contributions, each rounded by itself, to simple_return but for that.
         */
        readonly get: operations["getPortfolioReturns"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/portfolios/{portfolio_id}/history": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path: {
                readonly portfolio_id: components["parameters"]["PortfolioId"];
            };
            readonly cookie?: never;
        };
        /**
         * A portfolio's value day by day
         * @description The days on which something was priced or bought; of a week (from Monday) or month the last of them, with what came in and went out in all of it. Today's is at the prices of now.
         */
        readonly get: operations["listPortfolioHistory"];
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
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path: {
                readonly portfolio_id: components["parameters"]["PortfolioId"];
            };
            readonly cookie?: never;
        };
        /**
         * Volatility and drawdown of a portfolio
         * @description Volatility is the sample deviation of the daily returns times the root of 252, over the days with a price; the drawdown is of the index that grows by each day's return.
         */
        readonly get: operations["getPortfolioRisk"];
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
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path: {
                readonly portfolio_id: components["parameters"]["PortfolioId"];
            };
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Value a portfolio now, and keep it as today's value
         * @description At the prices that the stream shows. The value is kept as today's in the history; when the day is over, the closing value takes its place. May be sent again at any time.
         */
        readonly post: operations["syncPortfolioValues"];
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
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        /** List investments */
        readonly get: operations["listInvestments"];
        readonly put?: never;
        /**
         * Create an investment
         * @description A symbol that is not known is accepted, and stays without a price until a provider or a person prices it.
         */
        readonly post: operations["createInvestment"];
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
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path: {
                readonly investment_id: components["parameters"]["InvestmentId"];
            };
            readonly cookie?: never;
        };
        /**
         * Read an investment
         * @description The `ETag` covers what is stored, not the price; so there is no 304.
         */
        readonly get: operations["getInvestment"];
        /**
         * Correct an investment
         * @description The portfolio cannot be changed.
         */
        readonly put: operations["replaceInvestment"];
        readonly post?: never;
        /**
         * Delete an investment
         * @description A correction, not a sale.
         */
        readonly delete: operations["deleteInvestment"];
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/assets": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Find assets
         * @description By symbol or name, the best matches first.
         */
        readonly get: operations["searchAssets"];
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
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path: {
                /**
                 * @description Upper or lower case; a slash in it is written `%2F`.
                 * @example AAPL
                 */
                readonly ticker_symbol: components["parameters"]["TickerSymbol"];
            };
            readonly cookie?: never;
        };
        /**
         * What is known of an asset
         * @description The `ETag` covers what is stored, not the price; so there is no 304.
         */
        readonly get: operations["getAsset"];
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
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path: {
                /**
                 * @description Upper or lower case; a slash in it is written `%2F`.
                 * @example AAPL
                 */
                readonly ticker_symbol: components["parameters"]["TickerSymbol"];
            };
            readonly cookie?: never;
        };
        /**
         * The current price
         * @description The price as it is known when its provider confirmed it within `QUOTE_TTL_S`, or it was set by hand; else a provider is asked, for at most two seconds. What cannot be had fresh is the last known price, with `stale: true`. One request to a provider serves all who ask at once. When there never was a price: 404 when no provider knows the symbol or none is for such symbols, 503 with `Retry-After` when they did not answer in time, failed, do not take the key or have their limits used up; the detail says which.
         */
        readonly get: operations["getPrice"];
        /**
         * Set a price by hand
         * @description Published at once to everybody who watches the symbol, and kept. Such a price does not go stale. A time before the stored price's is 409. Without currency it is in that of the stored price; without previous_close the stored one is kept, if that is in the same currency. Once it is answered, the current price shows it over the same loop; what is valued follows within `FLUSH_MS`. A symbol of which nothing is known but prices, and that nobody holds, takes the price's currency; any other one keeps its own, and rows that hold it are unpriced until there is a price in that again.
         */
        readonly put: operations["putPrice"];
        readonly post?: never;
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
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path: {
                /**
                 * @description Upper or lower case; a slash in it is written `%2F`.
                 * @example AAPL
                 */
                readonly ticker_symbol: components["parameters"]["TickerSymbol"];
            };
            readonly cookie?: never;
        };
        /**
         * An asset's bars
         * @description Raw prices, as traded: splits are not undone (see its corporate actions). A week's (from Monday) or month's bar has the date of its last day.
         */
        readonly get: operations["listAssetHistory"];
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
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path: {
                /**
                 * @description Upper or lower case; a slash in it is written `%2F`.
                 * @example AAPL
                 */
                readonly ticker_symbol: components["parameters"]["TickerSymbol"];
            };
            readonly cookie?: never;
        };
        /**
         * An asset's splits, dividends and spin-offs
         * @description A split gives numerator shares for denominator old ones, from the day's opening on. A spin-off's price_factor is the vendor's, and changes no quantity.
         */
        readonly get: operations["listCorporateActions"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/assets/prices": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
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
        readonly post: operations["getPrices"];
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
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
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
        readonly delete: operations["forgetPrices"];
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
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
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
        readonly post: operations["updatePrices"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/exchange-rates": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * What a currency was in all others on a day
         * @description Of the last publication on or before the date that has the currency, crosses rounded to 8 decimals. These are the days' rates that costs are converted with; the present one of a pair is a price, `GET /assets/USD%2FCHF/price`.
         */
        readonly get: operations["getExchangeRates"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/stocks/populate": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
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
        readonly post: operations["populateHistory"];
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
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * The jobs that fetch history
         * @description Without their symbols, which a single job tells.
         */
        readonly get: operations["listJobs"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/audit": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Who changed what
         * @description The audit log, the newest row first. Only administrators may read it. Whether it is as it was written, `portfoliod audit verify` says.
         */
        readonly get: operations["listAudit"];
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
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path: {
                readonly job_id: components["schemas"]["Uuid"];
            };
            readonly cookie?: never;
        };
        /** How far a job is */
        readonly get: operations["getJob"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/health": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * How the server is doing
         * @description Answered from what is known, without waiting for anything.
         */
        readonly get: operations["getHealth"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/metrics": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Metrics in Prometheus' text format */
        readonly get: operations["getMetrics"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/providers": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * How the price providers are doing
         * @description The providers of the process that answers, in their order of preference. One process leads and asks them for all; the others say `standby`. Keys and addresses are not shown.
         */
        readonly get: operations["getProviders"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/.well-known/jwks.json": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * The public keys of our access tokens
         * @description A JWK Set (RFC 7517): every key whose tokens are taken now, so while keys change there are two or more. It may be kept for as long as `Cache-Control` says: a key is published before it signs. Ask again when a token names a `kid` that is not in it. Empty where tokens are signed with a shared secret.
         */
        readonly get: operations["getJwks"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/openapi.yaml": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        /** This description as YAML */
        readonly get: operations["getOpenapiYaml"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/openapi.json": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        /** This description as JSON */
        readonly get: operations["getOpenapiJson"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/docs": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        /** This description as a page */
        readonly get: operations["getDocs"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/docs/viewer.js": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        /** The script of that page */
        readonly get: operations["getDocsViewer"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
};
export type webhooks = Record<string, never>;
export type components = {
    schemas: {
        /** @description At most 256 bytes. Refused when it is made of common words, rows of keys, years, repetitions or the e-mail address. */
        readonly Password: string;
        readonly RegisterInput: {
            /** @description The customer's. */
            readonly name: string;
            /**
             * Format: email
             * @description One that a user or a customer has is 409.
             */
            readonly email: string;
            readonly password: components["schemas"]["Password"];
        };
        /** @enum {unknown} */
        readonly ErrorCode: "invalid_json" | "unknown_type" | "invalid_field" | "missing_field" | "not_found" | "already_subscribed" | "not_subscribed" | "limit_exceeded" | "rate_limited" | "unauthorized" | "token_expired" | "forbidden" | "conflict" | "precondition_failed" | "too_large" | "unsupported_media_type" | "method_not_allowed" | "unavailable" | "outcome_unknown" | "internal";
        readonly Problem: {
            readonly type: string;
            readonly title: string;
            readonly status: number;
            readonly detail: string;
            readonly code: components["schemas"]["ErrorCode"];
            readonly request_id: string;
            /** @description Every field, query parameter or header that is wrong. */
            readonly errors?: readonly {
                readonly field: string;
                readonly code: components["schemas"]["ErrorCode"];
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
         * @description user: its customer's rows. advisor: reads the rows of the customers assigned to it. service: a program of the operator's, reads everything and sets prices. admin: everything.
         * @enum {unknown}
         */
        readonly Role: "user" | "advisor" | "service" | "admin";
        readonly User: {
            readonly user_id: components["schemas"]["Uuid"];
            readonly email: string;
            readonly role: components["schemas"]["Role"];
            readonly customer_id?: components["schemas"]["Uuid"];
            readonly disabled: boolean;
            readonly has_password: boolean;
            /** @description The outside identity provider that knows the user. */
            readonly issuer?: string;
            /** @description As what. */
            readonly subject?: string;
            /** Format: date-time */
            readonly created_at: string;
            /** Format: date-time */
            readonly updated_at: string;
        };
        readonly Tokens: {
            /** @description A JWT: `Authorization: Bearer …`. */
            readonly access_token: string;
            /** @constant */
            readonly token_type: "Bearer";
            /** @description Seconds. */
            readonly expires_in: number;
            /** Format: date-time */
            readonly expires_at: string;
            readonly refresh_token: string;
            /** Format: date-time */
            readonly refresh_expires_at: string;
            readonly session_id: components["schemas"]["Uuid"];
            readonly user: components["schemas"]["User"];
        };
        readonly LoginInput: {
            /**
             * Format: email
             * @description In any case.
             */
            readonly email: string;
            readonly password: string;
        };
        readonly Ticket: {
            readonly ticket: string;
            readonly expires_in: number;
            /** Format: date-time */
            readonly expires_at: string;
        };
        /** @enum {unknown} */
        readonly Scope: "read" | "write" | "stream" | "prices" | "operate" | "administer";
        readonly Me: {
            readonly role: components["schemas"]["Role"];
            /**
             * @description outside: a token of another identity provider; none: `AUTH=off`.
             * @enum {unknown}
             */
            readonly credential: "session" | "api_key" | "outside" | "none";
            readonly scopes: readonly components["schemas"]["Scope"][];
            readonly user_id?: components["schemas"]["Uuid"];
            readonly email?: string;
            /** @description The session or the API key. */
            readonly credential_id?: components["schemas"]["Uuid"];
            /** @description Of the role user. */
            readonly customer_id?: components["schemas"]["Uuid"];
            /**
             * Format: date-time
             * @description The credential's end.
             */
            readonly expires_at?: string;
        };
        readonly Session: {
            readonly session_id: components["schemas"]["Uuid"];
            /** @description It is the one that asks. */
            readonly current: boolean;
            /** @description The address that logged in. */
            readonly peer?: string;
            readonly user_agent?: string;
            /** Format: date-time */
            readonly created_at: string;
            /** Format: date-time */
            readonly refreshed_at: string;
            /**
             * Format: date-time
             * @description Unless it is refreshed before.
             */
            readonly expires_at: string;
        };
        /**
         * @description Present when there are more; opaque.
         * @example 8c1f0d3a5b7e9264.31373637.6f1f9a3e-7f0b-4d57-9c3c-5b9d2f1c8a11
         */
        readonly NextCursor: string;
        readonly Key: {
            readonly key_id: components["schemas"]["Uuid"];
            readonly name: string;
            readonly scopes: readonly components["schemas"]["Scope"][];
            /** Format: date-time */
            readonly created_at: string;
            /** Format: date-time */
            readonly expires_at?: string;
            /**
             * Format: date-time
             * @description To the minute.
             */
            readonly last_used_at?: string;
        };
        readonly KeyInput: {
            readonly name: string;
            readonly scopes: readonly components["schemas"]["Scope"][];
            /**
             * Format: date-time
             * @description Without it the key has no end.
             */
            readonly expires_at?: string;
        };
        readonly NewKey: {
            readonly key_id: components["schemas"]["Uuid"];
            readonly name: string;
            readonly scopes: readonly components["schemas"]["Scope"][];
            readonly api_key: string;
            /** Format: date-time */
            readonly created_at: string;
            /** Format: date-time */
            readonly expires_at?: string;
        };
        readonly UserInput: {
            /**
             * Format: email
             * @description Another user's is 409; case makes no difference.
             */
            readonly email: string;
            readonly role: components["schemas"]["Role"];
            /** @description Required of the role user; of no other. */
            readonly customer_id?: components["schemas"]["Uuid"];
            /** @default false */
            readonly disabled?: boolean;
            readonly password?: components["schemas"]["Password"];
        };
        readonly Advisor: {
            readonly user_id: components["schemas"]["Uuid"];
            readonly email: string;
            /** Format: date-time */
            readonly assigned_at: string;
        };
        readonly Time: string;
        readonly Customer: {
            readonly customer_id: components["schemas"]["Uuid"];
            readonly name: string;
            readonly email: string;
            readonly phone?: string;
            readonly address?: string;
            readonly created_at: components["schemas"]["Time"];
            readonly updated_at: components["schemas"]["Time"];
        };
        readonly CustomerList: {
            readonly items: readonly components["schemas"]["Customer"][];
            readonly next_cursor?: components["schemas"]["NextCursor"];
        };
        readonly CustomerInput: {
            readonly name: string;
            /**
             * Format: email
             * @description Another customer's is 409; case makes no difference.
             */
            readonly email: string;
            readonly phone?: string;
            /** @description May have line breaks. */
            readonly address?: string;
        };
        /** @enum {unknown} */
        readonly PortfolioType: "IRA" | "ROTH_IRA" | "401K" | "BROKERAGE" | "SAVINGS" | "OTHER";
        readonly Currency: string;
        /** @description An exact decimal with at most 8 decimals, shortest text. */
        readonly Amount: Decimal;
        readonly Portfolio: {
            readonly portfolio_id: components["schemas"]["Uuid"];
            readonly customer_id: components["schemas"]["Uuid"];
            readonly portfolio_name: string;
            readonly portfolio_type: components["schemas"]["PortfolioType"];
            readonly base_currency: components["schemas"]["Currency"];
            readonly cash_balance: components["schemas"]["Amount"];
            readonly version: number;
            readonly created_at: components["schemas"]["Time"];
            readonly updated_at: components["schemas"]["Time"];
        };
        readonly PortfolioList: {
            readonly items: readonly components["schemas"]["Portfolio"][];
            readonly next_cursor?: components["schemas"]["NextCursor"];
        };
        /** @description At most 4 decimals. */
        readonly Percent: Decimal;
        /** @description Of the whole portfolio, in its currency; always the sums of the rows of the same frame: of the `_base` members of those in another currency. */
        readonly Totals: {
            readonly total_value: components["schemas"]["Amount"];
            readonly cash_balance: components["schemas"]["Amount"];
            readonly cost_basis: components["schemas"]["Amount"];
            readonly gain_loss: components["schemas"]["Amount"];
            readonly gain_loss_percent?: components["schemas"]["Percent"];
            readonly day_change: components["schemas"]["Amount"];
            readonly day_change_percent?: components["schemas"]["Percent"];
            /** @description How many rows have no price in the portfolio's currency. */
            readonly unpriced: number;
        };
        readonly PortfolioSummary: {
            readonly portfolio_id: components["schemas"]["Uuid"];
            readonly portfolio_name: string;
            readonly portfolio_type: components["schemas"]["PortfolioType"];
            readonly base_currency: components["schemas"]["Currency"];
            readonly version: number;
            readonly positions_n: number;
            /** @description A priced position's price is stale. */
            readonly stale: boolean;
            readonly as_of: components["schemas"]["Time"];
            readonly totals: components["schemas"]["Totals"];
        };
        readonly CurrencyTotal: {
            readonly currency: components["schemas"]["Currency"];
            readonly portfolios_n: number;
            readonly totals: components["schemas"]["Totals"];
        };
        /** @description Above 0, at most 90,000,000,000, at most 8 decimals. */
        readonly Price: Decimal;
        readonly UsedRate: {
            /** @example USD/CHF */
            readonly pair: string;
            readonly rate: components["schemas"]["Price"];
            /** @description `published`: the last one of a day, from the stored rates. */
            readonly source: string;
            readonly as_of?: components["schemas"]["Time"];
            readonly stale?: boolean;
        };
        readonly PortfoliosSummary: {
            readonly customer_id: components["schemas"]["Uuid"];
            readonly items: readonly components["schemas"]["PortfolioSummary"][];
            readonly currencies: readonly components["schemas"]["CurrencyTotal"][];
            readonly currency?: components["schemas"]["Currency"];
            readonly totals?: components["schemas"]["Totals"];
            readonly rates?: readonly components["schemas"]["UsedRate"][];
            readonly missing_rates?: readonly string[];
        };
        /** Format: date */
        readonly Date: string;
        /** @description A factor, rounded to 6 decimals. */
        readonly Ratio: Decimal;
        readonly Symbol: string;
        readonly Benchmark: {
            readonly ticker_symbol: components["schemas"]["Symbol"];
            readonly price_return?: components["schemas"]["Ratio"];
            readonly relative_return?: components["schemas"]["Ratio"];
        };
        readonly Contribution: {
            readonly ticker_symbol: components["schemas"]["Symbol"];
            readonly opening_value: components["schemas"]["Amount"];
            readonly closing_value: components["schemas"]["Amount"];
            readonly inflow: components["schemas"]["Amount"];
            readonly outflow: components["schemas"]["Amount"];
            readonly gain: components["schemas"]["Amount"];
            readonly contribution?: components["schemas"]["Ratio"];
            readonly simple_return?: components["schemas"]["Ratio"];
            readonly price_return?: components["schemas"]["Ratio"];
            /**
             * @description Absent when the closing value is of a closing or live price. estimated, without one yet, at the price last paid; missing, without a value.
             * @enum {unknown}
             */
            readonly quality?: "estimated" | "missing";
        };
        readonly CustomerReturns: {
            readonly customer_id: components["schemas"]["Uuid"];
            readonly base_currency?: components["schemas"]["Currency"];
            readonly start_date: components["schemas"]["Date"];
            readonly end_date: components["schemas"]["Date"];
            readonly days: number;
            readonly opening_value: components["schemas"]["Amount"];
            readonly closing_value: components["schemas"]["Amount"];
            readonly inflow: components["schemas"]["Amount"];
            readonly outflow: components["schemas"]["Amount"];
            readonly gain: components["schemas"]["Amount"];
            readonly simple_return?: components["schemas"]["Ratio"];
            readonly twr: components["schemas"]["Ratio"];
            readonly is_annualized: boolean;
            readonly twr_annualized?: components["schemas"]["Ratio"];
            readonly modified_dietz?: components["schemas"]["Ratio"];
            readonly xirr?: components["schemas"]["Ratio"];
            readonly benchmark?: components["schemas"]["Benchmark"];
            readonly contributions: readonly components["schemas"]["Contribution"][];
        };
        readonly PortfolioInput: {
            readonly customer_id?: components["schemas"]["Uuid"];
            readonly portfolio_name: string;
            readonly portfolio_type: components["schemas"]["PortfolioType"];
            /** @default USD */
            readonly base_currency?: string;
        };
        /** @description Above 0, at most 8 decimals. Above 90,000,000,000 only where rows were written past the bound in the database; such a position has no price. */
        readonly Quantity: Decimal;
        /** @description A currency, or a minor unit that an exchange quotes in: 100 GBp (ZAc, ILA) are one GBP (ZAR, ILS). */
        readonly RowCurrency: string;
        /** @description With a price also what it is worth, in its asset's currency. Where that is not the portfolio's, the `_base` members are the same in that: the cost at the rate of the purchase, the value at the present one, each absent while its rate is not known. */
        readonly Investment: {
            readonly investment_id: components["schemas"]["Uuid"];
            readonly portfolio_id: components["schemas"]["Uuid"];
            readonly ticker_symbol: components["schemas"]["Symbol"];
            readonly quantity: components["schemas"]["Quantity"];
            /** @description What splits since the purchase made of the quantity; absent when they made nothing of it. */
            readonly current_quantity?: Decimal;
            readonly purchase_price: Decimal;
            readonly purchase_date: components["schemas"]["Date"];
            readonly fee: Decimal;
            /** @description At most 128 bytes in UTF-8. */
            readonly external_id?: string;
            /** @description As it was given. */
            readonly fx_rate?: Decimal;
            readonly currency: components["schemas"]["RowCurrency"];
            readonly cost_basis: components["schemas"]["Amount"];
            readonly current_price?: components["schemas"]["Price"];
            readonly current_value?: components["schemas"]["Amount"];
            readonly gain_loss?: components["schemas"]["Amount"];
            readonly gain_loss_percent?: components["schemas"]["Percent"];
            readonly cost_basis_base?: components["schemas"]["Amount"];
            readonly current_value_base?: components["schemas"]["Amount"];
            readonly gain_loss_base?: components["schemas"]["Amount"];
            readonly gain_loss_percent_base?: components["schemas"]["Percent"];
            readonly created_at: components["schemas"]["Time"];
            readonly updated_at: components["schemas"]["Time"];
        };
        readonly InvestmentList: {
            readonly items: readonly components["schemas"]["Investment"][];
            readonly next_cursor?: components["schemas"]["NextCursor"];
        };
        readonly RowError: {
            /** @description The column, or `row` for the row as a whole. */
            readonly field: string;
            readonly code: components["schemas"]["ErrorCode"];
            readonly detail: string;
            readonly row: number;
        };
        readonly ImportOutcome: {
            readonly portfolio_id: components["schemas"]["Uuid"];
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
                readonly investment_id?: components["schemas"]["Uuid"];
                /** @description Of what is changed, the columns in which it differs from the investment. */
                readonly differs?: readonly ("ticker_symbol" | "quantity" | "purchase_price" | "fee" | "purchase_date" | "fx_rate")[];
            }[];
            /** @description Of a dry run. */
            readonly errors_n?: number;
            /** @description Of a dry run, the first 1,000. */
            readonly errors?: readonly components["schemas"]["RowError"][];
        };
        readonly InvestmentsSummary: {
            readonly portfolio_id: components["schemas"]["Uuid"];
            readonly base_currency: components["schemas"]["Currency"];
            readonly version: number;
            readonly investments_n: number;
            readonly positions_n: number;
            readonly totals: components["schemas"]["Totals"];
        };
        readonly AllocationSlice: {
            /** @enum {unknown} */
            readonly kind: "group" | "unknown" | "cash";
            /** @description Of a group. */
            readonly name?: string;
            readonly value: components["schemas"]["Amount"];
            /** @description A factor, 1 being the whole. */
            readonly weight?: Decimal;
            /** @description Not of cash. */
            readonly positions_n?: number;
        };
        readonly Allocation: {
            readonly portfolio_id: components["schemas"]["Uuid"];
            /** @enum {unknown} */
            readonly by: "asset_class" | "sector" | "industry" | "currency" | "exchange" | "country" | "symbol";
            readonly base_currency: components["schemas"]["Currency"];
            readonly version: number;
            readonly as_of: components["schemas"]["Time"];
            readonly total_value: components["schemas"]["Amount"];
            readonly unpriced: number;
            readonly slices: readonly components["schemas"]["AllocationSlice"][];
        };
        /** @description An opaque token. Compare it and send it back, nothing else. With a fourth part where `fields` were given. */
        readonly Cursor: string;
        readonly PortfolioId: string;
        /** @description The sum of a portfolio's lots in one ticker, in its own currency. Without a price it has no price members. When the currency is not the portfolio's, the `_base` members say the same in that: value and price's moves through `fx_rate`, costs through the rate of each lot's trade date, each rounded once. It has cost_basis_base when those rates are known, and the others when the rate of today is known too. */
        readonly Position: {
            readonly ticker_symbol: components["schemas"]["Symbol"];
            readonly quantity: components["schemas"]["Quantity"];
            readonly average_cost: components["schemas"]["Amount"];
            readonly cost_basis: components["schemas"]["Amount"];
            readonly currency: components["schemas"]["RowCurrency"];
            readonly current_price?: components["schemas"]["Price"];
            readonly previous_close?: components["schemas"]["Price"];
            readonly current_value?: components["schemas"]["Amount"];
            readonly gain_loss?: components["schemas"]["Amount"];
            readonly gain_loss_percent?: components["schemas"]["Percent"];
            readonly day_change?: components["schemas"]["Amount"];
            readonly day_change_percent?: components["schemas"]["Percent"];
            readonly price_as_of?: components["schemas"]["Time"];
            /** @description Its provider has not confirmed the price, or the rate, for a while. */
            readonly stale?: boolean;
            /** @description Units of base_currency for one of the row's currency; for one pound, where that is GBp (ZAc, ILA likewise: 100 of them make one). */
            readonly fx_rate?: Decimal;
            readonly cost_basis_base?: components["schemas"]["Amount"];
            readonly current_value_base?: components["schemas"]["Amount"];
            readonly gain_loss_base?: components["schemas"]["Amount"];
            readonly gain_loss_percent_base?: components["schemas"]["Percent"];
            readonly day_change_base?: components["schemas"]["Amount"];
            readonly day_change_percent_base?: components["schemas"]["Percent"];
        };
        readonly State: {
            readonly portfolio_id: components["schemas"]["PortfolioId"];
            readonly portfolio_name: string;
            readonly base_currency: components["schemas"]["Currency"];
            readonly totals: components["schemas"]["Totals"];
            readonly positions: {
                readonly [key: string]: components["schemas"]["Position"];
            };
        };
        readonly Valuation: {
            /** @constant */
            readonly type: "snapshot";
            readonly portfolio_id: components["schemas"]["Uuid"];
            readonly cursor: components["schemas"]["Cursor"];
            readonly as_of: components["schemas"]["Time"];
            readonly data: components["schemas"]["State"];
        };
        readonly PortfolioReturns: {
            readonly portfolio_id: components["schemas"]["Uuid"];
            readonly base_currency: components["schemas"]["Currency"];
            readonly start_date: components["schemas"]["Date"];
            readonly end_date: components["schemas"]["Date"];
            readonly days: number;
            readonly opening_value: components["schemas"]["Amount"];
            readonly closing_value: components["schemas"]["Amount"];
            readonly inflow: components["schemas"]["Amount"];
            readonly outflow: components["schemas"]["Amount"];
            readonly gain: components["schemas"]["Amount"];
            readonly simple_return?: components["schemas"]["Ratio"];
            readonly twr: components["schemas"]["Ratio"];
            readonly is_annualized: boolean;
            readonly twr_annualized?: components["schemas"]["Ratio"];
            readonly modified_dietz?: components["schemas"]["Ratio"];
            readonly xirr?: components["schemas"]["Ratio"];
            readonly benchmark?: components["schemas"]["Benchmark"];
            readonly contributions: readonly components["schemas"]["Contribution"][];
        };
        readonly PortfolioDay: {
            readonly date: components["schemas"]["Date"];
            readonly value: components["schemas"]["Amount"];
            readonly cost_basis: components["schemas"]["Amount"];
            readonly gain_loss: components["schemas"]["Amount"];
            readonly inflow: components["schemas"]["Amount"];
            readonly outflow: components["schemas"]["Amount"];
            /** @description Holdings at the price last paid. */
            readonly estimated: number;
            /** @description Holdings without a value. */
            readonly missing: number;
            /** @description At prices of now. */
            readonly is_live: boolean;
        };
        readonly PortfolioHistory: {
            readonly items: readonly components["schemas"]["PortfolioDay"][];
            readonly next_cursor?: components["schemas"]["NextCursor"];
        };
        readonly PortfolioRisk: {
            readonly portfolio_id: components["schemas"]["Uuid"];
            readonly base_currency: components["schemas"]["Currency"];
            readonly start_date: components["schemas"]["Date"];
            readonly end_date: components["schemas"]["Date"];
            /** @description Daily returns that the volatility is of. */
            readonly returns: number;
            readonly twr: components["schemas"]["Ratio"];
            readonly volatility?: components["schemas"]["Ratio"];
            readonly max_drawdown: {
                readonly value: components["schemas"]["Ratio"];
                readonly peak_date?: components["schemas"]["Date"];
                readonly trough_date?: components["schemas"]["Date"];
                readonly recovered_date?: components["schemas"]["Date"];
            };
        };
        readonly SyncedValues: {
            readonly portfolio_id: components["schemas"]["Uuid"];
            readonly date: components["schemas"]["Date"];
            readonly as_of: components["schemas"]["Time"];
            readonly base_currency: components["schemas"]["Currency"];
            readonly value: components["schemas"]["Amount"];
            readonly cost_basis: components["schemas"]["Amount"];
            readonly gain_loss: components["schemas"]["Amount"];
            readonly gain_loss_percent?: Decimal;
            readonly holdings: number;
            /** @description Holdings with a price of today. */
            readonly live: number;
            readonly estimated: number;
            readonly missing: number;
        };
        /** @description A number, or a string that holds one; at most 8 decimals, no exponent. */
        readonly DecimalInput: Decimal | number | string;
        readonly InvestmentInput: {
            readonly portfolio_id?: components["schemas"]["Uuid"];
            readonly ticker_symbol: string;
            /** @description Above 0. */
            readonly quantity: components["schemas"]["DecimalInput"];
            /** @description Of one, not below 0. */
            readonly purchase_price: components["schemas"]["DecimalInput"];
            /** @description At most tomorrow (UTC). */
            readonly purchase_date: components["schemas"]["Date"];
            /** @description Not below 0; 0 when absent. */
            readonly fee?: components["schemas"]["DecimalInput"];
            /** @description Units of the portfolio's currency for one of the asset's (one pound, where that is GBp) at the purchase. Absent: that of the purchase_date, once one is known. 422 where both are the same currency and it is not 1. */
            readonly fx_rate?: components["schemas"]["DecimalInput"];
            /** @description What you call it, a trade's id say; at most 128 bytes, one investment a portfolio. A correction without it keeps the stored one. */
            readonly external_id?: string;
        };
        /**
         * @description In any case.
         * @enum {unknown}
         */
        readonly AssetClass: "EQUITY" | "ETF" | "FUND" | "BOND" | "CRYPTO" | "CURRENCY" | "COMMODITY" | "INDEX" | "OTHER";
        readonly AssetSummary: {
            readonly ticker_symbol: components["schemas"]["Symbol"];
            readonly name?: string;
            readonly asset_class?: components["schemas"]["AssetClass"];
            readonly currency?: components["schemas"]["RowCurrency"];
            /** @description ISO 10383. */
            readonly exchange_mic?: string;
            readonly sector?: string;
            readonly industry?: string;
            /** @description ISO 3166-1 alpha-2 where it is known, else a name. */
            readonly country?: string;
        };
        readonly AssetList: {
            readonly items: readonly components["schemas"]["AssetSummary"][];
            readonly next_cursor?: components["schemas"]["NextCursor"];
        };
        readonly LastPrice: {
            readonly price: components["schemas"]["Price"];
            readonly previous_close?: components["schemas"]["Price"];
            readonly currency: components["schemas"]["RowCurrency"];
            readonly as_of: components["schemas"]["Time"];
            readonly source: string;
            readonly session: components["schemas"]["Date"];
            readonly stale: boolean;
        };
        readonly Asset: {
            readonly ticker_symbol: components["schemas"]["Symbol"];
            readonly name?: string;
            readonly asset_class?: components["schemas"]["AssetClass"];
            readonly currency?: components["schemas"]["RowCurrency"];
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
            readonly last_price?: components["schemas"]["LastPrice"];
            readonly created_at: components["schemas"]["Time"];
            readonly updated_at: components["schemas"]["Time"];
        };
        readonly CurrentPrice: {
            readonly ticker_symbol: components["schemas"]["Symbol"];
            readonly price: components["schemas"]["Price"];
            readonly previous_close?: components["schemas"]["Price"];
            readonly currency: components["schemas"]["Currency"];
            readonly as_of: components["schemas"]["Time"];
            readonly source: string;
            readonly session: components["schemas"]["Date"];
            /** @description Nobody can say that it is the current one. */
            readonly stale: boolean;
            /** @description price / previous_close - 1, to 6 decimals; absent without a previous close. */
            readonly change_today?: Decimal;
        };
        readonly PriceInput: {
            /** @description Above 0. */
            readonly price: components["schemas"]["DecimalInput"];
            /** @description Above 0; the stored one stays when absent. */
            readonly previous_close?: components["schemas"]["DecimalInput"];
            readonly currency?: string;
            /**
             * Format: date-time
             * @description Now when absent; at most 5 seconds ahead.
             */
            readonly as_of?: string;
        };
        readonly PublishedPrice: {
            readonly ticker_symbol: components["schemas"]["Symbol"];
            readonly price: components["schemas"]["Price"];
            readonly previous_close?: components["schemas"]["Price"];
            readonly currency: components["schemas"]["RowCurrency"];
            readonly as_of: components["schemas"]["Time"];
            readonly source: string;
            readonly session: components["schemas"]["Date"];
            /** @description Its number on the bus. */
            readonly seq: number;
        };
        readonly Bar: {
            readonly date: components["schemas"]["Date"];
            readonly open?: Decimal;
            readonly high?: Decimal;
            readonly low?: Decimal;
            readonly close: Decimal;
            readonly volume?: Decimal;
        };
        readonly BarList: {
            readonly items: readonly components["schemas"]["Bar"][];
            readonly next_cursor?: components["schemas"]["NextCursor"];
        };
        readonly CorporateAction: {
            readonly date: components["schemas"]["Date"];
            /** @enum {unknown} */
            readonly type: "SPLIT" | "DIVIDEND" | "SPINOFF";
            readonly numerator?: number;
            readonly denominator?: number;
            /** @description Of a share, in the asset's currency. */
            readonly amount?: Decimal;
            readonly price_factor?: Decimal;
        };
        readonly CorporateActionList: {
            readonly items: readonly components["schemas"]["CorporateAction"][];
            readonly next_cursor?: components["schemas"]["NextCursor"];
        };
        readonly PriceError: {
            readonly ticker_symbol: components["schemas"]["Symbol"];
            /**
             * @description No provider knows it; the providers' limits are used up; they did not answer in time, failed, or do not take the key.
             * @enum {unknown}
             */
            readonly code: "not_found" | "rate_limited" | "unavailable";
            readonly detail: string;
        };
        readonly Prices: {
            readonly items: readonly components["schemas"]["CurrentPrice"][];
            readonly errors: readonly components["schemas"]["PriceError"][];
        };
        readonly PriceUpdate: {
            readonly updated: number;
            readonly unchanged: number;
            readonly failed: readonly components["schemas"]["PriceError"][];
        };
        readonly ExchangeRates: {
            readonly base: components["schemas"]["Currency"];
            readonly date: components["schemas"]["Date"];
            /** @description Units of each currency for one of the base. */
            readonly rates: {
                readonly [key: string]: Decimal;
            };
        };
        readonly PopulateInput: {
            readonly symbols: readonly string[];
            /** @description The first day, not before 1900. */
            readonly from: components["schemas"]["Date"];
            /** @description The last day; the last closed session when absent. */
            readonly to?: components["schemas"]["Date"];
        };
        readonly JobSymbol: {
            readonly ticker_symbol: components["schemas"]["Symbol"];
            /** @enum {unknown} */
            readonly status: "WAITING" | "RUNNING" | "DONE" | "FAILED";
            readonly rows_done: number;
            readonly rows_expected: number;
            readonly provider?: string;
            readonly error?: {
                readonly code: string;
                readonly detail: string;
            };
            readonly retry_at?: components["schemas"]["Time"];
        };
        readonly Job: {
            readonly job_id: components["schemas"]["Uuid"];
            /** @enum {unknown} */
            readonly kind: "POPULATE" | "CLOSE" | "SPLITS";
            /** @enum {unknown} */
            readonly status: "WAITING" | "RUNNING" | "DONE" | "PARTIAL" | "FAILED";
            readonly from: components["schemas"]["Date"];
            readonly to: components["schemas"]["Date"];
            /** @description Bars fetched. */
            readonly rows_done: number;
            /** @description About how many there will be. */
            readonly rows_expected: number;
            readonly symbols_total: number;
            readonly symbols_open: number;
            readonly symbols_failed: number;
            readonly created_at: components["schemas"]["Time"];
            readonly finished_at?: components["schemas"]["Time"];
            readonly symbols?: readonly components["schemas"]["JobSymbol"][];
        };
        readonly JobList: {
            readonly items: readonly components["schemas"]["Job"][];
            readonly next_cursor?: components["schemas"]["NextCursor"];
        };
        readonly AuditRow: {
            /** @description Rises; numbers that are missing are of changes that were not made in the end. */
            readonly audit_id: number;
            /** @description In the chain of hashes; absent until it is sealed, a second after. */
            readonly position?: number;
            readonly at: components["schemas"]["Time"];
            /** @description The user; of a change by other means, the database's role or the command. */
            readonly actor: string;
            readonly actor_id?: components["schemas"]["Uuid"];
            /** @description The address that it came from. */
            readonly peer: string;
            readonly request_id?: string;
            /** @description The role of the connection to the database. */
            readonly db_role: string;
            /** @description insert, update, delete; or what else happened, like login. */
            readonly action: string;
            readonly entity: string;
            readonly entity_id?: string;
            /** @description An update's changed members as they were; all of what was deleted. */
            readonly before?: unknown;
            /** @description The changed members as they are; all of what was inserted. */
            readonly after?: unknown;
        };
        readonly AuditList: {
            readonly items: readonly components["schemas"]["AuditRow"][];
            readonly next_cursor?: components["schemas"]["NextCursor"];
        };
        readonly Health: {
            /** @enum {unknown} */
            readonly status: "ok" | "degraded" | "stopping" | "unavailable";
            readonly version: string;
            readonly uptime_s: number;
            readonly postgresql: {
                /** @enum {unknown} */
                readonly state: "connecting" | "up" | "down" | "schema_older" | "schema_newer";
                readonly workers: number;
                readonly connections: number;
                readonly queue: number;
            };
            readonly redis: {
                readonly state: string;
                readonly leader: boolean;
                /** @enum {unknown} */
                readonly bus: "redis" | "memory";
            };
            /** @description The providers of this process. */
            readonly feed: Record<string, never>;
        };
        /** @enum {unknown} */
        readonly ProviderFunction: "bulk_quotes" | "quotes" | "crypto" | "rates" | "full_history" | "history" | "splits" | "dividends";
        readonly ProviderQuota: {
            readonly limit: number;
            readonly left: number;
            /** Format: date-time */
            readonly resets_at?: string;
        };
        readonly Provider: {
            readonly name: string;
            /** @enum {unknown} */
            readonly kind: "remote" | "simulated" | "replay";
            /**
             * @description `live` has given quotes, `idle` none yet; `throttled` and `quota_used_up` wait for their time, `down` has its breaker open, `invalid_key` is off (tried once an hour).
             * @enum {unknown}
             */
            readonly state: "live" | "idle" | "standby" | "throttled" | "quota_used_up" | "down" | "invalid_key";
            readonly quotes: number;
            /** @description What it can be asked for; only of remote providers, as is all that follows. */
            readonly functions?: readonly components["schemas"]["ProviderFunction"][];
            /** @description Which of these the key's plan does not include; tried again after a day. */
            readonly not_entitled?: readonly components["schemas"]["ProviderFunction"][];
            /** @description Requests; a span without a limit is absent. The day is the UTC date. */
            readonly quota?: {
                readonly second?: components["schemas"]["ProviderQuota"];
                readonly minute?: components["schemas"]["ProviderQuota"];
                readonly day?: components["schemas"]["ProviderQuota"];
            };
            readonly breaker?: {
                /** @enum {unknown} */
                readonly state: "closed" | "open" | "probing";
                /** @description In a row. */
                readonly failures: number;
                /** Format: date-time */
                readonly open_until?: string;
            };
            /** Format: date-time */
            readonly throttled_until?: string;
            /** @description Since this process started. */
            readonly requests?: number;
            /** Format: date-time */
            readonly last_request_at?: string;
            /** Format: date-time */
            readonly last_answer_at?: string;
            readonly last_error?: {
                readonly detail: string;
                /** Format: date-time */
                readonly at: string;
            };
        };
        readonly Providers: {
            /**
             * @description `leader` asks the providers for all processes.
             * @enum {unknown}
             */
            readonly role: "leader" | "standby" | "unknown";
            readonly providers: readonly components["schemas"]["Provider"][];
        };
        readonly Jwk: {
            /** @constant */
            readonly use: "sig";
            /** @enum {unknown} */
            readonly alg: "ES256" | "RS256";
            /** @description The key's thumbprint (RFC 7638). */
            readonly kid: string;
            /** @enum {unknown} */
            readonly kty: "EC" | "RSA";
            /** @constant */
            readonly crv?: "P-256";
            /** @description Of an EC key. */
            readonly x?: string;
            /** @description Of an EC key. */
            readonly y?: string;
            /** @description Of an RSA key. */
            readonly n?: string;
            /** @description Of an RSA key. */
            readonly e?: string;
        };
        readonly Jwks: {
            readonly keys: readonly components["schemas"]["Jwk"][];
        };
    };
    responses: {
        /** @description Anything else that is wrong: 400 malformed, 405 (with `Allow`), 408, 413, 429 `rate_limited` (too many requests of this address, user or account, or too many at once; with `Retry-After`), without authentication 403 and 421 to web pages of other hosts and under other names, 500, 503 (with `Retry-After`; also `outcome_unknown` when a write may or may not have been done). */
        readonly Problem: {
            headers: {
                readonly "X-Request-Id": components["headers"]["RequestId"];
                readonly Allow: components["headers"]["Allow"];
                readonly "RateLimit-Limit": components["headers"]["RateLimitLimit"];
                readonly "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
                readonly "RateLimit-Reset": components["headers"]["RateLimitReset"];
                readonly "Retry-After": components["headers"]["RetryAfter"];
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
                readonly "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The caller's role may not use this operation, or its API key lacks the scope. */
        readonly Forbidden: {
            headers: {
                readonly "X-Request-Id": components["headers"]["RequestId"];
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
                readonly "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Against what is stored. What a deletion would take along is counted in `dependents`. */
        readonly Conflict: {
            headers: {
                readonly "X-Request-Id": components["headers"]["RequestId"];
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
                readonly "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The body is not `application/json`, or has a `Content-Encoding`. */
        readonly UnsupportedMediaType: {
            headers: {
                readonly "X-Request-Id": components["headers"]["RequestId"];
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
                readonly "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Fields of the body, query parameters or headers are wrong; `errors` names all of them at once, also an id in the body that is unknown. An id in the path that is unknown is 404 instead. */
        readonly Invalid: {
            headers: {
                readonly "X-Request-Id": components["headers"]["RequestId"];
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
                readonly "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Logged in. */
        readonly Tokens: {
            headers: {
                readonly "X-Request-Id": components["headers"]["RequestId"];
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/json": components["schemas"]["Tokens"];
            };
        };
        /** @description No credential, or none that is valid here: wrong, revoked, of a disabled user (`unauthorized`), or expired (`token_expired`). */
        readonly Unauthorized: {
            headers: {
                readonly "X-Request-Id": components["headers"]["RequestId"];
                readonly "WWW-Authenticate": components["headers"]["WwwAuthenticate"];
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
                readonly "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description It is gone. */
        readonly Deleted: {
            headers: {
                readonly "X-Request-Id": components["headers"]["RequestId"];
                readonly [name: string]: unknown;
            };
            content?: never;
        };
        /** @description With `AUTH=off` there is no account behind the caller; or it has no password. */
        readonly NoAccount: {
            headers: {
                readonly "X-Request-Id": components["headers"]["RequestId"];
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description There is nothing of this id, or it is no id. */
        readonly NotFound: {
            headers: {
                readonly "X-Request-Id": components["headers"]["RequestId"];
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
                readonly "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The user. */
        readonly User: {
            headers: {
                readonly "X-Request-Id": components["headers"]["RequestId"];
                readonly ETag: components["headers"]["ETag"];
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/json": components["schemas"]["User"];
            };
        };
        /** @description It is still what your `If-None-Match` names. The tag of a gzipped form counts for who accepts gzip. */
        readonly NotModified: {
            headers: {
                readonly "X-Request-Id": components["headers"]["RequestId"];
                readonly ETag: components["headers"]["ETag"];
                readonly [name: string]: unknown;
            };
            content?: never;
        };
        /** @description `If-Match` does not hold: somebody changed it since, read it again; or `If-None-Match` names what is there. */
        readonly PreconditionFailed: {
            headers: {
                readonly "X-Request-Id": components["headers"]["RequestId"];
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
                readonly "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The customer. */
        readonly Customer: {
            headers: {
                readonly "X-Request-Id": components["headers"]["RequestId"];
                readonly ETag: components["headers"]["ETag"];
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/json": components["schemas"]["Customer"];
            };
        };
        /** @description A page of portfolios. */
        readonly PortfolioList: {
            headers: {
                readonly "X-Request-Id": components["headers"]["RequestId"];
                readonly [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "items": [
                 *         {
                 *           "portfolio_id": "6f1f9a3e-7f0b-4d57-9c3c-5b9d2f1c8a11",
                 *           "customer_id": "0b8f2c1e-3a4d-4f6b-8a2e-1c9d7e5f3b21",
                 *           "portfolio_name": "Growth",
                 *           "portfolio_type": "BROKERAGE",
                 *           "base_currency": "USD",
                 *           "cash_balance": 0,
                 *           "version": 1,
                 *           "created_at": "2026-01-05T09:31:00.000Z",
                 *           "updated_at": "2026-01-05T09:31:00.000Z"
                 *         }
                 *       ],
                 *       "next_cursor": "8c1f0d3a5b7e9264.31373637.6f1f9a3e-7f0b-4d57-9c3c-5b9d2f1c8a11"
                 *     }
                 */
                readonly "application/json": components["schemas"]["PortfolioList"];
            };
        };
        /** @description The portfolio. */
        readonly Portfolio: {
            headers: {
                readonly "X-Request-Id": components["headers"]["RequestId"];
                readonly ETag: components["headers"]["ETag"];
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/json": components["schemas"]["Portfolio"];
            };
        };
        /** @description A page of investments. */
        readonly InvestmentList: {
            headers: {
                readonly "X-Request-Id": components["headers"]["RequestId"];
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
                readonly "application/json": components["schemas"]["InvestmentList"];
            };
        };
        /** @description The investment. */
        readonly Investment: {
            headers: {
                readonly "X-Request-Id": components["headers"]["RequestId"];
                readonly ETag: components["headers"]["ETag"];
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/json": components["schemas"]["Investment"];
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
        /** @example 7c6d5e4f-3a2b-4c1d-9e8f-7a6b5c4d3e2f */
        readonly UserId: components["schemas"]["Uuid"];
        /** @description The `ETag` of what you have; 304 when it is still that. */
        readonly IfNoneMatch: string;
        /**
         * @description The `ETag` that must still hold, else 412.
         * @example "5f0c1c9e0b0e4c0d8a7b6c5d4e3f2a1b"
         */
        readonly IfMatch: string;
        readonly CustomerId: components["schemas"]["Uuid"];
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
        /** @description Its first day; by default that of the first purchase. */
        readonly StartDate: components["schemas"]["Date"];
        /** @description Its last day; by default, and at most, today (UTC). */
        readonly EndDate: components["schemas"]["Date"];
        /** @description The symbol to compare with, by its price in the base currency. */
        readonly Benchmark: string;
        readonly PortfolioId: components["schemas"]["Uuid"];
        /** @description The first day. */
        readonly From: components["schemas"]["Date"];
        /** @description The last day. */
        readonly To: components["schemas"]["Date"];
        readonly Interval: "day" | "week" | "month";
        readonly InvestmentId: components["schemas"]["Uuid"];
        /**
         * @description Upper or lower case; a slash in it is written `%2F`.
         * @example AAPL
         */
        readonly TickerSymbol: string;
    };
    requestBodies: {
        readonly User: {
            readonly content: {
                /**
                 * @example {
                 *       "email": "adviser@example.com",
                 *       "role": "advisor",
                 *       "password": "geese fly at noon"
                 *     }
                 */
                readonly "application/json": components["schemas"]["UserInput"];
            };
        };
        readonly Customer: {
            readonly content: {
                /**
                 * @example {
                 *       "name": "Ada Lovelace",
                 *       "email": "ada@example.com",
                 *       "phone": "+44 20 7946 0000"
                 *     }
                 */
                readonly "application/json": components["schemas"]["CustomerInput"];
            };
        };
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
    pathItems: never;
};
export type $defs = Record<string, never>;
export interface operations {
    readonly register: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "name": "Ada Lovelace",
                 *       "email": "ada@example.com",
                 *       "password": "geese fly at noon"
                 *     }
                 */
                readonly "application/json": components["schemas"]["RegisterInput"];
            };
        };
        readonly responses: {
            /** @description Logged in. */
            readonly 201: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["RequestId"];
                    readonly Location: components["headers"]["Location"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Tokens"];
                };
            };
            readonly 403: components["responses"]["Forbidden"];
            readonly 409: components["responses"]["Conflict"];
            readonly 415: components["responses"]["UnsupportedMediaType"];
            readonly 422: components["responses"]["Invalid"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly login: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "email": "ada@example.com",
                 *       "password": "geese fly at noon"
                 *     }
                 */
                readonly "application/json": components["schemas"]["LoginInput"];
            };
        };
        readonly responses: {
            readonly 200: components["responses"]["Tokens"];
            readonly 401: components["responses"]["Unauthorized"];
            readonly 415: components["responses"]["UnsupportedMediaType"];
            readonly 422: components["responses"]["Invalid"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly refresh: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "refresh_token": "pfr_Qm9PZ2x5V0x4c0x2M2h1cTJ5d1pQbE5mRkVqS1RrbFg"
                 *     }
                 */
                readonly "application/json": {
                    readonly refresh_token: string;
                };
            };
        };
        readonly responses: {
            readonly 200: components["responses"]["Tokens"];
            readonly 401: components["responses"]["Unauthorized"];
            readonly 415: components["responses"]["UnsupportedMediaType"];
            readonly 422: components["responses"]["Invalid"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly logout: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: {
            readonly content: {
                /**
                 * @example {
                 *       "everywhere": true
                 *     }
                 */
                readonly "application/json": {
                    /**
                     * @description All sessions of the user.
                     * @default false
                     */
                    readonly everywhere?: boolean;
                };
            };
        };
        readonly responses: {
            readonly 204: components["responses"]["Deleted"];
            readonly 401: components["responses"]["Unauthorized"];
            readonly 403: components["responses"]["Forbidden"];
            readonly 409: components["responses"]["NoAccount"];
            readonly 415: components["responses"]["UnsupportedMediaType"];
            readonly 422: components["responses"]["Invalid"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly changePassword: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "current_password": "geese fly at noon",
                 *       "new_password": "swans swim by moonlight"
                 *     }
                 */
                readonly "application/json": {
                    readonly current_password: string;
                    readonly new_password: components["schemas"]["Password"];
                };
            };
        };
        readonly responses: {
            readonly 204: components["responses"]["Deleted"];
            readonly 401: components["responses"]["Unauthorized"];
            readonly 403: components["responses"]["Forbidden"];
            readonly 404: components["responses"]["NotFound"];
            readonly 409: components["responses"]["NoAccount"];
            readonly 415: components["responses"]["UnsupportedMediaType"];
            readonly 422: components["responses"]["Invalid"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly createTicket: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The ticket. */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["RequestId"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "ticket": "pft_Qm9PZ2x5V0x4c0x2M2h1cTJ5d1pQbE5mRkVqS1RrbFg",
                     *       "expires_in": 30,
                     *       "expires_at": "2026-01-05T09:30:30.000Z"
                     *     }
                     */
                    readonly "application/json": components["schemas"]["Ticket"];
                };
            };
            readonly 401: components["responses"]["Unauthorized"];
            readonly 403: components["responses"]["Forbidden"];
            readonly 404: components["responses"]["NotFound"];
            readonly 409: components["responses"]["NoAccount"];
            readonly 415: components["responses"]["UnsupportedMediaType"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly getMe: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Whom the credential stands for, and what it may do. */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["RequestId"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "role": "user",
                     *       "credential": "session",
                     *       "scopes": [
                     *         "read",
                     *         "write",
                     *         "stream",
                     *         "prices",
                     *         "operate",
                     *         "administer"
                     *       ],
                     *       "user_id": "5f0c8d9e-6b7a-4c1d-8e2f-3a4b5c6d7e8f",
                     *       "email": "ada@example.com",
                     *       "credential_id": "9a8b7c6d-5e4f-4a3b-8c2d-1e0f9a8b7c6d",
                     *       "customer_id": "0b8f2c1e-3a4d-4f6b-8a2e-1c9d7e5f3b21",
                     *       "expires_at": "2026-01-05T09:45:00.000Z"
                     *     }
                     */
                    readonly "application/json": components["schemas"]["Me"];
                };
            };
            readonly 401: components["responses"]["Unauthorized"];
            readonly 403: components["responses"]["Forbidden"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly listSessions: {
        readonly parameters: {
            readonly query?: {
                /** @description How many items at most. */
                readonly limit?: components["parameters"]["Limit"];
                /** @description The `next_cursor` of the page before; good for the same path, sort and filters only. */
                readonly cursor?: components["parameters"]["Cursor"];
                /** @description A minus before it turns the order round. */
                readonly sort?: "created_at" | "-created_at";
            };
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description A page of the live sessions. */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["RequestId"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "session_id": "9a8b7c6d-5e4f-4a3b-8c2d-1e0f9a8b7c6d",
                     *           "current": true,
                     *           "peer": "203.0.113.7",
                     *           "user_agent": "curl/7.88.1",
                     *           "created_at": "2026-01-05T09:30:00.000Z",
                     *           "refreshed_at": "2026-01-05T09:30:00.000Z",
                     *           "expires_at": "2026-02-04T09:30:00.000Z"
                     *         }
                     *       ]
                     *     }
                     */
                    readonly "application/json": {
                        readonly items: readonly components["schemas"]["Session"][];
                        readonly next_cursor?: components["schemas"]["NextCursor"];
                    };
                };
            };
            readonly 401: components["responses"]["Unauthorized"];
            readonly 403: components["responses"]["Forbidden"];
            readonly 409: components["responses"]["NoAccount"];
            readonly 422: components["responses"]["Invalid"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly deleteSession: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path: {
                /** @example 9a8b7c6d-5e4f-4a3b-8c2d-1e0f9a8b7c6d */
                readonly session_id: components["schemas"]["Uuid"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 204: components["responses"]["Deleted"];
            readonly 401: components["responses"]["Unauthorized"];
            readonly 403: components["responses"]["Forbidden"];
            readonly 404: components["responses"]["NotFound"];
            readonly 409: components["responses"]["NoAccount"];
            readonly 415: components["responses"]["UnsupportedMediaType"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly listKeys: {
        readonly parameters: {
            readonly query?: {
                /** @description How many items at most. */
                readonly limit?: components["parameters"]["Limit"];
                /** @description The `next_cursor` of the page before; good for the same path, sort and filters only. */
                readonly cursor?: components["parameters"]["Cursor"];
                /** @description A minus before it turns the order round. */
                readonly sort?: "created_at" | "-created_at";
            };
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description A page of the keys that are not deleted. */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["RequestId"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "key_id": "1d2e3f4a-5b6c-4d7e-8f9a-0b1c2d3e4f5a",
                     *           "name": "nightly report",
                     *           "scopes": [
                     *             "read"
                     *           ],
                     *           "created_at": "2026-01-05T09:30:00.000Z",
                     *           "last_used_at": "2026-01-06T02:00:00.000Z"
                     *         }
                     *       ]
                     *     }
                     */
                    readonly "application/json": {
                        readonly items: readonly components["schemas"]["Key"][];
                        readonly next_cursor?: components["schemas"]["NextCursor"];
                    };
                };
            };
            readonly 401: components["responses"]["Unauthorized"];
            readonly 403: components["responses"]["Forbidden"];
            readonly 409: components["responses"]["NoAccount"];
            readonly 422: components["responses"]["Invalid"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly createKey: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "name": "nightly report",
                 *       "scopes": [
                 *         "read"
                 *       ],
                 *       "expires_at": "2027-01-01T00:00:00Z"
                 *     }
                 */
                readonly "application/json": components["schemas"]["KeyInput"];
            };
        };
        readonly responses: {
            /** @description The new key. */
            readonly 201: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["RequestId"];
                    readonly Location: components["headers"]["Location"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "key_id": "1d2e3f4a-5b6c-4d7e-8f9a-0b1c2d3e4f5a",
                     *       "name": "nightly report",
                     *       "scopes": [
                     *         "read"
                     *       ],
                     *       "api_key": "pfk_Qm9PZ2x5V0x4c0x2M2h1cTJ5d1pQbE5mRkVqS1RrbFg",
                     *       "created_at": "2026-01-05T09:30:00.000Z",
                     *       "expires_at": "2027-01-01T00:00:00.000Z"
                     *     }
                     */
                    readonly "application/json": components["schemas"]["NewKey"];
                };
            };
            readonly 401: components["responses"]["Unauthorized"];
            readonly 403: components["responses"]["Forbidden"];
            readonly 404: components["responses"]["NotFound"];
            readonly 409: components["responses"]["NoAccount"];
            readonly 415: components["responses"]["UnsupportedMediaType"];
            readonly 422: components["responses"]["Invalid"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly deleteKey: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path: {
                /** @example 1d2e3f4a-5b6c-4d7e-8f9a-0b1c2d3e4f5a */
                readonly key_id: components["schemas"]["Uuid"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 204: components["responses"]["Deleted"];
            readonly 401: components["responses"]["Unauthorized"];
            readonly 403: components["responses"]["Forbidden"];
            readonly 404: components["responses"]["NotFound"];
            readonly 409: components["responses"]["NoAccount"];
            readonly 415: components["responses"]["UnsupportedMediaType"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly listUsers: {
        readonly parameters: {
            readonly query?: {
                /** @description How many items at most. */
                readonly limit?: components["parameters"]["Limit"];
                /** @description The `next_cursor` of the page before; good for the same path, sort and filters only. */
                readonly cursor?: components["parameters"]["Cursor"];
                /** @description A minus before it turns the order round. Texts sort in lower case by code point. */
                readonly sort?: "created_at" | "-created_at" | "email" | "-email";
                /** @description The beginning of the address, in any case. */
                readonly email?: string;
                readonly role?: components["schemas"]["Role"];
                readonly customer_id?: components["schemas"]["Uuid"];
            };
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description A page of users. */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["RequestId"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "user_id": "7c6d5e4f-3a2b-4c1d-9e8f-7a6b5c4d3e2f",
                     *           "email": "adviser@example.com",
                     *           "role": "advisor",
                     *           "disabled": false,
                     *           "has_password": true,
                     *           "created_at": "2026-01-05T09:30:00.000Z",
                     *           "updated_at": "2026-01-05T09:30:00.000Z"
                     *         }
                     *       ]
                     *     }
                     */
                    readonly "application/json": {
                        readonly items: readonly components["schemas"]["User"][];
                        readonly next_cursor?: components["schemas"]["NextCursor"];
                    };
                };
            };
            readonly 401: components["responses"]["Unauthorized"];
            readonly 403: components["responses"]["Forbidden"];
            readonly 422: components["responses"]["Invalid"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly createUser: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: components["requestBodies"]["User"];
        readonly responses: {
            /** @description The new user. */
            readonly 201: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["RequestId"];
                    readonly ETag: components["headers"]["ETag"];
                    readonly Location: components["headers"]["Location"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["User"];
                };
            };
            readonly 401: components["responses"]["Unauthorized"];
            readonly 403: components["responses"]["Forbidden"];
            readonly 409: components["responses"]["Conflict"];
            readonly 415: components["responses"]["UnsupportedMediaType"];
            readonly 422: components["responses"]["Invalid"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly getUser: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
                /** @description The `ETag` of what you have; 304 when it is still that. */
                readonly "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            readonly path: {
                /** @example 7c6d5e4f-3a2b-4c1d-9e8f-7a6b5c4d3e2f */
                readonly user_id: components["parameters"]["UserId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: components["responses"]["User"];
            readonly 304: components["responses"]["NotModified"];
            readonly 401: components["responses"]["Unauthorized"];
            readonly 403: components["responses"]["Forbidden"];
            readonly 404: components["responses"]["NotFound"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly replaceUser: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
                /**
                 * @description The `ETag` that must still hold, else 412.
                 * @example "5f0c1c9e0b0e4c0d8a7b6c5d4e3f2a1b"
                 */
                readonly "If-Match"?: components["parameters"]["IfMatch"];
            };
            readonly path: {
                /** @example 7c6d5e4f-3a2b-4c1d-9e8f-7a6b5c4d3e2f */
                readonly user_id: components["parameters"]["UserId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody: components["requestBodies"]["User"];
        readonly responses: {
            readonly 200: components["responses"]["User"];
            readonly 401: components["responses"]["Unauthorized"];
            readonly 403: components["responses"]["Forbidden"];
            readonly 404: components["responses"]["NotFound"];
            readonly 409: components["responses"]["Conflict"];
            readonly 412: components["responses"]["PreconditionFailed"];
            readonly 415: components["responses"]["UnsupportedMediaType"];
            readonly 422: components["responses"]["Invalid"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly deleteUser: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
                /**
                 * @description The `ETag` that must still hold, else 412.
                 * @example "5f0c1c9e0b0e4c0d8a7b6c5d4e3f2a1b"
                 */
                readonly "If-Match"?: components["parameters"]["IfMatch"];
            };
            readonly path: {
                /** @example 7c6d5e4f-3a2b-4c1d-9e8f-7a6b5c4d3e2f */
                readonly user_id: components["parameters"]["UserId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 204: components["responses"]["Deleted"];
            readonly 401: components["responses"]["Unauthorized"];
            readonly 403: components["responses"]["Forbidden"];
            readonly 404: components["responses"]["NotFound"];
            readonly 409: components["responses"]["Conflict"];
            readonly 412: components["responses"]["PreconditionFailed"];
            readonly 415: components["responses"]["UnsupportedMediaType"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly listAdvisorsOfCustomer: {
        readonly parameters: {
            readonly query?: {
                /** @description How many items at most. */
                readonly limit?: components["parameters"]["Limit"];
                /** @description The `next_cursor` of the page before; good for the same path, sort and filters only. */
                readonly cursor?: components["parameters"]["Cursor"];
                /** @description A minus before it turns the order round. */
                readonly sort?: "assigned_at" | "-assigned_at";
            };
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path: {
                readonly customer_id: components["parameters"]["CustomerId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description A page of advisors. */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["RequestId"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "user_id": "7c6d5e4f-3a2b-4c1d-9e8f-7a6b5c4d3e2f",
                     *           "email": "adviser@example.com",
                     *           "assigned_at": "2026-01-05T09:30:00.000Z"
                     *         }
                     *       ]
                     *     }
                     */
                    readonly "application/json": {
                        readonly items: readonly components["schemas"]["Advisor"][];
                        readonly next_cursor?: components["schemas"]["NextCursor"];
                    };
                };
            };
            readonly 401: components["responses"]["Unauthorized"];
            readonly 403: components["responses"]["Forbidden"];
            readonly 404: components["responses"]["NotFound"];
            readonly 422: components["responses"]["Invalid"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly assignAdvisor: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path: {
                readonly customer_id: components["parameters"]["CustomerId"];
                /** @example 7c6d5e4f-3a2b-4c1d-9e8f-7a6b5c4d3e2f */
                readonly user_id: components["parameters"]["UserId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 204: components["responses"]["Deleted"];
            readonly 401: components["responses"]["Unauthorized"];
            readonly 403: components["responses"]["Forbidden"];
            readonly 404: components["responses"]["NotFound"];
            readonly 409: components["responses"]["Conflict"];
            readonly 415: components["responses"]["UnsupportedMediaType"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly unassignAdvisor: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path: {
                readonly customer_id: components["parameters"]["CustomerId"];
                /** @example 7c6d5e4f-3a2b-4c1d-9e8f-7a6b5c4d3e2f */
                readonly user_id: components["parameters"]["UserId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 204: components["responses"]["Deleted"];
            readonly 401: components["responses"]["Unauthorized"];
            readonly 403: components["responses"]["Forbidden"];
            readonly 404: components["responses"]["NotFound"];
            readonly 415: components["responses"]["UnsupportedMediaType"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly listCustomers: {
        readonly parameters: {
            readonly query?: {
                /** @description How many items at most. */
                readonly limit?: components["parameters"]["Limit"];
                /** @description The `next_cursor` of the page before; good for the same path, sort and filters only. */
                readonly cursor?: components["parameters"]["Cursor"];
                /** @description A minus before it turns the order round. Texts sort in lower case by code point. */
                readonly sort?: "created_at" | "-created_at" | "name" | "-name" | "email" | "-email";
                /** @description The beginning of the name, in any case. */
                readonly name?: string;
                /** @description The beginning of the address, in any case. */
                readonly email?: string;
            };
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description A page of customers. */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["RequestId"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "customer_id": "0b8f2c1e-3a4d-4f6b-8a2e-1c9d7e5f3b21",
                     *           "name": "Ada Lovelace",
                     *           "email": "ada@example.com",
                     *           "created_at": "2026-01-05T09:30:00.000Z",
                     *           "updated_at": "2026-01-05T09:30:00.000Z"
                     *         }
                     *       ]
                     *     }
                     */
                    readonly "application/json": components["schemas"]["CustomerList"];
                };
            };
            readonly 422: components["responses"]["Invalid"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly createCustomer: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
                /**
                 * @description Chosen by you, best random: 1 to 255 visible ASCII characters. The same request with the same key creates nothing again and is answered as the first time.
                 * @example 3e0e3a5c-5e3a-4d55-9d5e-8c1b0a4f7e21
                 */
                readonly "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: components["requestBodies"]["Customer"];
        readonly responses: {
            /** @description The new customer. */
            readonly 201: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["RequestId"];
                    readonly ETag: components["headers"]["ETag"];
                    readonly Location: components["headers"]["Location"];
                    readonly "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Customer"];
                };
            };
            readonly 409: components["responses"]["Conflict"];
            readonly 415: components["responses"]["UnsupportedMediaType"];
            readonly 422: components["responses"]["Invalid"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly getCustomer: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
                /** @description The `ETag` of what you have; 304 when it is still that. */
                readonly "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            readonly path: {
                readonly customer_id: components["parameters"]["CustomerId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: components["responses"]["Customer"];
            readonly 304: components["responses"]["NotModified"];
            readonly 404: components["responses"]["NotFound"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly replaceCustomer: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
                /**
                 * @description The `ETag` that must still hold, else 412.
                 * @example "5f0c1c9e0b0e4c0d8a7b6c5d4e3f2a1b"
                 */
                readonly "If-Match"?: components["parameters"]["IfMatch"];
            };
            readonly path: {
                readonly customer_id: components["parameters"]["CustomerId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody: components["requestBodies"]["Customer"];
        readonly responses: {
            readonly 200: components["responses"]["Customer"];
            readonly 404: components["responses"]["NotFound"];
            readonly 409: components["responses"]["Conflict"];
            readonly 412: components["responses"]["PreconditionFailed"];
            readonly 415: components["responses"]["UnsupportedMediaType"];
            readonly 422: components["responses"]["Invalid"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly deleteCustomer: {
        readonly parameters: {
            readonly query?: {
                /** @description Delete what hangs on it too. */
                readonly cascade?: components["parameters"]["Cascade"];
            };
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
                /**
                 * @description The `ETag` that must still hold, else 412.
                 * @example "5f0c1c9e0b0e4c0d8a7b6c5d4e3f2a1b"
                 */
                readonly "If-Match"?: components["parameters"]["IfMatch"];
            };
            readonly path: {
                readonly customer_id: components["parameters"]["CustomerId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 204: components["responses"]["Deleted"];
            readonly 404: components["responses"]["NotFound"];
            readonly 409: components["responses"]["Conflict"];
            readonly 412: components["responses"]["PreconditionFailed"];
            readonly 415: components["responses"]["UnsupportedMediaType"];
            readonly 422: components["responses"]["Invalid"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly listPortfoliosOfCustomer: {
        readonly parameters: {
            readonly query?: {
                /** @description How many items at most. */
                readonly limit?: components["parameters"]["Limit"];
                /** @description The `next_cursor` of the page before; good for the same path, sort and filters only. */
                readonly cursor?: components["parameters"]["Cursor"];
                /** @description A minus before it turns the order round. Texts sort in lower case by code point. */
                readonly sort?: "created_at" | "-created_at" | "portfolio_name" | "-portfolio_name";
                readonly portfolio_type?: components["schemas"]["PortfolioType"];
                readonly base_currency?: string;
                /** @description The beginning of the name, in any case. */
                readonly portfolio_name?: string;
            };
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path: {
                readonly customer_id: components["parameters"]["CustomerId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: components["responses"]["PortfolioList"];
            readonly 404: components["responses"]["NotFound"];
            readonly 422: components["responses"]["Invalid"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly summarizePortfolios: {
        readonly parameters: {
            readonly query?: {
                /**
                 * @description The currency to tell all in; when absent the base currency of the oldest portfolio that holds something, else of the oldest.
                 * @example USD
                 */
                readonly currency?: components["parameters"]["Currency"];
            };
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path: {
                readonly customer_id: components["parameters"]["CustomerId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The portfolios in the order of their list. */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["RequestId"];
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
                    readonly "application/json": components["schemas"]["PortfoliosSummary"];
                };
            };
            readonly 404: components["responses"]["NotFound"];
            readonly 422: components["responses"]["Invalid"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly getCustomerReturns: {
        readonly parameters: {
            readonly query?: {
                /** @description Its first day; by default that of the first purchase. */
                readonly start_date?: components["parameters"]["StartDate"];
                /** @description Its last day; by default, and at most, today (UTC). */
                readonly end_date?: components["parameters"]["EndDate"];
                /** @description The symbol to compare with, by its price in the base currency. */
                readonly benchmark?: components["parameters"]["Benchmark"];
                /**
                 * @description The currency to tell all in; when absent the base currency of the oldest portfolio that holds something, else of the oldest.
                 * @example USD
                 */
                readonly currency?: components["parameters"]["Currency"];
            };
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path: {
                readonly customer_id: components["parameters"]["CustomerId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer. */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["RequestId"];
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
                    readonly "application/json": components["schemas"]["CustomerReturns"];
                };
            };
            readonly 404: components["responses"]["NotFound"];
            readonly 409: components["responses"]["Conflict"];
            readonly 422: components["responses"]["Invalid"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly getCustomerByEmail: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
                /** @description The `ETag` of what you have; 304 when it is still that. */
                readonly "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            readonly path: {
                /**
                 * @description In any case; percent-encoded.
                 * @example ada@example.com
                 */
                readonly email: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: components["responses"]["Customer"];
            readonly 304: components["responses"]["NotModified"];
            readonly 404: components["responses"]["NotFound"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly listPortfolios: {
        readonly parameters: {
            readonly query?: {
                /** @description How many items at most. */
                readonly limit?: components["parameters"]["Limit"];
                /** @description The `next_cursor` of the page before; good for the same path, sort and filters only. */
                readonly cursor?: components["parameters"]["Cursor"];
                /** @description A minus before it turns the order round. Texts sort in lower case by code point. */
                readonly sort?: "created_at" | "-created_at" | "portfolio_name" | "-portfolio_name";
                readonly customer_id?: components["schemas"]["Uuid"];
                readonly portfolio_type?: components["schemas"]["PortfolioType"];
                readonly base_currency?: string;
                /** @description The beginning of the name, in any case. */
                readonly portfolio_name?: string;
            };
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: components["responses"]["PortfolioList"];
            readonly 422: components["responses"]["Invalid"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly createPortfolio: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
                /**
                 * @description Chosen by you, best random: 1 to 255 visible ASCII characters. The same request with the same key creates nothing again and is answered as the first time.
                 * @example 3e0e3a5c-5e3a-4d55-9d5e-8c1b0a4f7e21
                 */
                readonly "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "customer_id": "0b8f2c1e-3a4d-4f6b-8a2e-1c9d7e5f3b21",
                 *       "portfolio_name": "Growth",
                 *       "portfolio_type": "BROKERAGE",
                 *       "base_currency": "USD"
                 *     }
                 */
                readonly "application/json": components["schemas"]["PortfolioInput"] & unknown;
            };
        };
        readonly responses: {
            /** @description The new portfolio. */
            readonly 201: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["RequestId"];
                    readonly ETag: components["headers"]["ETag"];
                    readonly Location: components["headers"]["Location"];
                    readonly "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Portfolio"];
                };
            };
            readonly 409: components["responses"]["Conflict"];
            readonly 415: components["responses"]["UnsupportedMediaType"];
            readonly 422: components["responses"]["Invalid"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly getPortfolio: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
                /** @description The `ETag` of what you have; 304 when it is still that. */
                readonly "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            readonly path: {
                readonly portfolio_id: components["parameters"]["PortfolioId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: components["responses"]["Portfolio"];
            readonly 304: components["responses"]["NotModified"];
            readonly 404: components["responses"]["NotFound"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly replacePortfolio: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
                /**
                 * @description The `ETag` that must still hold, else 412.
                 * @example "5f0c1c9e0b0e4c0d8a7b6c5d4e3f2a1b"
                 */
                readonly "If-Match"?: components["parameters"]["IfMatch"];
            };
            readonly path: {
                readonly portfolio_id: components["parameters"]["PortfolioId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "portfolio_name": "Growth and income",
                 *       "portfolio_type": "BROKERAGE"
                 *     }
                 */
                readonly "application/json": components["schemas"]["PortfolioInput"];
            };
        };
        readonly responses: {
            readonly 200: components["responses"]["Portfolio"];
            readonly 404: components["responses"]["NotFound"];
            readonly 409: components["responses"]["Conflict"];
            readonly 412: components["responses"]["PreconditionFailed"];
            readonly 415: components["responses"]["UnsupportedMediaType"];
            readonly 422: components["responses"]["Invalid"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly deletePortfolio: {
        readonly parameters: {
            readonly query?: {
                /** @description Delete what hangs on it too. */
                readonly cascade?: components["parameters"]["Cascade"];
            };
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
                /**
                 * @description The `ETag` that must still hold, else 412.
                 * @example "5f0c1c9e0b0e4c0d8a7b6c5d4e3f2a1b"
                 */
                readonly "If-Match"?: components["parameters"]["IfMatch"];
            };
            readonly path: {
                readonly portfolio_id: components["parameters"]["PortfolioId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 204: components["responses"]["Deleted"];
            readonly 404: components["responses"]["NotFound"];
            readonly 409: components["responses"]["Conflict"];
            readonly 412: components["responses"]["PreconditionFailed"];
            readonly 415: components["responses"]["UnsupportedMediaType"];
            readonly 422: components["responses"]["Invalid"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly listInvestmentsOfPortfolio: {
        readonly parameters: {
            readonly query?: {
                /** @description How many items at most. */
                readonly limit?: components["parameters"]["Limit"];
                /** @description The `next_cursor` of the page before; good for the same path, sort and filters only. */
                readonly cursor?: components["parameters"]["Cursor"];
                /** @description A minus before it turns the order round. Texts sort in lower case by code point. */
                readonly sort?: "created_at" | "-created_at" | "purchase_date" | "-purchase_date" | "ticker_symbol" | "-ticker_symbol";
                readonly ticker_symbol?: string;
                /** @description Not before this day. */
                readonly purchase_date_from?: components["schemas"]["Date"];
                /** @description Not after this day. */
                readonly purchase_date_to?: components["schemas"]["Date"];
            };
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path: {
                readonly portfolio_id: components["parameters"]["PortfolioId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: components["responses"]["InvestmentList"];
            readonly 404: components["responses"]["NotFound"];
            readonly 422: components["responses"]["Invalid"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly importInvestments: {
        readonly parameters: {
            readonly query?: {
                /** @description Tell what would be, wrong rows included, and write nothing. */
                readonly dry_run?: boolean;
            };
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
                /**
                 * @description Chosen by you, best random: 1 to 255 visible ASCII characters. The same request with the same key creates nothing again and is answered as the first time.
                 * @example 3e0e3a5c-5e3a-4d55-9d5e-8c1b0a4f7e21
                 */
                readonly "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            readonly path: {
                readonly portfolio_id: components["parameters"]["PortfolioId"];
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
                    readonly "X-Request-Id": components["headers"]["RequestId"];
                    readonly "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
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
                    readonly "application/json": components["schemas"]["ImportOutcome"];
                };
            };
            readonly 404: components["responses"]["NotFound"];
            readonly 409: components["responses"]["Conflict"];
            /** @description The body is larger than imports may be. */
            readonly 413: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["RequestId"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            readonly 415: components["responses"]["UnsupportedMediaType"];
            /** @description Rows, columns or query parameters are wrong; nothing was written. */
            readonly 422: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["RequestId"];
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
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly summarizeInvestments: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path: {
                readonly portfolio_id: components["parameters"]["PortfolioId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The summary. */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["RequestId"];
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
                    readonly "application/json": components["schemas"]["InvestmentsSummary"];
                };
            };
            readonly 404: components["responses"]["NotFound"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly getAllocation: {
        readonly parameters: {
            readonly query?: {
                readonly by?: "asset_class" | "sector" | "industry" | "currency" | "exchange" | "country" | "symbol";
            };
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path: {
                readonly portfolio_id: components["parameters"]["PortfolioId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The slices. */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["RequestId"];
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
                    readonly "application/json": components["schemas"]["Allocation"];
                };
            };
            readonly 404: components["responses"]["NotFound"];
            readonly 422: components["responses"]["Invalid"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly getValuation: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
                /** @description The `ETag` of what you have; 304 when it is still that. */
                readonly "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            readonly path: {
                readonly portfolio_id: components["parameters"]["PortfolioId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The state at the cursor. */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["RequestId"];
                    readonly ETag: components["headers"]["ETag"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "snapshot",
                     *       "portfolio_id": "6f1f9a3e-7f0b-4d57-9c3c-5b9d2f1c8a11",
                     *       "cursor": "00c0ffee00c0ffee-42-7",
                     *       "as_of": "2026-01-05T15:30:00.123Z",
                     *       "data": {
                     *         "portfolio_id": "6f1f9a3e-7f0b-4d57-9c3c-5b9d2f1c8a11",
                     *         "portfolio_name": "Growth",
                     *         "base_currency": "USD",
                     *         "totals": {
                     *           "total_value": 1898.4,
                     *           "cash_balance": 0,
                     *           "cost_basis": 1500,
                     *           "gain_loss": 398.4,
                     *           "gain_loss_percent": 26.56,
                     *           "day_change": 17.4,
                     *           "day_change_percent": 0.9251,
                     *           "unpriced": 0
                     *         },
                     *         "positions": {
                     *           "AAPL": {
                     *             "ticker_symbol": "AAPL",
                     *             "quantity": 10,
                     *             "average_cost": 150,
                     *             "cost_basis": 1500,
                     *             "currency": "USD",
                     *             "current_price": 189.84,
                     *             "previous_close": 188.1,
                     *             "current_value": 1898.4,
                     *             "gain_loss": 398.4,
                     *             "gain_loss_percent": 26.56,
                     *             "day_change": 17.4,
                     *             "day_change_percent": 0.9251,
                     *             "price_as_of": "2026-01-05T15:30:00.000Z",
                     *             "stale": false
                     *           }
                     *         }
                     *       }
                     *     }
                     */
                    readonly "application/json": components["schemas"]["Valuation"];
                };
            };
            readonly 304: components["responses"]["NotModified"];
            readonly 404: components["responses"]["NotFound"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly getPortfolioReturns: {
        readonly parameters: {
            readonly query?: {
                /** @description Its first day; by default that of the first purchase. */
                readonly start_date?: components["parameters"]["StartDate"];
                /** @description Its last day; by default, and at most, today (UTC). */
                readonly end_date?: components["parameters"]["EndDate"];
                /** @description The symbol to compare with, by its price in the base currency. */
                readonly benchmark?: components["parameters"]["Benchmark"];
            };
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path: {
                readonly portfolio_id: components["parameters"]["PortfolioId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer. */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["RequestId"];
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
                    readonly "application/json": components["schemas"]["PortfolioReturns"];
                };
            };
            readonly 404: components["responses"]["NotFound"];
            readonly 422: components["responses"]["Invalid"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly listPortfolioHistory: {
        readonly parameters: {
            readonly query?: {
                /** @description The first day. */
                readonly from?: components["parameters"]["From"];
                /** @description The last day. */
                readonly to?: components["parameters"]["To"];
                readonly interval?: components["parameters"]["Interval"];
                /** @description How many items at most. */
                readonly limit?: components["parameters"]["Limit"];
                /** @description The `next_cursor` of the page before; good for the same path, sort and filters only. */
                readonly cursor?: components["parameters"]["Cursor"];
            };
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path: {
                readonly portfolio_id: components["parameters"]["PortfolioId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description A page of days. */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["RequestId"];
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
                    readonly "application/json": components["schemas"]["PortfolioHistory"];
                };
            };
            readonly 404: components["responses"]["NotFound"];
            readonly 422: components["responses"]["Invalid"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly getPortfolioRisk: {
        readonly parameters: {
            readonly query?: {
                /** @description Its first day; by default that of the first purchase. */
                readonly start_date?: components["parameters"]["StartDate"];
                /** @description Its last day; by default, and at most, today (UTC). */
                readonly end_date?: components["parameters"]["EndDate"];
            };
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path: {
                readonly portfolio_id: components["parameters"]["PortfolioId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer. */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["RequestId"];
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
                    readonly "application/json": components["schemas"]["PortfolioRisk"];
                };
            };
            readonly 404: components["responses"]["NotFound"];
            readonly 422: components["responses"]["Invalid"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly syncPortfolioValues: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path: {
                readonly portfolio_id: components["parameters"]["PortfolioId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer. */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["RequestId"];
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
                    readonly "application/json": components["schemas"]["SyncedValues"];
                };
            };
            readonly 404: components["responses"]["NotFound"];
            readonly 415: components["responses"]["UnsupportedMediaType"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly listInvestments: {
        readonly parameters: {
            readonly query?: {
                /** @description How many items at most. */
                readonly limit?: components["parameters"]["Limit"];
                /** @description The `next_cursor` of the page before; good for the same path, sort and filters only. */
                readonly cursor?: components["parameters"]["Cursor"];
                /** @description A minus before it turns the order round. Texts sort in lower case by code point. */
                readonly sort?: "created_at" | "-created_at" | "purchase_date" | "-purchase_date" | "ticker_symbol" | "-ticker_symbol";
                readonly portfolio_id?: components["schemas"]["Uuid"];
                readonly ticker_symbol?: string;
                /** @description Not before this day. */
                readonly purchase_date_from?: components["schemas"]["Date"];
                /** @description Not after this day. */
                readonly purchase_date_to?: components["schemas"]["Date"];
            };
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: components["responses"]["InvestmentList"];
            readonly 422: components["responses"]["Invalid"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly createInvestment: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
                /**
                 * @description Chosen by you, best random: 1 to 255 visible ASCII characters. The same request with the same key creates nothing again and is answered as the first time.
                 * @example 3e0e3a5c-5e3a-4d55-9d5e-8c1b0a4f7e21
                 */
                readonly "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
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
                readonly "application/json": components["schemas"]["InvestmentInput"] & unknown;
            };
        };
        readonly responses: {
            /** @description The new investment. */
            readonly 201: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["RequestId"];
                    readonly ETag: components["headers"]["ETag"];
                    readonly Location: components["headers"]["Location"];
                    readonly "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Investment"];
                };
            };
            readonly 409: components["responses"]["Conflict"];
            readonly 415: components["responses"]["UnsupportedMediaType"];
            readonly 422: components["responses"]["Invalid"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly getInvestment: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path: {
                readonly investment_id: components["parameters"]["InvestmentId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: components["responses"]["Investment"];
            readonly 404: components["responses"]["NotFound"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly replaceInvestment: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
                /**
                 * @description The `ETag` that must still hold, else 412.
                 * @example "5f0c1c9e0b0e4c0d8a7b6c5d4e3f2a1b"
                 */
                readonly "If-Match"?: components["parameters"]["IfMatch"];
            };
            readonly path: {
                readonly investment_id: components["parameters"]["InvestmentId"];
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
                readonly "application/json": components["schemas"]["InvestmentInput"];
            };
        };
        readonly responses: {
            readonly 200: components["responses"]["Investment"];
            readonly 404: components["responses"]["NotFound"];
            readonly 409: components["responses"]["Conflict"];
            readonly 412: components["responses"]["PreconditionFailed"];
            readonly 415: components["responses"]["UnsupportedMediaType"];
            readonly 422: components["responses"]["Invalid"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly deleteInvestment: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
                /**
                 * @description The `ETag` that must still hold, else 412.
                 * @example "5f0c1c9e0b0e4c0d8a7b6c5d4e3f2a1b"
                 */
                readonly "If-Match"?: components["parameters"]["IfMatch"];
            };
            readonly path: {
                readonly investment_id: components["parameters"]["InvestmentId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 204: components["responses"]["Deleted"];
            readonly 404: components["responses"]["NotFound"];
            readonly 412: components["responses"]["PreconditionFailed"];
            readonly 415: components["responses"]["UnsupportedMediaType"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly searchAssets: {
        readonly parameters: {
            readonly query?: {
                /**
                 * @description A symbol, its beginning, or words of the name.
                 * @example apple
                 */
                readonly query?: string;
                readonly asset_class?: components["schemas"]["AssetClass"];
                readonly exchange_mic?: string;
                readonly currency?: string;
                /** @description How many items at most. */
                readonly limit?: components["parameters"]["Limit"];
                /** @description The `next_cursor` of the page before; good for the same path, sort and filters only. */
                readonly cursor?: components["parameters"]["Cursor"];
            };
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description A page of assets. */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["RequestId"];
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
                    readonly "application/json": components["schemas"]["AssetList"];
                };
            };
            readonly 422: components["responses"]["Invalid"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly getAsset: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path: {
                /**
                 * @description Upper or lower case; a slash in it is written `%2F`.
                 * @example AAPL
                 */
                readonly ticker_symbol: components["parameters"]["TickerSymbol"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The asset. */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["RequestId"];
                    readonly ETag: components["headers"]["ETag"];
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
                    readonly "application/json": components["schemas"]["Asset"];
                };
            };
            readonly 404: components["responses"]["NotFound"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly getPrice: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path: {
                /**
                 * @description Upper or lower case; a slash in it is written `%2F`.
                 * @example AAPL
                 */
                readonly ticker_symbol: components["parameters"]["TickerSymbol"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The price. */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["RequestId"];
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
                    readonly "application/json": components["schemas"]["CurrentPrice"];
                };
            };
            readonly 404: components["responses"]["NotFound"];
            readonly 503: components["responses"]["Problem"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly putPrice: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path: {
                /**
                 * @description Upper or lower case; a slash in it is written `%2F`.
                 * @example AAPL
                 */
                readonly ticker_symbol: components["parameters"]["TickerSymbol"];
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
                readonly "application/json": components["schemas"]["PriceInput"];
            };
        };
        readonly responses: {
            /** @description The price as it was published. */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["RequestId"];
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
                    readonly "application/json": components["schemas"]["PublishedPrice"];
                };
            };
            readonly 404: components["responses"]["NotFound"];
            readonly 409: components["responses"]["Conflict"];
            readonly 415: components["responses"]["UnsupportedMediaType"];
            readonly 422: components["responses"]["Invalid"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly listAssetHistory: {
        readonly parameters: {
            readonly query?: {
                /** @description The first day. */
                readonly from?: components["parameters"]["From"];
                /** @description The last day. */
                readonly to?: components["parameters"]["To"];
                readonly interval?: components["parameters"]["Interval"];
                /** @description How many items at most. */
                readonly limit?: components["parameters"]["Limit"];
                /** @description The `next_cursor` of the page before; good for the same path, sort and filters only. */
                readonly cursor?: components["parameters"]["Cursor"];
            };
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path: {
                /**
                 * @description Upper or lower case; a slash in it is written `%2F`.
                 * @example AAPL
                 */
                readonly ticker_symbol: components["parameters"]["TickerSymbol"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description A page of bars. */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["RequestId"];
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
                    readonly "application/json": components["schemas"]["BarList"];
                };
            };
            readonly 404: components["responses"]["NotFound"];
            readonly 422: components["responses"]["Invalid"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly listCorporateActions: {
        readonly parameters: {
            readonly query?: {
                /** @description The first day. */
                readonly from?: components["parameters"]["From"];
                /** @description The last day. */
                readonly to?: components["parameters"]["To"];
                /** @description How many items at most. */
                readonly limit?: components["parameters"]["Limit"];
                /** @description The `next_cursor` of the page before; good for the same path, sort and filters only. */
                readonly cursor?: components["parameters"]["Cursor"];
            };
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path: {
                /**
                 * @description Upper or lower case; a slash in it is written `%2F`.
                 * @example AAPL
                 */
                readonly ticker_symbol: components["parameters"]["TickerSymbol"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description A page of corporate actions. */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["RequestId"];
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
                    readonly "application/json": components["schemas"]["CorporateActionList"];
                };
            };
            readonly 404: components["responses"]["NotFound"];
            readonly 422: components["responses"]["Invalid"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly getPrices: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
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
                    readonly "X-Request-Id": components["headers"]["RequestId"];
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
                    readonly "application/json": components["schemas"]["Prices"];
                };
            };
            readonly 415: components["responses"]["UnsupportedMediaType"];
            readonly 422: components["responses"]["Invalid"];
            readonly default: components["responses"]["Problem"];
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
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The one that asks the providers was told. */
            readonly 204: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["RequestId"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 415: components["responses"]["UnsupportedMediaType"];
            readonly 422: components["responses"]["Invalid"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly updatePrices: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
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
                    readonly "X-Request-Id": components["headers"]["RequestId"];
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
                    readonly "application/json": components["schemas"]["PriceUpdate"];
                };
            };
            readonly 415: components["responses"]["UnsupportedMediaType"];
            readonly 422: components["responses"]["Invalid"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly getExchangeRates: {
        readonly parameters: {
            readonly query?: {
                readonly base?: string;
                /** @description The last publication when absent. */
                readonly date?: components["schemas"]["Date"];
            };
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The rates, and the day that they are of. */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["RequestId"];
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
                    readonly "application/json": components["schemas"]["ExchangeRates"];
                };
            };
            readonly 404: components["responses"]["NotFound"];
            readonly 422: components["responses"]["Invalid"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly populateHistory: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
                /**
                 * @description Chosen by you, best random: 1 to 255 visible ASCII characters. The same request with the same key creates nothing again and is answered as the first time.
                 * @example 3e0e3a5c-5e3a-4d55-9d5e-8c1b0a4f7e21
                 */
                readonly "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
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
                readonly "application/json": components["schemas"]["PopulateInput"];
            };
        };
        readonly responses: {
            /** @description The job, which has begun or waits. */
            readonly 202: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["RequestId"];
                    readonly Location: components["headers"]["Location"];
                    readonly "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
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
                    readonly "application/json": components["schemas"]["Job"];
                };
            };
            readonly 409: components["responses"]["Conflict"];
            readonly 415: components["responses"]["UnsupportedMediaType"];
            readonly 422: components["responses"]["Invalid"];
            /** @description Too many jobs are open. */
            readonly 429: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["RequestId"];
                    readonly "Retry-After": components["headers"]["RetryAfter"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly listJobs: {
        readonly parameters: {
            readonly query?: {
                /** @description How many items at most. */
                readonly limit?: components["parameters"]["Limit"];
                /** @description The `next_cursor` of the page before; good for the same path, sort and filters only. */
                readonly cursor?: components["parameters"]["Cursor"];
                readonly sort?: "created_at" | "-created_at";
                /** @description Asked for by somebody, or by a session's close. */
                readonly kind?: "POPULATE" | "CLOSE";
                /** @description Only those that are not done yet, or only those that are. */
                readonly open?: boolean;
            };
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description A page of jobs. */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["RequestId"];
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
                    readonly "application/json": components["schemas"]["JobList"];
                };
            };
            readonly 422: components["responses"]["Invalid"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly listAudit: {
        readonly parameters: {
            readonly query?: {
                /** @description How many items at most. */
                readonly limit?: components["parameters"]["Limit"];
                /** @description The `next_cursor` of the page before; good for the same path, sort and filters only. */
                readonly cursor?: components["parameters"]["Cursor"];
                /**
                 * @description The kind of what was changed.
                 * @example portfolios
                 */
                readonly entity?: string;
                readonly entity_id?: string;
                /** @description Who did it, by the whole name. */
                readonly actor?: string;
                readonly action?: string;
                /** @description Written then or later. */
                readonly since?: string;
                /** @description Written before. */
                readonly until?: string;
            };
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description A page of the log. */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["RequestId"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "audit_id": 120,
                     *           "position": 118,
                     *           "at": "2026-11-21T09:40:00.000Z",
                     *           "actor": "ann@example.com",
                     *           "actor_id": "5f0c3a3e-91c9-4c54-9d52-1b6d2f5f6a01",
                     *           "peer": "192.0.2.7",
                     *           "request_id": "0f8fad5b-d9cb-469f-a165-70867728950e",
                     *           "db_role": "portfolio",
                     *           "action": "update",
                     *           "entity": "portfolios",
                     *           "entity_id": "7c9e6679-7425-40de-944b-e07fc1f90ae7",
                     *           "before": {
                     *             "portfolio_name": "Growth"
                     *           },
                     *           "after": {
                     *             "portfolio_name": "Slow"
                     *           }
                     *         }
                     *       ]
                     *     }
                     */
                    readonly "application/json": components["schemas"]["AuditList"];
                };
            };
            readonly 422: components["responses"]["Invalid"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly getJob: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path: {
                readonly job_id: components["schemas"]["Uuid"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The job with each of its symbols. */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["RequestId"];
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
                    readonly "application/json": components["schemas"]["Job"];
                };
            };
            readonly 404: components["responses"]["NotFound"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly getHealth: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description It serves; `degraded` when no provider answers. */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["RequestId"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Health"];
                };
            };
            /** @description Something it needs is away, or it stops. */
            readonly 503: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["RequestId"];
                    readonly "Retry-After": components["headers"]["RetryAfter"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Health"];
                };
            };
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly getMetrics: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The metrics. */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["RequestId"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example # HELP pf_connections Open WebSocket connections
                     *     # TYPE pf_connections gauge
                     *     pf_connections 3
                     */
                    readonly "text/plain": string;
                };
            };
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly getProviders: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description State, quota left, breaker and last error of each. */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["RequestId"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Providers"];
                };
            };
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly getJwks: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The keys. */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["RequestId"];
                    /** @description Five minutes; `no-store` where the key ends with the process. */
                    readonly "Cache-Control"?: "public, max-age=300" | "no-store";
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Jwks"];
                };
            };
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly getOpenapiYaml: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
                /** @description The `ETag` of what you have; 304 when it is still that. */
                readonly "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description An OpenAPI 3.1 document. */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["RequestId"];
                    readonly ETag: components["headers"]["ETag"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/yaml": string;
                };
            };
            readonly 304: components["responses"]["NotModified"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly getOpenapiJson: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
                /** @description The `ETag` of what you have; 304 when it is still that. */
                readonly "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description An OpenAPI 3.1 document. */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["RequestId"];
                    readonly ETag: components["headers"]["ETag"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": Record<string, never>;
                };
            };
            readonly 304: components["responses"]["NotModified"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly getDocs: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
                /** @description The `ETag` of what you have; 304 when it is still that. */
                readonly "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description A page that shows it, or says how to get one that does. */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["RequestId"];
                    readonly ETag: components["headers"]["ETag"];
                    readonly "Content-Security-Policy": string;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "text/html": string;
                };
            };
            readonly 304: components["responses"]["NotModified"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly getDocsViewer: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: components["parameters"]["RequestId"];
                /** @description The `ETag` of what you have; 304 when it is still that. */
                readonly "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The script. */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["RequestId"];
                    readonly ETag: components["headers"]["ETag"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "text/javascript": string;
                };
            };
            readonly 304: components["responses"]["NotModified"];
            /** @description The server was built without it. */
            readonly 404: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["RequestId"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            readonly default: components["responses"]["Problem"];
        };
    };
}
