// How the connection is: its state, the lag, the last update, when it is tried again.
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { formatCount, formatTimeOfDay } from "./format";
import { client } from "./server";

type Mark = "live" | "connecting" | "reconnecting" | "offline" | "closed";

interface Shown {
  readonly mark: Mark;
  readonly label: string;
  readonly detail: string;
}

/** In words. Pure, so that it can be tested. */
export function describeConnection(connection: typeof client.connection, wasOpen: boolean, now: number): Shown {
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
    return { mark: "reconnecting", label: "Reconnecting", detail: seconds === 0 ? "now" : `in ${formatCount(seconds)} s` };
  }
  return wasOpen ? { mark: "reconnecting", label: "Reconnecting", detail: "now" } : { mark: "connecting", label: "Connecting", detail: "" };
}

const SPOKEN: Readonly<Record<Mark, string>> = {
  live: "Connected: prices are live.",
  connecting: "",
  reconnecting: "The connection is lost: reconnecting. What is shown is the last known state.",
  offline: "This device is offline. What is shown is the last known state.",
  closed: "Not connected.",
};

/** Written anew when the connection changes, and once a second for the lag and the countdown. */
export function ConnectionMark(): JSX.Element {
  const [, setNow] = useState(0);
  const [wasOpen, setWasOpen] = useState(false);
  useEffect(() => {
    const refresh = (): void => {
      if (client.connection.state === "open") setWasOpen(true);
      setNow(Date.now());
    };
    refresh();
    const timer = setInterval(refresh, 1000);
    const off = client.on("connection", refresh);
    return () => {
      clearInterval(timer);
      off();
    };
  }, []);
  const shown = describeConnection(client.connection, wasOpen, Date.now());
  const canRetry = client.connection.state === "waiting";
  return (
    <div class="connection" data-state={shown.mark}>
      <span class="connection-dot" aria-hidden="true" />
      <span class="connection-label">{shown.label}</span>
      {shown.detail && <span class="connection-detail" title="Lag, and when the last message came">{shown.detail}</span>}
      {canRetry && <button type="button" class="text-button" onClick={() => client.connect()}>Now</button>}
      <Spoken text={wasOpen ? SPOKEN[shown.mark] : ""} />
    </div>
  );
}

/** Speaks of changes only: not of the lag each second, nor of the countdown. */
function Spoken({ text }: { text: string }): JSX.Element {
  return <span class="visually-hidden" role="status">{text}</span>;
}
