// Owns the types of the stream's messages and of the state document, as the SDK reads them.
import type { Decimal } from "./decimal.js";

/** Of the whole portfolio, in its currency. A percent is absent where it would divide by 0. */
export interface Totals {
  readonly total_value?: Decimal;
  readonly cash_balance?: Decimal;
  readonly cost_basis?: Decimal;
  readonly gain_loss?: Decimal;
  readonly gain_loss_percent?: Decimal;
  readonly day_change?: Decimal;
  readonly day_change_percent?: Decimal;
  /** How many rows have no price in the portfolio's currency. */
  readonly unpriced?: number;
}

/** The sum of a portfolio's lots in one ticker, in its own currency. What is unknown is absent. */
export interface Position {
  readonly ticker_symbol?: string;
  readonly quantity?: Decimal;
  readonly average_cost?: Decimal;
  readonly cost_basis?: Decimal;
  readonly currency?: string;
  readonly current_price?: Decimal;
  readonly previous_close?: Decimal;
  readonly current_value?: Decimal;
  readonly gain_loss?: Decimal;
  readonly gain_loss_percent?: Decimal;
  readonly day_change?: Decimal;
  readonly day_change_percent?: Decimal;
  readonly price_as_of?: string;
  readonly stale?: boolean;
  readonly fx_rate?: Decimal;
  readonly cost_basis_base?: Decimal;
  readonly current_value_base?: Decimal;
  readonly gain_loss_base?: Decimal;
  readonly gain_loss_percent_base?: Decimal;
  readonly day_change_base?: Decimal;
  readonly day_change_percent_base?: Decimal;
}

/** What a subscription shows. With `fields` only these members are there. */
export interface PortfolioDocument {
  readonly portfolio_id: string;
  readonly portfolio_name: string;
  readonly base_currency: string;
  readonly totals: Totals;
  readonly positions: Readonly<Record<string, Position>>;
}

/** A name that `fields` may select, in positions and totals. */
export type Field = keyof Position | keyof Totals;

export type FeedState = "live" | "quiet" | "stale" | "market_closed";

export interface Welcome {
  readonly type: "welcome";
  readonly server_time: string;
  readonly heartbeat_ms: number;
  readonly reconnect_window_ms: number;
  readonly auth_required: boolean;
  readonly limits: {
    readonly max_message_bytes: number;
    readonly max_subscriptions: number;
    readonly max_rate: number;
    readonly messages_per_second: number;
  };
  readonly help: string;
}

export interface Granted {
  readonly max_rate: number;
  readonly fields?: readonly Field[];
}

export interface ErrorFrame {
  readonly type: "error";
  readonly id?: number | string;
  readonly code: string;
  readonly status: number;
  readonly detail: string;
  readonly retryable: boolean;
  readonly retry_after_ms?: number;
  readonly portfolio_id?: string;
}

/** A frame of one portfolio. */
export type PortfolioFrame =
  | { type: "subscribed"; id?: number | string; portfolio_id: string; granted: Granted; recovered: boolean; reason?: string }
  | { type: "updated"; id?: number | string; portfolio_id: string; granted: Granted }
  | { type: "unsubscribed"; id?: number | string; portfolio_id: string; code?: string }
  | { type: "snapshot"; id?: number | string; portfolio_id: string; cursor: string; as_of: string; data: PortfolioDocument }
  | { type: "delta"; portfolio_id: string; base: string; cursor: string; as_of: string; patch: object };

/** A frame of the connection. */
export type ConnectionFrame =
  | Welcome
  | { type: "heartbeat"; server_time: string; subscriptions: Record<string, { cursor: string; state: FeedState }> }
  | { type: "pong"; id?: number | string; server_time: string }
  | { type: "authenticated"; id?: number | string; expires_at?: string }
  | { type: "auth_expiring"; expires_at: string }
  | { type: "closing"; code: number; reconnect: boolean; after_ms: number }
  | ErrorFrame;

export type ServerFrame = PortfolioFrame | ConnectionFrame;

export type ClientMessage =
  | {
      type: "subscribe" | "update";
      id: number;
      portfolio_id: string;
      max_rate?: number;
      fields?: readonly Field[];
      resume?: string;
    }
  | { type: "resync" | "unsubscribe"; id: number; portfolio_id: string }
  | { type: "ping"; id?: number }
  | { type: "auth"; id: number; token: string };
