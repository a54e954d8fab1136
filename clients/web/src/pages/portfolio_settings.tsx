// A portfolio's name, kind and currency; and its end.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useApi, useSubmit } from "../api";
import { saveOver, storedOf, type Stored } from "../correction";
import { navigate } from "../navigation";
import { PortfolioFields, portfolioBody, PORTFOLIO_FIELDS, type Portfolio } from "../portfolio_forms";
import { mayChange } from "../rights";
import { formatHash } from "../router";
import { api } from "../server";
import { Button } from "../ui/button";
import { ConfirmDeletion } from "../ui/confirm_deletion";
import { Dialog } from "../ui/dialog";
import { Form } from "../ui/form";
import { Empty, Loaded } from "../ui/states";
import { useMe } from "../who";
import type { PageProps } from "./registry";
import "../styles/forms.css";

async function read(portfolioId: string, signal?: AbortSignal): Promise<{ data: Stored<Portfolio> }> {
  return storedOf(await api.get("/portfolios/{portfolio_id}", { params: { portfolio_id: portfolioId }, signal }));
}

export function Page({ params }: PageProps): JSX.Element {
  const portfolioId = params["portfolioId"] ?? "";
  const me = useMe();
  const stored = useApi(`portfolio ${portfolioId}`, (signal) => read(portfolioId, signal));
  if (!mayChange(me)) return <Empty title="You may look at this portfolio, not change it" />;
  return (
    <Loaded of={stored} what="Loading the portfolio">
      {(found) => (
        <div class="settings">
          <Renaming stored={found} />
          <Ending
            portfolio={found.value}
            onDone={() => navigate("/", { customer: me.customer_id ? null : found.value.customer_id })}
          />
        </div>
      )}
    </Loaded>
  );
}

const isSame = (one: Portfolio, other: Portfolio): boolean =>
  PORTFOLIO_FIELDS.every((name) => one[name] === other[name]);

function Renaming({ stored }: { stored: Stored<Portfolio> }): JSX.Element {
  const [seen, setSeen] = useState({ before: stored, latest: stored });
  const isSaved = seen.before !== stored;
  const params = { portfolio_id: stored.value.portfolio_id };
  const submission = useSubmit(
    (form: FormData) =>
      saveOver({
        latest: seen.latest,
        write: (etag) => api.put("/portfolios/{portfolio_id}", { params, body: portfolioBody(form), etag }),
        read: () => read(params.portfolio_id),
        isSame,
        onOther: (latest) => setSeen({ ...seen, latest }),
      }),
    (answer) => {
      const { data } = storedOf(answer);
      setSeen({ before: data, latest: data });
    },
  );
  return (
    <section>
      <Form
        submission={submission}
        fields={PORTFOLIO_FIELDS}
        label="The portfolio"
        version={PORTFOLIO_FIELDS.map((name) => stored.value[name]).join(" ")}
      >
        <PortfolioFields submission={submission} stored={seen.before.value} latest={seen.latest.value} />
        <div class="form-actions">
          <Button type="submit" kind="primary" busy={submission.isBusy}>
            {seen.latest === seen.before ? "Save" : "Save over it"}
          </Button>
        </div>
      </Form>
      <p role="status">{isSaved && !submission.isBusy && !submission.problem ? "It is saved." : ""}</p>
    </section>
  );
}

interface EndingProps {
  portfolio: Portfolio;
  onDone: () => void;
}

function Ending({ portfolio, onDone }: EndingProps): JSX.Element {
  const [isAsked, setAsked] = useState(false);
  return (
    <section>
      <h2>Delete this portfolio</h2>
      <p class="quiet">
        It goes with everything in it. You are asked again, with what that is. To correct an entry, go to the{" "}
        <a href={formatHash(`/portfolios/${portfolio.portfolio_id}/investments`)}>investments</a>.
      </p>
      <div>
        <Button kind="danger" onClick={() => setAsked(true)}>
          Delete…
        </Button>
      </div>
      {isAsked && <Deleting portfolio={portfolio} onDone={onDone} onClose={() => setAsked(false)} />}
    </section>
  );
}

/** Read anew, so that what is named is what goes. */
function Deleting({ portfolio, onDone, onClose }: EndingProps & { onClose: () => void }): JSX.Element {
  const params = { portfolio_id: portfolio.portfolio_id };
  const stored = useApi(`delete ${params.portfolio_id}`, (signal) => read(params.portfolio_id, signal));
  if (!stored.data)
    return (
      <Dialog title={`Delete “${portfolio.portfolio_name}”?`} onClose={onClose}>
        <Loaded of={stored}>{() => <p />}</Loaded>
      </Dialog>
    );
  const { value, etag } = stored.data;
  const remove = (cascade: boolean): Promise<unknown> =>
    api.delete("/portfolios/{portfolio_id}", {
      params,
      ...(cascade ? { query: { cascade } } : {}),
      etag: etag ?? undefined,
    });
  return (
    <ConfirmDeletion
      title={`Delete “${value.portfolio_name}”?`}
      remove={remove}
      onChanged={stored.reload}
      onDone={onDone}
      onClose={onClose}
    >
      <p>
        The portfolio <strong>{value.portfolio_name}</strong> goes for everybody who sees it, and its streams end.
      </p>
    </ConfirmDeletion>
  );
}
