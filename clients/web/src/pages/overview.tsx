// All portfolios of a customer, with their live totals; who sees several customers chooses one first.
import type { JSX } from "preact";
import { useApi } from "../api";
import { useTitle } from "../navigation";
import { mayChange } from "../rights";
import { formatHash } from "../router";
import { api } from "../server";
import { LinkButton } from "../ui/button";
import { Icon } from "../ui/icon";
import { Loaded } from "../ui/states";
import { useMe, useWho } from "../who";
import { CustomerPicker } from "../overview/customer_picker";
import { Portfolios } from "../overview/portfolios";
import type { PageProps } from "./registry";

export function Page({ query }: PageProps): JSX.Element {
  const who = useWho();
  const own = who.state === "in" ? who.me.customer_id : undefined;
  const customerId = own ?? query.get("customer");
  if (!customerId) return <CustomerPicker search={query.get("name") ?? ""} isAsked={query.has("all")} />;
  return <Customer key={customerId} customerId={customerId} isOwn={own !== undefined} />;
}

function Customer({ customerId, isOwn }: { customerId: string; isOwn: boolean }): JSX.Element {
  const customer = useApi(customerId, (signal) =>
    api.get("/customers/{customer_id}", { params: { customer_id: customerId }, signal }),
  );
  useTitle(customer.data?.name);
  const canChange = mayChange(useMe());
  const newHref = canChange ? formatHash("/portfolios/new", { customer: isOwn ? null : customerId }) : null;
  return (
    <section class="overview">
      <div class="page-head">
        <h1>{customer.data?.name ?? "Portfolios"}</h1>
        <span class="page-links">
          {!isOwn && <a href="#/?all=1">Other customers</a>}
          {!isOwn && canChange && <a href={`#/customers/${customerId}`}>Change the customer</a>}
          {newHref && (
            <LinkButton href={newHref}>
              <Icon name="plus" />
              New portfolio
            </LinkButton>
          )}
        </span>
      </div>
      <Loaded of={customer} what="Loading the customer">
        {() => <Portfolios customerId={customerId} newHref={newHref} />}
      </Loaded>
    </section>
  );
}
