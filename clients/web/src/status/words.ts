// How the server and its providers are, in words. Pure.
import type { RestComponents } from "@portfolio-stream/client";
import { formatCount } from "../format";

export type Health = RestComponents["schemas"]["Health"];
export type Provider = RestComponents["schemas"]["Provider"];
export type ProviderQuota = RestComponents["schemas"]["ProviderQuota"];

export type Mark = "good" | "warn" | "bad" | "plain";

export interface Told {
  readonly mark: Mark;
  readonly text: string;
}

const OVERALL: Readonly<Record<string, Told>> = {
  ok: { mark: "good", text: "Everything works" },
  degraded: { mark: "warn", text: "Works, but no provider of prices answers" },
  stopping: { mark: "warn", text: "The server is stopping" },
  unavailable: { mark: "bad", text: "Something that the server needs is away" },
};

export function tellOverall(status: string): Told {
  return OVERALL[status] ?? { mark: "plain", text: status };
}

const DATABASE: Readonly<Record<string, Told>> = {
  up: { mark: "good", text: "Up" },
  connecting: { mark: "warn", text: "Connecting" },
  down: { mark: "bad", text: "Down" },
  schema_older: { mark: "bad", text: "Its schema is older than this server" },
  schema_newer: { mark: "bad", text: "Its schema is newer than this server" },
};

export function tellDatabase(state: string): Told {
  return DATABASE[state] ?? { mark: "plain", text: spoken(state) };
}

const BUS: Readonly<Record<string, Told>> = {
  following: { mark: "good", text: "Prices and changes arrive" },
  away: { mark: "bad", text: "Away" },
};

export function tellBus(state: string): Told {
  return BUS[state] ?? { mark: "warn", text: spoken(state) };
}

const PROVIDERS: Readonly<Record<Provider["state"], Told>> = {
  live: { mark: "good", text: "Live" },
  idle: { mark: "plain", text: "No quotes yet" },
  standby: { mark: "plain", text: "Standby: another process asks" },
  throttled: { mark: "warn", text: "Asked to wait" },
  quota_used_up: { mark: "warn", text: "Quota used up" },
  down: { mark: "bad", text: "Down" },
  invalid_key: { mark: "bad", text: "Its key is not taken" },
};

export function tellProvider(state: Provider["state"]): Told {
  return PROVIDERS[state] ?? { mark: "plain", text: spoken(state) };
}

const BREAKERS: Readonly<Record<string, Told>> = {
  closed: { mark: "good", text: "Closed" },
  probing: { mark: "warn", text: "Trying again" },
  open: { mark: "bad", text: "Open" },
};

export function tellBreaker(breaker: NonNullable<Provider["breaker"]>): Told {
  const told = BREAKERS[breaker.state] ?? { mark: "plain", text: spoken(breaker.state) };
  if (breaker.failures === 0) return told;
  return { ...told, text: `${told.text}, ${formatCount(breaker.failures)} failed in a row` };
}

const SPANS = ["second", "minute", "day"] as const;

export interface QuotaRow {
  readonly span: string;
  readonly quota: ProviderQuota;
  readonly isLow: boolean; // a tenth or less is left
}

export function quotaRows(quota: Provider["quota"]): readonly QuotaRow[] {
  return SPANS.flatMap((span) => {
    const one = quota?.[span];
    return one ? [{ span, quota: one, isLow: one.left * 10 <= one.limit }] : [];
  });
}

/** "schema_older" as people read it. */
function spoken(name: string): string {
  const text = name.replaceAll("_", " ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

const UNITS = [
  ["day", 86400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
] as const;

/** The two largest units of a time that something took: "3 days 4 hours". */
export function formatDuration(seconds: number, locale?: string): string {
  const first = UNITS.findIndex(([, size]) => seconds >= size);
  const from = first < 0 ? UNITS.length - 1 : first;
  let rest = Math.max(0, Math.floor(seconds));
  const parts = UNITS.slice(from, from + 2).flatMap(([unit, size], index) => {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (index > 0 && count === 0) return [];
    return [new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "long" }).format(count)];
  });
  return parts.join(" ");
}

export interface FeedSummary {
  readonly state: string | null;
  readonly symbolsN: number | null;
}

/** What of the feed a person asks for, of an object that the contract leaves open. */
export function readFeed(feed: object): FeedSummary {
  const { state, symbols } = feed as { state?: unknown; symbols?: unknown };
  const count = Number(typeof symbols === "object" || typeof symbols === "number" ? String(symbols) : NaN);
  return { state: typeof state === "string" ? state : null, symbolsN: Number.isInteger(count) ? count : null };
}

const FEEDS: Readonly<Record<string, Told>> = {
  live: { mark: "good", text: "Live" },
  idle: { mark: "plain", text: "Nobody has to be asked" },
  standby: { mark: "plain", text: "Another process asks for them" },
  degraded: { mark: "warn", text: "Not every provider answers" },
  down: { mark: "bad", text: "No provider answers" },
};

export function tellFeed(state: string): Told {
  return FEEDS[state] ?? { mark: "warn", text: spoken(state) };
}
