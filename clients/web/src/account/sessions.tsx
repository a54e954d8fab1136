// Where one is signed in, and the end of it.
import type { RestComponents } from "@portfolio-stream/client";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useSubmit } from "../api";
import { formatMoment } from "../format";
import { api } from "../server";
import { Button } from "../ui/button";
import { ConfirmDeletion } from "../ui/confirm_deletion";
import { Listed, useListing, type Listing } from "../ui/listed";
import { Notice } from "../ui/states";
import { Table } from "../ui/table";
import { When } from "../ui/values";
import { signOut } from "../who";
import { browserName } from "./browser_name";

type SessionRow = RestComponents["schemas"]["Session"];

export function useSessions(): Listing<SessionRow> {
  return useListing("sessions", (page, signal) =>
    api.get("/auth/sessions", { query: { ...page, sort: "-created_at" }, signal }),
  );
}

export function Sessions({ sessions }: { sessions: Listing<SessionRow> }): JSX.Element {
  const [ending, setEnding] = useState<SessionRow | null>(null);
  const everywhere = useSubmit(
    () => signOut(true),
    () => undefined,
  );
  const onDone = (): void => {
    setEnding(null);
    if (ending?.current) void signOut();
    else sessions.reload();
  };
  return (
    <section>
      <h2>Where you are signed in</h2>
      <Listed of={sessions} what="Loading sessions" none={<p>Nowhere.</p>}>
        {(rows) => <SessionTable rows={rows} onEnd={setEnding} />}
      </Listed>
      {everywhere.problem && <Notice kind="error">{everywhere.problem.detail}</Notice>}
      <div>
        <Button busy={everywhere.isBusy} onClick={() => everywhere.submit(undefined)}>
          Sign out everywhere
        </Button>
      </div>
      {ending && (
        <ConfirmDeletion
          title="End this session?"
          verb="End it"
          onClose={() => setEnding(null)}
          onDone={onDone}
          remove={() => api.delete("/auth/sessions/{session_id}", { params: { session_id: ending.session_id } })}
        >
          <p>
            <strong>{browserName(ending.user_agent)}</strong>
            {ending.peer && ` at ${ending.peer}`} is signed out at once{ending.current ? ": that is here." : "."}
          </p>
        </ConfirmDeletion>
      )}
    </section>
  );
}

function SessionTable({ rows, onEnd }: { rows: readonly SessionRow[]; onEnd: (row: SessionRow) => void }): JSX.Element {
  return (
    <Table
      caption="Sessions"
      isCaptionHidden
      rows={rows}
      rowKey={(row) => row.session_id}
      columns={[
        {
          key: "program",
          label: "Program",
          cell: (row) => (
            <>
              <span title={row.user_agent}>{browserName(row.user_agent)}</span>
              {row.current && <span class="badge">this one</span>}
              <span class="row-note">{row.peer ?? ""}</span>
            </>
          ),
        },
        { key: "began", label: "Signed in", isMinor: true, cell: (row) => <When time={row.created_at} /> },
        { key: "seen", label: "Last renewed", cell: (row) => <When time={row.refreshed_at} /> },
        {
          key: "end",
          label: "To do",
          isLabelHidden: true,
          isNumber: true,
          cell: (row) => (
            <button
              type="button"
              class="text-button"
              aria-label={`End the session of ${browserName(row.user_agent)}, of ${formatMoment(row.created_at)}`}
              onClick={() => onEnd(row)}
            >
              End
            </button>
          ),
        },
      ]}
    />
  );
}
