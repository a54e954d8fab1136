// Adding an investment, or correcting one, with what the server says of each field.
import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { useSubmit, type Submission } from "../api";
import { saveOver, storedHint, storedOf, type Stored } from "../correction";
import { formatNumber } from "../format";
import { Once } from "../once";
import { api } from "../server";
import { Button } from "../ui/button";
import { ExactField } from "../ui/exact_field";
import { Field } from "../ui/field";
import { Form } from "../ui/form";
import { Notice } from "../ui/states";
import { lotBody, lotText, LOT_FIELDS, type Lot, type LotField, type LotInput } from "./lot_body";
import { SymbolField } from "./symbol_field";

export type StoredLot = Stored<Lot>;

export async function readLot(investmentId: string, signal?: AbortSignal): Promise<{ data: StoredLot }> {
  return storedOf(await api.get("/investments/{investment_id}", { params: { investment_id: investmentId }, signal }));
}

interface LotFormProps {
  portfolioId: string;
  currency: string; // of the portfolio
  stored?: StoredLot; // what is corrected
  onDone: (lot: Lot) => void;
  onCancel: () => void;
}

export function LotForm({ portfolioId, currency, stored, onDone, onCancel }: LotFormProps): JSX.Element {
  const once = useRef(new Once());
  const [latest, setLatest] = useState(stored); // newer than what the fields began with, after a 412
  const add = async (form: FormData): Promise<Lot> => {
    const body = { ...lotBody(form), portfolio_id: portfolioId };
    return once.current.send(body, async (idempotencyKey) => (await api.post("/investments", { body, idempotencyKey })).data);
  };
  const correct = ({ value, etag }: StoredLot, body: LotInput): Promise<Lot> => {
    const request = { params: { investment_id: value.investment_id }, body, etag: etag ?? undefined };
    return saveOver(
      async () => (await api.put("/investments/{investment_id}", request)).data,
      async () => setLatest((await readLot(value.investment_id)).data),
    );
  };
  const submission = useSubmit((form: FormData) => (latest ? correct(latest, lotBody(form)) : add(form)), onDone);
  const verb = stored ? (latest === stored ? "Save" : "Save over it") : "Add";
  return (
    <Form submission={submission} fields={LOT_FIELDS} label={stored ? "Correct the investment" : "Add an investment"}>
      <LotFields submission={submission} currency={currency} stored={stored?.value} latest={latest?.value} />
      <div class="form-actions">
        <Button onClick={onCancel}>Cancel</Button>
        <Button type="submit" kind="primary" busy={submission.isBusy}>{verb}</Button>
      </div>
    </Form>
  );
}

const MORE = ["fee", "fx_rate", "external_id"] as const;

interface LotFieldsProps {
  submission: Submission<FormData>;
  currency: string;
  stored: Lot | undefined;
  latest: Lot | undefined; // what somebody else has stored since
}

function LotFields({ submission, currency, stored, latest }: LotFieldsProps): JSX.Element {
  const error = (name: LotField): string | undefined => submission.fieldErrors.get(name);
  const initial = (name: LotField): string => (stored ? lotText(stored, name) : "");
  const newest = (name: LotField): string => (latest ? lotText(latest, name) : initial(name));
  const hint = (name: LotField, usual?: string): string | undefined => storedHint(initial(name), newest(name), usual);
  const own = stored?.currency ?? "";
  const isMoreNeeded = MORE.some((name) => !["", "0"].includes(initial(name)) || error(name) !== undefined || newest(name) !== initial(name));
  return (
    <>
      <SymbolField initial={initial("ticker_symbol")} hint={hint("ticker_symbol")} error={error("ticker_symbol")} />
      <div class="field-pair">
        <ExactField label="Quantity" name="quantity" initial={initial("quantity")} hint={hint("quantity")} error={error("quantity")} />
        <ExactField label="Price of one" name="purchase_price" initial={initial("purchase_price")}
          hint={hint("purchase_price", own ? `In ${own}` : "In the asset's currency")} error={error("purchase_price")} />
      </div>
      <Field label="Purchased on" name="purchase_date" type="date" defaultValue={initial("purchase_date")} hint={hint("purchase_date")} error={error("purchase_date")} />
      {stored?.current_quantity && (
        <Notice>Splits made {formatNumber(stored.current_quantity)} of it since. Quantity and price are those of the purchase.</Notice>
      )}
      <details class="more" open={isMoreNeeded}>
        <summary>Fee, exchange rate, your reference</summary>
        <div class="form">
          <ExactField label="Fee" name="fee" initial={initial("fee")} hint={hint("fee", "Counts to the cost; nothing if empty")} error={error("fee")} />
          <ExactField label="Exchange rate" name="fx_rate" initial={initial("fx_rate")} error={error("fx_rate")}
            hint={hint("fx_rate", `${currency} for one of the asset's currency at the purchase; that of the day if empty`)} />
          <Field label="Your reference" name="external_id" defaultValue={initial("external_id")} autocomplete="off" error={error("external_id")}
            hint={hint("external_id", stored ? "Stays as it is if empty" : "A trade's number, say: once in a portfolio")} />
        </div>
      </details>
    </>
  );
}
