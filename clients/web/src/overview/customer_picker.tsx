// Whose portfolios to look at: customers by the beginning of their name.
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { useApi } from "../api";
import { redirect, setQuery, useTitle } from "../navigation";
import { mayAdminister } from "../rights";
import { formatHash } from "../router";
import { api } from "../server";
import { useSettled } from "../settled";
import { LinkButton } from "../ui/button";
import { Icon } from "../ui/icon";
import { Empty, Loaded } from "../ui/states";
import { Table } from "../ui/table";
import { useMe } from "../who";

const SHOWN_N = 100;

interface CustomerPickerProps {
  search: string;
  isAsked: boolean; // for the list itself, also of one
}

export function CustomerPicker({ search, isAsked }: CustomerPickerProps): JSX.Element {
  const name = useSettled(search);
  const found = useApi(`customers ${name}`, (signal) =>
    api.get("/customers", { query: { limit: SHOWN_N, sort: "name", ...(name ? { name } : {}) }, signal }),
  );
  const canAdd = mayAdminister(useMe());
  const only = !isAsked && name === "" && found.data?.items.length === 1 ? found.data.items[0] : undefined;
  useEffect(() => {
    if (only) redirect("/", { customer: only.customer_id });
  }, [only?.customer_id]);
  useTitle("Customers");
  return (
    <section class="overview">
      <div class="page-head">
        <h1>Customers</h1>
        {canAdd && (
          <LinkButton href="#/customers/new">
            <Icon name="plus" />
            New customer
          </LinkButton>
        )}
      </div>
      <input
        type="search"
        class="search"
        placeholder="Name"
        aria-label="Beginning of a customer's name"
        value={search}
        onInput={(event) => setQuery({ name: event.currentTarget.value })}
      />
      <Loaded of={found} what="Loading customers">
        {(page) =>
          page.items.length === 0 ? (
            <Empty title={name ? `No customer's name begins with “${name}”` : "There is no customer yet"} />
          ) : (
            <>
              <Customers items={page.items} />
              {page.next_cursor && <p class="quiet">These are the first {SHOWN_N}: type a name to find others.</p>}
            </>
          )
        }
      </Loaded>
    </section>
  );
}

interface Customer {
  readonly customer_id: string;
  readonly name: string;
  readonly email: string;
}

function Customers({ items }: { items: readonly Customer[] }): JSX.Element {
  return (
    <Table
      caption="Customers"
      isCaptionHidden
      rows={items}
      rowKey={(row) => row.customer_id}
      columns={[
        {
          key: "name",
          label: "Name",
          cell: (row) => <a href={formatHash("/", { customer: row.customer_id })}>{row.name}</a>,
        },
        { key: "email", label: "E-mail", isMinor: true, cell: (row) => row.email },
      ]}
    />
  );
}
