// Adding an investment, or correcting one, with what the server says of each field.
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
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
  const fields = useRef<HTMLDivElement>(null);
  useEffect(() => fields.current?.querySelector("input")?.focus(), []); // in a dialog that is open already
  const [latest, setLatest] = useState(stored); // newer than what the fields began with, after a 412
  const add = async (form: FormData): Promise<Lot> => {
    const body = { ...lotBody(form), portfolio_id: portfolioId };
    return once.current.send(
      body,
      async (idempotencyKey) => (await api.post("/investments", { body, idempotencyKey })).data,
    );
  };
  const correct = (latest: StoredLot, body: LotInput): Promise<Lot> => {
    const params = { investment_id: latest.value.investment_id };
    return saveOver({
      latest,
      write: async (etag) => (await api.put("/investments/{investment_id}", { params, body, etag })).data,
      read: () => readLot(params.investment_id),
      isSame: (one, other) => LOT_FIELDS.every((name) => lotText(one, name) === lotText(other, name)),
      onOther: setLatest,
    });
  };
  const submission = useSubmit((form: FormData) => (latest ? correct(latest, lotBody(form)) : add(form)), onDone);
  const verb = stored ? (latest === stored ? "Save" : "Save over it") : "Add";
  return (
    <Form
      submission={submission}
      fields={LOT_FIELDS}
      label={stored ? "Correct the investment" : "Add an investment"}
      {...(stored ? {} : { once })}
      version={stored && `${stored.value.investment_id} ${stored.etag}`}
    >
      <div ref={fields} class="form">
        <LotFields submission={submission} currency={currency} stored={stored?.value} latest={latest?.value} />
      </div>
      <div class="form-actions">
        <Button onClick={onCancel}>Cancel</Button>
        <Button type="submit" kind="primary" busy={submission.isBusy}>
          {verb}
        </Button>
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
  const initial = (name: LotField): string => (stored ? lotText(stored, name) : "");
  const newest = (name: LotField): string => (latest ? lotText(latest, name) : initial(name));
  const at = (name: LotField, usual?: string) => ({
    initial: initial(name),
    hint: storedHint(initial(name), newest(name), usual),
    error: submission.fieldErrors.get(name),
  });
  const exact = (name: LotField, usual?: string) => ({ name, ...at(name, usual) });
  const plain = (name: LotField, usual?: string) => {
    const { initial: defaultValue, ...rest } = at(name, usual);
    return { name, defaultValue, ...rest };
  };
  const own = stored ? `In ${stored.currency}` : "In the asset's currency";
  const rateHint = `${currency} for one of the asset's currency at the purchase; that of the day if empty`;
  const referenceHint = stored ? "Stays as it is if empty" : "A trade's number, say: once in a portfolio";
  const isMoreNeeded = MORE.some(
    (name) => !["", "0"].includes(initial(name)) || at(name).error !== undefined || newest(name) !== initial(name),
  );
  return (
    <>
      <SymbolField {...at("ticker_symbol")} />
      <div class="field-pair">
        <ExactField label="Quantity" {...exact("quantity")} />
        <ExactField label="Price of one" {...exact("purchase_price", own)} />
      </div>
      <Field label="Purchased on" type="date" {...plain("purchase_date")} />
      {stored?.current_quantity && (
        <Notice>
          Splits made {formatNumber(stored.current_quantity)} of it since. Quantity and price are those of the purchase.
        </Notice>
      )}
      <details class="more" open={isMoreNeeded}>
        <summary>Fee, exchange rate, your reference</summary>
        <div class="form">
          <ExactField label="Fee" {...exact("fee", "Counts to the cost; nothing if empty")} />
          <ExactField label="Exchange rate" {...exact("fx_rate", rateHint)} />
          <Field label="Your reference" autocomplete="off" {...plain("external_id", referenceHint)} />
        </div>
      </details>
    </>
  );
}
