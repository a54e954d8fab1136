// How the connection is: its state, the lag, the last update, when it is tried again.
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { describeConnection, SPOKEN } from "./connection_words";
import { client } from "./server";

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
  const canRetry = RETRIED.includes(client.connection.state);
  return (
    <div class="connection" data-state={shown.mark}>
      <span class="connection-dot" aria-hidden="true" />
      <span class="connection-label">{shown.label}</span>
      {shown.detail && (
        <span class="connection-detail" title="Lag, and when the last message came">
          {shown.detail}
        </span>
      )}
      {canRetry && (
        <button type="button" class="text-button" onClick={retryNow}>
          {client.connection.state === "waiting" ? "Now" : "Try now"}
        </button>
      )}
      <Spoken text={wasOpen ? SPOKEN[shown.mark] : ""} />
    </div>
  );
}

/** Also what the client gave up, and where the system says that there is no network: it can be wrong. */
const RETRIED: readonly string[] = ["waiting", "closed", "offline"];

/** Subscriptions stay, and go on where they were. */
function retryNow(): void {
  client.close();
  client.connect();
}

/** Speaks of changes only: not of the lag each second, nor of the countdown. */
function Spoken({ text }: { text: string }): JSX.Element {
  return (
    <span class="visually-hidden" role="status">
      {text}
    </span>
  );
}
