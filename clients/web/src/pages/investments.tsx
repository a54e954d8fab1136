// What a portfolio's positions are made of: its investments, page by page; to add, correct and delete.
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { useApi, type ApiState } from "../api";
import { formatCount, formatTimeOfDay } from "../format";
import { useHoldingsChange } from "../investments/holdings_watch";
import type { Lot } from "../investments/lot_body";
import { LotForm, readLot } from "../investments/lot_form";
import { lotName, LotTable } from "../investments/lot_table";
import { navigate, setQuery } from "../navigation";
import { usePolling } from "../polling";
import { usePortfolioSubscription } from "../portfolio_frame";
import { mayChange } from "../rights";
import { formatHash } from "../router";
import { api } from "../server";
import { useSettled } from "../settled";
import { Button } from "../ui/button";
import { ConfirmDeletion } from "../ui/confirm_deletion";
import { Dialog } from "../ui/dialog";
import { Icon } from "../ui/icon";
import { Empty, Loaded, Notice } from "../ui/states";
import { Amount } from "../ui/values";
import { useMe } from "../who";
import type { PageProps } from "./registry";
import "../styles/forms.css";

const PAGE_N = 100;
const AGAIN_MS = 30000; // for the values; what is added or deleted shows at once

const SORTS = {
  "-purchase_date": "Newest purchase first",
  purchase_date: "Oldest purchase first",
  ticker_symbol: "By symbol",
  "-created_at": "Last added first",
} as const;
type Sort = keyof typeof SORTS;
const isSort = (text: string | null): text is Sort => text !== null && Object.hasOwn(SORTS, text);

interface View {
  readonly portfolioId: string;
  readonly sort: Sort;
  readonly symbol: string;
  readonly cursor: string | null;
}

type LotPage = Awaited<ReturnType<typeof readPage>>["data"];

async function readPage({ portfolioId, sort, symbol, cursor }: View, signal: AbortSignal) {
  const query = { limit: PAGE_N, sort, ...(symbol ? { ticker_symbol: symbol } : {}), ...(cursor ? { cursor } : {}) };
  const { data } = await api.get("/portfolios/{portfolio_id}/investments", {
    params: { portfolio_id: portfolioId },
    query,
    signal,
  });
  return { data: { ...data, at: Date.now() } };
}

function useLots(view: View): ApiState<LotPage> {
  const lots = useApi(JSON.stringify(view), (signal) => readPage(view, signal));
  useHoldingsChange(usePortfolioSubscription(), lots.reload);
  usePolling(lots.reload, AGAIN_MS);
  return lots;
}

function viewOf(portfolioId: string, query: URLSearchParams, symbol: string): View {
  const sort = query.get("sort");
  return { portfolioId, sort: isSort(sort) ? sort : "-purchase_date", symbol, cursor: query.get("after") };
}

export function Page({ params, query }: PageProps): JSX.Element {
  const typed = query.get("symbol") ?? "";
  const view = viewOf(params["portfolioId"] ?? "", query, useSettled(typed.trim()));
  const lots = useLots(view);
  const canChange = mayChange(useMe());
  const [deleted, setDeleted] = useState<Lot | null>(null);
  const [told, setTold] = useState("");
  const status = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    if (told.startsWith("Deleted")) status.current?.focus(); // its row, where the focus was, goes
  }, [told]);
  const onDone = (verb: string, lot: Lot): void => {
    setTold(`${verb}: ${lotName(lot)}.`);
    setDeleted(null);
    closeForms();
    lots.reload();
  };
  const onEdit = (lot: Lot): void => setQuery({ edit: lot.investment_id });
  return (
    <section class="lots">
      <Bar view={view} typed={typed} canChange={canChange} />
      <p ref={status} class="told" role="status" tabIndex={-1}>
        {told}
      </p>
      <Loaded of={lots} what="Loading investments">
        {(page) =>
          page.items.length === 0 ? (
            <Nothing view={view} canChange={canChange} />
          ) : (
            <>
              <LotTable lots={page.items} {...(canChange ? { onEdit, onDelete: setDeleted } : {})} />
              <Pages view={view} page={page} />
            </>
          )
        }
      </Loaded>
      {canChange && <Forms view={view} query={query} onDone={onDone} />}
      {deleted && <Deleting lot={deleted} onClose={() => setDeleted(null)} onDone={() => onDone("Deleted", deleted)} />}
    </section>
  );
}

const closeForms = (): void => setQuery({ add: null, edit: null });

interface FormsProps {
  view: View;
  query: URLSearchParams;
  onDone: (verb: string, lot: Lot) => void;
}

/** Which form is open is in the URL, too: a link can lead to it. */
function Forms({ view: { portfolioId }, query, onDone }: FormsProps): JSX.Element {
  const edited = query.get("edit");
  return (
    <>
      {query.has("add") && <Adding portfolioId={portfolioId} onStored={(lot) => onDone("Added", lot)} />}
      {edited && (
        <Correcting key={edited} id={edited} portfolioId={portfolioId} onStored={(lot) => onDone("Saved", lot)} />
      )}
    </>
  );
}

function Bar({ view, typed, canChange }: { view: View; typed: string; canChange: boolean }): JSX.Element {
  return (
    <div class="lots-bar">
      <input
        type="search"
        class="search"
        placeholder="Symbol"
        aria-label="Only this symbol"
        value={typed}
        autocapitalize="characters"
        onInput={(event) => setQuery({ symbol: event.currentTarget.value, after: null })}
      />
      <select
        aria-label="Order"
        value={view.sort}
        onChange={(event) => setQuery({ sort: event.currentTarget.value, after: null })}
      >
        {Object.entries(SORTS).map(([sort, label]) => (
          <option key={sort} value={sort}>
            {label}
          </option>
        ))}
      </select>
      {canChange && (
        <span class="lots-do">
          <Button kind="primary" onClick={() => setQuery({ add: "1" })}>
            <Icon name="plus" />
            Add
          </Button>
        </span>
      )}
    </div>
  );
}

function Nothing({ view, canChange }: { view: View; canChange: boolean }): JSX.Element {
  if (view.symbol || view.cursor) {
    return (
      <Empty title={view.symbol ? `No investment in “${view.symbol}”` : "There is nothing after that"}>
        <Button onClick={() => setQuery({ symbol: null, after: null })}>Show all</Button>
      </Empty>
    );
  }
  return (
    <Empty title="This portfolio holds nothing yet">
      {canChange && (
        <p>
          Add what was bought one by one, or{" "}
          <a href={formatHash(`/portfolios/${view.portfolioId}/import`)}>import a file</a> of all of it.
        </p>
      )}
    </Empty>
  );
}

/** Pages are entries of the history: Back goes to the page before. */
function Pages({ view, page }: { view: View; page: LotPage }): JSX.Element {
  const path = `/portfolios/${view.portfolioId}/investments`;
  const here = { sort: view.sort === "-purchase_date" ? null : view.sort, symbol: view.symbol };
  const isAll = !view.cursor && !page.next_cursor;
  return (
    <div class="lots-pages">
      <span class="quiet">
        {isAll && `${formatCount(page.items.length)} ${page.items.length === 1 ? "investment" : "investments"}. `}
        Values of {formatTimeOfDay(page.at)}, each in its own currency
      </span>
      {view.cursor && <Button onClick={() => navigate(path, here)}>First page</Button>}
      {page.next_cursor && (
        <Button onClick={() => navigate(path, { ...here, after: page.next_cursor })}>Next {PAGE_N}</Button>
      )}
    </div>
  );
}

interface FormDialogProps {
  portfolioId: string;
  onStored: (lot: Lot) => void;
}

function Adding({ portfolioId, onStored }: FormDialogProps): JSX.Element {
  const currency = usePortfolioSubscription().document?.base_currency ?? "";
  return (
    <Dialog title="Add an investment" isForm onClose={closeForms}>
      <LotForm portfolioId={portfolioId} currency={currency} onDone={onStored} onCancel={closeForms} />
    </Dialog>
  );
}

function Correcting({ id, portfolioId, onStored }: FormDialogProps & { id: string }): JSX.Element {
  const currency = usePortfolioSubscription().document?.base_currency ?? "";
  const stored = useApi(`investment ${id}`, (signal) => readLot(id, signal));
  return (
    <Dialog title="Correct an investment" isForm onClose={closeForms}>
      <Loaded of={stored} what="Loading the investment">
        {(found) => (
          <LotForm
            portfolioId={portfolioId}
            currency={currency}
            stored={found}
            onDone={onStored}
            onCancel={closeForms}
          />
        )}
      </Loaded>
    </Dialog>
  );
}

interface DeletingProps {
  lot: Lot;
  onClose: () => void;
  onDone: () => void;
}

/** The one that is named is the one that goes: it is read anew for its ETag, and shown as it is then. */
function Deleting({ lot, onClose, onDone }: DeletingProps): JSX.Element {
  const stored = useApi(`investment ${lot.investment_id}`, (signal) => readLot(lot.investment_id, signal));
  if (!stored.data) {
    return (
      <Dialog title="Delete an investment" onClose={onClose}>
        <Loaded of={stored}>{() => <p />}</Loaded>
      </Dialog>
    );
  }
  const { value: now, etag } = stored.data;
  return (
    <ConfirmDeletion
      title={`Delete ${now.ticker_symbol}?`}
      onClose={onClose}
      onDone={onDone}
      onChanged={stored.reload}
      remove={() =>
        api.delete("/investments/{investment_id}", {
          params: { investment_id: now.investment_id },
          etag: etag ?? undefined,
        })
      }
    >
      <p>
        <strong>{lotName(now)}</strong>, bought for <Amount value={now.purchase_price} /> {now.currency} each, goes as
        if it had never been bought.
      </p>
      <Notice>This is a correction. It is no sale: nothing is added to the cash.</Notice>
    </ConfirmDeletion>
  );
}
