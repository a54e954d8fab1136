// Where one is signed in, and the end of it.
import type { RestComponents } from "@portfolio-stream/client";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useSubmit, type ApiState } from "../api";
import { api, session } from "../server";
import { Button } from "../ui/button";
import { ConfirmDeletion } from "../ui/confirm_deletion";
import { Loaded, Notice } from "../ui/states";
import { Table } from "../ui/table";
import { When } from "../ui/values";
import { signOut } from "../who";
import { browserName } from "./browser_name";

export const LISTED_N = 100;

type SessionRow = RestComponents["schemas"]["Session"];
export interface Listed<Row> {
  readonly items: readonly Row[];
  readonly next_cursor?: string;
}

export async function readSessions(signal: AbortSignal): Promise<{ data: Listed<SessionRow> }> {
  return api.get("/auth/sessions", { query: { limit: LISTED_N, sort: "-created_at" }, signal });
}

export function Sessions({ sessions }: { sessions: ApiState<Listed<SessionRow>> }): JSX.Element {
  const [ending, setEnding] = useState<SessionRow | null>(null);
  const everywhere = useSubmit(
    () => session.logout(true),
    () => undefined,
  ); // then the door opens
  const onDone = (): void => {
    setEnding(null);
    if (ending?.current) void signOut();
    else sessions.reload();
  };
  return (
    <section>
      <h2>Where you are signed in</h2>
      <Loaded of={sessions} what="Loading sessions">
        {(page) => (
          <>
            <SessionTable rows={page.items} onEnd={setEnding} />
            {page.next_cursor && <p class="quiet">These are the latest {LISTED_N}.</p>}
          </>
        )}
      </Loaded>
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
          label: "",
          isNumber: true,
          cell: (row) => (
            <button
              type="button"
              class="text-button"
              aria-label={`End the session of ${browserName(row.user_agent)}`}
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
