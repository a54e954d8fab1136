// Owns what `@portfolio-stream/client` gives to applications.
export { PortfolioClient } from "./client.js";
export type { ClientEvents, ConnectionInfo, ConnectionState, PortfolioClientOptions } from "./client.js";
export { Decimal } from "./decimal.js";
export { StreamError } from "./errors.js";
export { ApiProblem } from "./problem.js";
export type { FieldError } from "./problem.js";
export { RestClient } from "./rest.js";
export type { RestClientOptions } from "./rest.js";
export type { Answer, BodyOf, DataOf, Method, PathOf, RequestOf, RequestSettings } from "./rest_types.js";
export { Session, webStorage } from "./session.js";
export type { SessionEvents, SessionOptions, TokenStorage, User, WebStorageLike } from "./session.js";
export type { components as RestComponents, paths as RestPaths } from "./generated/rest.js";
export { parseExact, stringifyExact } from "./exact_json.js";
export type { ExactValue } from "./exact_json.js";
export type {
  Change,
  PortfolioState,
  SubscriptionEvents,
  SubscriptionOptions,
  SubscriptionStatus,
} from "./follower.js";
export { appStateLifecycle, browserLifecycle } from "./lifecycle.js";
export type { AppStateLike, Lifecycle, LifecycleSignal } from "./lifecycle.js";
export type { SocketClass, SocketLike } from "./link.js";
export type {
  FeedState,
  Field,
  Granted,
  PortfolioDocument,
  Position,
  SelectedDocument,
  Totals,
  Welcome,
} from "./messages.js";
export { Subscription } from "./subscription.js";
export type { Timers } from "./timers.js";
export type { TokenSource } from "./token.js";

import type { Decimal } from "./decimal.js";
/** An amount, price, quantity or percent: exact. */
export type Money = Decimal;
