// A portfolio's live positions: sorted, filtered and with the columns that the URL says.
import type { Subscription } from "@portfolio-stream/client";
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { formatCount } from "../format";
import { setQuery } from "../navigation";
import { usePortfolioSubscription } from "../portfolio_frame";
import { ColumnChooser, useColumns } from "../positions/column_chooser";
import { SYMBOL_KEY, type Column } from "../positions/columns";
import { PositionsGrid } from "../positions/grid";
import { formatSort, nextOrder, parseSort, type Order } from "../positions/rows";
import { mayChange } from "../rights";
import { formatHash } from "../router";
import { Empty } from "../ui/states";
import { useMe } from "../who";
import type { PageProps } from "./registry";

interface Counts {
  readonly shownN: number;
  readonly allN: number;
}

export function Page({ query }: PageProps): JSX.Element {
  const subscription = usePortfolioSubscription();
  const order = parseSort(query.get("sort"));
  const filter = query.get("q") ?? "";
  const columns = useColumns(query.get("columns"));
  const [counts, setCounts] = useState<Counts | null>(null);
  const isFiltered = filter !== "" && counts !== null;
  return (
    <section class="positions" aria-label="Positions">
      <div class="positions-bar">
        <input
          type="search"
          class="search"
          placeholder="Filter by symbol"
          aria-label="Filter by symbol"
          value={filter}
          onInput={(event) => setQuery({ q: event.currentTarget.value })}
        />
        <span class="quiet">
          {counts &&
            (isFiltered ? `${formatCount(counts.shownN)} of ${formatCount(counts.allN)}` : positionsText(counts.allN))}
        </span>
        <ColumnChooser columns={columns} />
      </div>
      <Grid
        subscription={subscription}
        columns={columns}
        order={order}
        filter={filter}
        isHidden={counts?.shownN === 0}
        onCounts={setCounts}
      />
      {counts?.allN === 0 && <Nothing portfolioId={subscription.portfolioId} />}
      {counts !== null && counts.allN > 0 && counts.shownN === 0 && (
        <Empty title={`No symbol has “${filter}” in it`}>
          <button type="button" class="text-button" onClick={() => setQuery({ q: null })}>
            Show all
          </button>
        </Empty>
      )}
    </section>
  );
}

const positionsText = (count: number): string => (count === 1 ? "1 position" : `${formatCount(count)} positions`);

function Nothing({ portfolioId }: { portfolioId: string }): JSX.Element {
  const path = `/portfolios/${portfolioId}`;
  return (
    <Empty title="This portfolio holds nothing yet">
      {mayChange(useMe()) && (
        <p>
          <a href={formatHash(`${path}/investments`, { add: "1" })}>Add an investment</a>, or{" "}
          <a href={`#${path}/import`}>import a file</a>.
        </p>
      )}
    </Empty>
  );
}

interface GridProps {
  subscription: Subscription;
  columns: readonly Column[];
  order: Order;
  filter: string;
  isHidden: boolean;
  onCounts: (counts: Counts) => void;
}

function Grid({ subscription, columns, order, filter, isHidden, onCounts }: GridProps): JSX.Element {
  const scroller = useRef<HTMLDivElement>(null);
  const table = useRef<HTMLTableElement>(null);
  const body = useRef<HTMLTableSectionElement>(null);
  const grid = useRef<PositionsGrid | null>(null);
  useEffect(() => {
    if (!scroller.current || !table.current || !body.current) return;
    const elements = { scroller: scroller.current, table: table.current, body: body.current };
    const made = new PositionsGrid(elements, subscription, (shownN, allN) => onCounts({ shownN, allN }));
    grid.current = made;
    return () => made.end();
  }, [subscription]);
  const columnKeys = columns.map((column) => column.key).join();
  useEffect(() => {
    grid.current?.setView({ columns, order, filter });
  }, [subscription, columnKeys, order.key, order.isDescending, filter]);
  return (
    <div
      ref={scroller}
      class="grid-scroll"
      hidden={isHidden}
      role="region"
      aria-label="Positions, scrollable"
      tabIndex={0}
    >
      <table ref={table} class="grid" role="table" aria-label="Positions" aria-colcount={columns.length + 1}>
        <thead role="rowgroup">
          <tr role="row" aria-rowindex={1}>
            <HeaderCell name={SYMBOL_KEY} label="Symbol" about="The ticker symbol" order={order} />
            {columns.map((column) => (
              <HeaderCell key={column.key} name={column.key} label={column.label} about={column.about} order={order} />
            ))}
          </tr>
        </thead>
        <tbody ref={body} role="rowgroup" />
      </table>
    </div>
  );
}

interface HeaderCellProps {
  name: string;
  label: string;
  about: string;
  order: Order;
}

function HeaderCell({ name, label, about, order }: HeaderCellProps): JSX.Element {
  const isSorted = order.key === name;
  const sort = isSorted ? (order.isDescending ? "descending" : "ascending") : "none";
  const onClick = (): void => {
    const next = formatSort(nextOrder(order, name));
    setQuery({ sort: next === SYMBOL_KEY ? null : next });
  };
  return (
    <th role="columnheader" scope="col" aria-sort={sort} data-column={name}>
      <button type="button" title={about} onClick={onClick}>
        {label}
      </button>
    </th>
  );
}
