// Making a portfolio: one's own, or of the customer that the URL names.
import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { useSubmit } from "../api";
import { navigate } from "../navigation";
import { Once } from "../once";
import { PortfolioFields, portfolioBody, PORTFOLIO_FIELDS } from "../portfolio_forms";
import { mayChange } from "../rights";
import { formatHash } from "../router";
import { api } from "../server";
import { Button, LinkButton } from "../ui/button";
import { Form } from "../ui/form";
import { Empty } from "../ui/states";
import { useMe } from "../who";
import type { PageProps } from "./registry";
import "../styles/forms.css";

export function Page({ query }: PageProps): JSX.Element {
  const me = useMe();
  const once = useRef(new Once());
  const customerId = me.customer_id ?? query.get("customer") ?? "";
  const submission = useSubmit(
    (form: FormData) => {
      const body = { ...portfolioBody(form), customer_id: customerId };
      return once.current.send(body, (idempotencyKey) => api.post("/portfolios", { body, idempotencyKey }));
    },
    ({ data }) => navigate(`/portfolios/${data.portfolio_id}/investments`),
  );
  if (!mayChange(me)) return <Empty isPage title="You may look at portfolios, not make them" />;
  if (customerId === "")
    return (
      <Empty isPage title="Of which customer?">
        <a href="#/">Choose one first</a>
      </Empty>
    );
  return (
    <div class="settings">
      <section>
        <h1>New portfolio</h1>
        <Form submission={submission} fields={PORTFOLIO_FIELDS} label="New portfolio" once={once}>
          <PortfolioFields submission={submission} />
          <div class="form-actions">
            <Button type="submit" kind="primary" busy={submission.isBusy}>
              Create
            </Button>
            <LinkButton href={formatHash("/", { customer: me.customer_id ? null : customerId })}>Cancel</LinkButton>
          </div>
        </Form>
      </section>
    </div>
  );
}
