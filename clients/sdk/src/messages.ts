// Owns the types of the stream's messages and of the state document, made of the protocol's schemas.
import type { components } from "./generated/stream.js";

type Schemas = components["schemas"];

/** Of the whole portfolio, in its currency. A percent is absent where it would divide by 0. */
export interface Totals extends Readonly<Schemas["Totals"]> {}
/** The sum of a portfolio's lots in one ticker, in its own currency. What is unknown is absent. */
export interface Position extends Readonly<Schemas["Position"]> {}
/** What a subscription shows. */
export interface PortfolioDocument extends Omit<Schemas["State"], "totals" | "positions"> {
  readonly totals: Totals;
  readonly positions: Readonly<Record<string, Position>>;
}
/** What a subscription with `fields` shows: only those members are there. */
export interface SelectedDocument extends Readonly<Schemas["SelectedState"]> {}
/** A name that `fields` may select, in positions and totals. */
export type Field = Schemas["Field"];

export interface Welcome extends Readonly<Schemas["Welcome"]> {}
export type Granted = Schemas["Granted"];
export type Closing = Schemas["Closing"];
export type ErrorFrame = Schemas["Error"];
export type Heartbeat = Schemas["Heartbeat"];
export type FeedState = Heartbeat["subscriptions"][string]["state"];
export type Snapshot = Omit<Schemas["Snapshot"], "data"> & { readonly data: PortfolioDocument };
export type Delta = Schemas["Delta"];
export type Subscribed = Schemas["Subscribed"];

/** A frame of one portfolio. */
export type PortfolioFrame = Subscribed | Schemas["Updated"] | Schemas["Unsubscribed"] | Snapshot | Delta;

/** A frame of the connection. */
export type ConnectionFrame =
  Welcome | Heartbeat | Schemas["Pong"] | Schemas["Authenticated"] | Schemas["AuthExpiring"] | Closing | ErrorFrame;

export type ServerFrame = PortfolioFrame | ConnectionFrame;

export type ClientMessage =
  | Schemas["Subscribe"]
  | Schemas["Update"]
  | Schemas["Resync"]
  | Schemas["Unsubscribe"]
  | Schemas["Ping"]
  | Schemas["Auth"];
