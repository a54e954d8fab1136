// Whose portfolios to look at: customers by the beginning of their name.
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { redirect, setQuery, useTitle } from "../navigation";
import { mayAdminister } from "../rights";
import { formatHash } from "../router";
import { api } from "../server";
import { useSettled } from "../settled";
import { LinkButton } from "../ui/button";
import { Icon } from "../ui/icon";
import { Listed, useListing } from "../ui/listed";
import { Empty } from "../ui/states";
import { Table } from "../ui/table";
import { useMe } from "../who";

interface CustomerPickerProps {
  search: string;
  isAsked: boolean; // for the list itself, also of one
}

export function CustomerPicker({ search, isAsked }: CustomerPickerProps): JSX.Element {
  const name = useSettled(search);
  const found = useListing<Customer>(`customers ${name}`, (page, signal) =>
    api.get("/customers", { query: { ...page, sort: "name", ...(name ? { name } : {}) }, signal }),
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
      <Listed
        of={found}
        what="Loading customers"
        none={<Empty title={name ? `No customer's name begins with “${name}”` : "There is no customer yet"} />}
      >
        {(rows) => <Customers items={rows} />}
      </Listed>
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
