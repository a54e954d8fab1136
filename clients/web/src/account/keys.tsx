// API keys for programs: made, shown once, revoked.
import { ApiProblem, type RestComponents } from "@portfolio-stream/client";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { fieldText, useSubmit, type Submission } from "../api";
import { formatMoment } from "../format";
import { api } from "../server";
import { Button } from "../ui/button";
import { ConfirmDeletion } from "../ui/confirm_deletion";
import { Dialog } from "../ui/dialog";
import { Field } from "../ui/field";
import { Form } from "../ui/form";
import { Listed, useListing } from "../ui/listed";
import { Table } from "../ui/table";
import { When } from "../ui/values";
import { Secret } from "./secret";

type Key = RestComponents["schemas"]["Key"];
type NewKey = RestComponents["schemas"]["NewKey"];
type Scope = RestComponents["schemas"]["Scope"];

const SCOPES: readonly [Scope, string][] = [
  ["read", "Read: portfolios, investments, returns"],
  ["stream", "Stream: live values"],
  ["write", "Write: add, correct and delete"],
  ["prices", "Prices: publish them"],
  ["operate", "Operate: jobs, providers, metrics"],
  ["administer", "Administer: customers, the audit log"],
];

export function Keys(): JSX.Element {
  const keys = useListing<Key>("keys", (page, signal) =>
    api.get("/auth/keys", { query: { ...page, sort: "-created_at" }, signal }),
  );
  const [revoked, setRevoked] = useState<Key | null>(null);
  const [isMaking, setMaking] = useState(false);
  const [made, setMade] = useState<NewKey | null>(null);
  return (
    <section>
      <h2>API keys</h2>
      <p class="quiet">
        For programs. A key may do what you may, cut down to what you choose; nothing with your account.
      </p>
      <Listed of={keys} what="Loading keys" none={<p>There is no key yet.</p>}>
        {(rows) => <KeyTable rows={rows} onRevoke={setRevoked} />}
      </Listed>
      <div>
        <Button onClick={() => setMaking(true)}>New key</Button>
      </div>
      {isMaking && (
        <Making
          onMade={(key) => {
            setMaking(false);
            setMade(key);
            keys.reload();
          }}
          onLost={keys.reload}
          onClose={() => setMaking(false)}
        />
      )}
      {made && <Made made={made} onClose={() => setMade(null)} />}
      {revoked && (
        <ConfirmDeletion
          title={`Revoke “${revoked.name}”?`}
          verb="Revoke"
          onClose={() => setRevoked(null)}
          onDone={() => {
            setRevoked(null);
            keys.reload();
          }}
          remove={() => api.delete("/auth/keys/{key_id}", { params: { key_id: revoked.key_id } })}
        >
          <p>
            Programs that use <strong>{revoked.name}</strong> are refused from now on, and their streams end.
          </p>
        </ConfirmDeletion>
      )}
    </section>
  );
}

function KeyTable({ rows, onRevoke }: { rows: readonly Key[]; onRevoke: (key: Key) => void }): JSX.Element {
  return (
    <Table
      caption="API keys"
      isCaptionHidden
      rows={rows}
      rowKey={(row) => row.key_id}
      columns={[
        {
          key: "name",
          label: "Name",
          cell: (row) => (
            <>
              {row.name}
              <span class="row-note">{row.scopes.join(", ")}</span>
            </>
          ),
        },
        { key: "made", label: "Made", isMinor: true, cell: (row) => <When time={row.created_at} /> },
        {
          key: "used",
          label: "Last used",
          cell: (row) => (row.last_used_at ? <When time={row.last_used_at} /> : <span class="quiet">never</span>),
        },
        {
          key: "ends",
          label: "Ends",
          isMinor: true,
          cell: (row) =>
            row.expires_at ? (
              <time dateTime={row.expires_at}>{formatMoment(row.expires_at)}</time>
            ) : (
              <span class="quiet">never</span>
            ),
        },
        {
          key: "revoke",
          label: "To do",
          isLabelHidden: true,
          isNumber: true,
          cell: (row) => (
            <button type="button" class="text-button" aria-label={`Revoke ${row.name}`} onClick={() => onRevoke(row)}>
              Revoke
            </button>
          ),
        },
      ]}
    />
  );
}

interface MakingProps {
  onMade: (key: NewKey) => void;
  onLost: () => void; // it may have been made, and nobody has seen it
  onClose: () => void;
}

function Making({ onMade, onLost, onClose }: MakingProps): JSX.Element {
  const make = async (form: FormData): Promise<NewKey> => {
    const endsOn = fieldText(form, "expires_at");
    const body = {
      name: fieldText(form, "name") ?? "",
      scopes: form.getAll("scopes").map((scope) => String(scope) as Scope),
      ...(endsOn ? { expires_at: endOfDay(endsOn) } : {}),
    };
    try {
      return (await api.post("/auth/keys", { body })).data;
    } catch (error) {
      if (!(error instanceof ApiProblem) || (error.status !== 0 && error.code !== "outcome_unknown")) throw error;
      onLost();
      throw new Error(
        "No answer came. A key of this name may have been made that nobody has seen: if it is in the list, revoke it.",
      );
    }
  };
  const submission = useSubmit(make, onMade);
  return (
    <Dialog title="New API key" isForm onClose={onClose}>
      <KeyForm submission={submission} onClose={onClose} />
    </Dialog>
  );
}

/** The last moment of a day, where the person is; what is no day goes as it is. */
export function endOfDay(date: string): string {
  const end = new Date(`${date}T23:59:59`);
  return Number.isNaN(end.getTime()) ? date : end.toISOString();
}

function KeyForm({ submission, onClose }: { submission: Submission<FormData>; onClose: () => void }): JSX.Element {
  const { fieldErrors } = submission;
  const scopesError = fieldErrors.has("scopes") ? "Choose at least one." : undefined;
  return (
    <Form submission={submission} fields={["name", "scopes", "expires_at"]} label="New API key">
      <Field
        autofocus
        label="Name"
        name="name"
        autocomplete="off"
        maxLength={200}
        hint="What it is for"
        error={fieldErrors.get("name")}
      />
      <fieldset class="choices">
        <legend>It may</legend>
        {SCOPES.map(([scope, words]) => (
          <label key={scope}>
            <input
              type="checkbox"
              name="scopes"
              value={scope}
              defaultChecked={scope === "read"}
              {...(scopesError ? { "aria-invalid": "true", "aria-describedby": "scopes-error" } : {})}
            />{" "}
            {words}
          </label>
        ))}
        {scopesError && (
          <p class="field-error" id="scopes-error">
            {scopesError}
          </p>
        )}
      </fieldset>
      <Field
        label="Last day"
        name="expires_at"
        type="date"
        hint="Without one it has no end"
        error={fieldErrors.get("expires_at")}
      />
      <div class="form-actions">
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" kind="primary" busy={submission.isBusy}>
          Make it
        </Button>
      </div>
    </Form>
  );
}

function Made({ made, onClose }: { made: NewKey; onClose: () => void }): JSX.Element {
  return (
    <Dialog title={`The key “${made.name}”`} isForm onClose={onClose}>
      <p>This is the only time that it is shown: only a hash of it is kept. Put it where it is safe.</p>
      <Secret label="API key" value={made.api_key} />
      <div class="form-actions">
        <Button onClick={onClose}>I have it</Button>
      </div>
    </Dialog>
  );
}
