// How the connection is, in words. Pure.
import type { PortfolioClient } from "@portfolio-stream/client";
import { formatCount, formatTimeOfDay } from "./format";

export type ConnectionNow = Pick<PortfolioClient["connection"], "state" | "retryAt" | "lagMs" | "lastMessageAt">;

export type Mark = "live" | "connecting" | "reconnecting" | "offline" | "closed";

export interface Shown {
  readonly mark: Mark;
  readonly label: string;
  readonly detail: string;
}

export function describeConnection(connection: ConnectionNow, wasOpen: boolean, now: number): Shown {
  const { state, retryAt, lagMs, lastMessageAt } = connection;
  if (state === "open") {
    const lag = lagMs === null ? "" : `${formatCount(Math.max(0, Math.round(lagMs)))} ms`;
    const last = lastMessageAt === null ? "" : formatTimeOfDay(lastMessageAt);
    return { mark: "live", label: "Live", detail: [lag, last].filter(Boolean).join(" · ") };
  }
  if (state === "offline") return { mark: "offline", label: "Offline", detail: "this device has no network" };
  if (state === "closed") return { mark: "closed", label: "Not connected", detail: "" };
  if (state === "idle" || state === "paused") return { mark: "connecting", label: "Paused", detail: "" };
  if (state === "waiting" && retryAt !== null) {
    const seconds = Math.max(0, Math.ceil((retryAt - now) / 1000));
    return {
      mark: "reconnecting",
      label: "Reconnecting",
      detail: seconds === 0 ? "now" : `in ${formatCount(seconds)} s`,
    };
  }
  return wasOpen
    ? { mark: "reconnecting", label: "Reconnecting", detail: "now" }
    : { mark: "connecting", label: "Connecting", detail: "" };
}

/** What a screen reader hears when it changes. */
export const SPOKEN: Readonly<Record<Mark, string>> = {
  live: "Connected: prices are live.",
  connecting: "",
  reconnecting: "The connection is lost: reconnecting. What is shown is the last known state.",
  offline: "This device is offline. What is shown is the last known state.",
  closed: "Not connected.",
};
