// Made by scripts/generate.mjs from protocol/asyncapi.yaml. Do not edit.
import type { Decimal } from "../decimal.js";

export type paths = Record<string, never>;
export type webhooks = Record<string, never>;
export type components = {
    schemas: {
        /** @description Chosen by the client, echoed in the answer. */
        readonly Id: number | string;
        readonly PortfolioId: string;
        /** @description An opaque token. Compare it and send it back, nothing else. With a fourth part where `fields` were given. */
        readonly Cursor: string;
        readonly Time: string;
        readonly Symbol: string;
        readonly Currency: string;
        /** @description A currency, or a minor unit that an exchange quotes in: 100 GBp (ZAc, ILA) are one GBP (ZAR, ILS). */
        readonly RowCurrency: string;
        /** @description An exact decimal with at most 8 decimals, shortest text. */
        readonly Amount: Decimal;
        /** @description Above 0, at most 90,000,000,000, at most 8 decimals. */
        readonly Price: Decimal;
        /** @description Above 0, at most 8 decimals. Above 90,000,000,000 only where rows were written past the bound in the database; such a position has no price. */
        readonly Quantity: Decimal;
        /** @description At most 4 decimals. */
        readonly Percent: Decimal;
        /** @description Deltas per second and subscription. */
        readonly MaxRate: number;
        /**
         * @description A member of the positions or of the totals; a name in both selects in both.
         * @enum {unknown}
         */
        readonly Field: "ticker_symbol" | "quantity" | "average_cost" | "cost_basis" | "currency" | "current_price" | "previous_close" | "current_value" | "gain_loss" | "gain_loss_percent" | "day_change" | "day_change_percent" | "price_as_of" | "stale" | "total_value" | "cash_balance" | "unpriced" | "fx_rate" | "cost_basis_base" | "current_value_base" | "gain_loss_base" | "gain_loss_percent_base" | "day_change_base" | "day_change_percent_base";
        readonly Fields: readonly components["schemas"]["Field"][];
        readonly Granted: {
            readonly max_rate: components["schemas"]["MaxRate"];
            readonly fields?: components["schemas"]["Fields"];
        };
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
        readonly SelectedTotals: {
            readonly total_value?: components["schemas"]["Amount"];
            readonly cash_balance?: components["schemas"]["Amount"];
            readonly cost_basis?: components["schemas"]["Amount"];
            readonly gain_loss?: components["schemas"]["Amount"];
            readonly gain_loss_percent?: components["schemas"]["Percent"];
            readonly day_change?: components["schemas"]["Amount"];
            readonly day_change_percent?: components["schemas"]["Percent"];
            /** @description How many rows have no price in the portfolio's currency. */
            readonly unpriced?: number;
        };
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
        readonly SelectedPosition: {
            readonly ticker_symbol?: components["schemas"]["Symbol"];
            readonly quantity?: components["schemas"]["Quantity"];
            readonly average_cost?: components["schemas"]["Amount"];
            readonly cost_basis?: components["schemas"]["Amount"];
            readonly currency?: components["schemas"]["RowCurrency"];
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
        /** @description What of the state `fields` selected. */
        readonly SelectedState: {
            readonly portfolio_id: components["schemas"]["PortfolioId"];
            readonly portfolio_name: string;
            readonly base_currency: components["schemas"]["Currency"];
            readonly totals?: components["schemas"]["SelectedTotals"];
            readonly positions: {
                readonly [key: string]: components["schemas"]["SelectedPosition"];
            };
        };
        /** @description A merge patch (RFC 7396) of the state; null removes. */
        readonly Patch: {
            readonly portfolio_id?: components["schemas"]["PortfolioId"];
            readonly portfolio_name?: string;
            readonly base_currency?: components["schemas"]["Currency"];
            readonly totals?: components["schemas"]["TotalsPatch"];
            readonly positions?: {
                readonly [key: string]: null | components["schemas"]["PositionPatch"];
            };
        };
        readonly TotalsPatch: {
            readonly total_value?: components["schemas"]["Amount"];
            readonly cash_balance?: components["schemas"]["Amount"];
            readonly cost_basis?: components["schemas"]["Amount"];
            readonly gain_loss?: components["schemas"]["Amount"];
            readonly gain_loss_percent?: Decimal | null;
            readonly day_change?: components["schemas"]["Amount"];
            readonly day_change_percent?: Decimal | null;
            readonly unpriced?: number;
        };
        readonly PositionPatch: {
            readonly ticker_symbol?: components["schemas"]["Symbol"];
            readonly quantity?: components["schemas"]["Quantity"];
            readonly average_cost?: components["schemas"]["Amount"];
            readonly cost_basis?: components["schemas"]["Amount"];
            readonly currency?: components["schemas"]["RowCurrency"];
            readonly current_price?: Decimal | null;
            readonly previous_close?: Decimal | null;
            readonly current_value?: Decimal | null;
            readonly gain_loss?: Decimal | null;
            readonly gain_loss_percent?: Decimal | null;
            readonly day_change?: Decimal | null;
            readonly day_change_percent?: Decimal | null;
            readonly price_as_of?: null | components["schemas"]["Time"];
            readonly stale?: boolean | null;
            readonly fx_rate?: Decimal | null;
            readonly cost_basis_base?: Decimal | null;
            readonly current_value_base?: Decimal | null;
            readonly gain_loss_base?: Decimal | null;
            readonly gain_loss_percent_base?: Decimal | null;
            readonly day_change_base?: Decimal | null;
            readonly day_change_percent_base?: Decimal | null;
        };
        readonly Subscribe: {
            /** @constant */
            readonly type: "subscribe";
            readonly id?: components["schemas"]["Id"];
            readonly portfolio_id: components["schemas"]["PortfolioId"];
            readonly max_rate?: components["schemas"]["MaxRate"];
            readonly fields?: components["schemas"]["Fields"];
            readonly resume?: components["schemas"]["Cursor"];
        };
        readonly Update: {
            /** @constant */
            readonly type: "update";
            readonly id?: components["schemas"]["Id"];
            readonly portfolio_id: components["schemas"]["PortfolioId"];
            readonly max_rate?: components["schemas"]["MaxRate"];
            readonly fields?: components["schemas"]["Fields"];
        };
        readonly Resync: {
            /** @constant */
            readonly type: "resync";
            readonly id?: components["schemas"]["Id"];
            readonly portfolio_id: components["schemas"]["PortfolioId"];
        };
        readonly Unsubscribe: {
            /** @constant */
            readonly type: "unsubscribe";
            readonly id?: components["schemas"]["Id"];
            readonly portfolio_id: components["schemas"]["PortfolioId"];
        };
        readonly Ping: {
            /** @constant */
            readonly type: "ping";
            readonly id?: components["schemas"]["Id"];
        };
        readonly Auth: {
            /** @constant */
            readonly type: "auth";
            readonly id?: components["schemas"]["Id"];
            readonly token: string;
        };
        /** @description The first frame of a connection. */
        readonly Welcome: {
            /** @constant */
            readonly type: "welcome";
            readonly server_time: components["schemas"]["Time"];
            readonly heartbeat_ms: number;
            readonly reconnect_window_ms: number;
            /** @description Whether `auth` has to be sent, within 10 seconds, before anything but `ping`: the handshake showed no credential. */
            readonly auth_required: boolean;
            readonly limits: {
                readonly max_message_bytes: number;
                readonly max_subscriptions: number;
                readonly max_rate: components["schemas"]["MaxRate"];
                readonly messages_per_second: number;
            };
            readonly help: string;
        };
        readonly Subscribed: {
            /** @constant */
            readonly type: "subscribed";
            readonly id?: components["schemas"]["Id"];
            readonly portfolio_id: components["schemas"]["PortfolioId"];
            readonly granted: components["schemas"]["Granted"];
            readonly recovered: boolean;
            /**
             * @description Why a cursor that was given could not be recovered.
             * @enum {unknown}
             */
            readonly reason?: "epoch_changed" | "fields_changed" | "seq_ahead" | "version_ahead";
        };
        readonly Updated: {
            /** @constant */
            readonly type: "updated";
            readonly id?: components["schemas"]["Id"];
            readonly portfolio_id: components["schemas"]["PortfolioId"];
            readonly granted: components["schemas"]["Granted"];
        };
        /** @description The answer to `unsubscribe`; with a code when the portfolio is gone or the right to it (and with the id of a `resync` that was not answered yet). */
        readonly Unsubscribed: {
            /** @constant */
            readonly type: "unsubscribed";
            readonly id?: components["schemas"]["Id"];
            readonly portfolio_id: components["schemas"]["PortfolioId"];
            readonly code?: components["schemas"]["ErrorCode"];
        };
        /** @description Replaces the state; may come at any time. */
        readonly Snapshot: {
            /** @constant */
            readonly type: "snapshot";
            readonly id?: components["schemas"]["Id"];
            readonly portfolio_id: components["schemas"]["PortfolioId"];
            readonly cursor: components["schemas"]["Cursor"];
            readonly as_of: components["schemas"]["Time"];
            readonly data: Record<string, never>;
        };
        /** @description From the state at `base` to the state at `cursor`. */
        readonly Delta: {
            /** @constant */
            readonly type: "delta";
            readonly portfolio_id: components["schemas"]["PortfolioId"];
            readonly base: components["schemas"]["Cursor"];
            readonly cursor: components["schemas"]["Cursor"];
            readonly as_of: components["schemas"]["Time"];
            readonly patch: components["schemas"]["Patch"];
        };
        /** @description When nothing was sent for heartbeat_ms. */
        readonly Heartbeat: {
            /** @constant */
            readonly type: "heartbeat";
            readonly server_time: components["schemas"]["Time"];
            readonly subscriptions: {
                readonly [key: string]: {
                    readonly cursor: components["schemas"]["Cursor"];
                    /**
                     * @description stale: a priced row is stale, or the bus or the feed is away; live: changed since the last heartbeat; market_closed: not changed, and every priced row is a share whose exchange (New York's) is closed; quiet: not changed.
                     * @enum {unknown}
                     */
                    readonly state: "live" | "quiet" | "stale" | "market_closed";
                };
            };
        };
        readonly Pong: {
            /** @constant */
            readonly type: "pong";
            readonly id?: components["schemas"]["Id"];
            readonly server_time: components["schemas"]["Time"];
        };
        readonly Authenticated: {
            /** @constant */
            readonly type: "authenticated";
            readonly id?: components["schemas"]["Id"];
            /** @description The end of the credential; absent when it has none (an API key). */
            readonly expires_at?: components["schemas"]["Time"];
        };
        readonly AuthExpiring: {
            /** @constant */
            readonly type: "auth_expiring";
            readonly expires_at: components["schemas"]["Time"];
        };
        /** @description The close frame with the same code follows. */
        readonly Closing: {
            /** @constant */
            readonly type: "closing";
            readonly code: number;
            /** @description False: with the same credential it would end again. */
            readonly reconnect: boolean;
            /** @description Wait this long before the first attempt. */
            readonly after_ms: number;
        };
        /** @enum {unknown} */
        readonly ErrorCode: "invalid_json" | "unknown_type" | "invalid_field" | "missing_field" | "not_found" | "already_subscribed" | "not_subscribed" | "limit_exceeded" | "rate_limited" | "unauthorized" | "token_expired" | "forbidden" | "conflict" | "precondition_failed" | "too_large" | "unsupported_media_type" | "method_not_allowed" | "unavailable" | "outcome_unknown" | "internal";
        readonly Error: {
            /** @constant */
            readonly type: "error";
            readonly id?: components["schemas"]["Id"];
            readonly code: components["schemas"]["ErrorCode"];
            readonly status: number;
            readonly detail: string;
            readonly retryable: boolean;
            readonly retry_after_ms?: number;
            /** @description As the client wrote it. */
            readonly portfolio_id?: string;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
};
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
