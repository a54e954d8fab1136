// The fields of a portfolio, for making one and for changing one.
import type { BodyOf, RestComponents } from "@portfolio-stream/client";
import type { JSX } from "preact";
import { fieldText, type Submission } from "./api";
import { storedHint } from "./correction";
import { Field, SelectField } from "./ui/field";

export type Portfolio = RestComponents["schemas"]["Portfolio"];
export type PortfolioInput = BodyOf<"put", "/portfolios/{portfolio_id}">;
type PortfolioType = RestComponents["schemas"]["PortfolioType"];

export const PORTFOLIO_FIELDS = ["portfolio_name", "portfolio_type", "base_currency"] as const;

export const TYPE_NAMES: Readonly<Record<PortfolioType, string>> = {
  BROKERAGE: "Brokerage",
  IRA: "IRA",
  ROTH_IRA: "Roth IRA",
  "401K": "401(k)",
  SAVINGS: "Savings",
  OTHER: "Other",
};

export function portfolioBody(form: FormData): PortfolioInput {
  const members = PORTFOLIO_FIELDS.flatMap((name) => {
    const text = fieldText(form, name);
    return text === undefined ? [] : [[name, text]];
  });
  return Object.fromEntries(members) as PortfolioInput;
}

interface PortfolioFieldsProps {
  submission: Submission<FormData>;
  stored?: Portfolio;
  latest?: Portfolio | undefined; // what somebody else has stored since
}

export function PortfolioFields({ submission, stored, latest = stored }: PortfolioFieldsProps): JSX.Element {
  const { fieldErrors } = submission;
  const hint = (name: (typeof PORTFOLIO_FIELDS)[number], usual?: string): string | undefined =>
    storedHint(stored?.[name], latest?.[name], usual);
  return (
    <>
      <Field
        label="Name"
        name="portfolio_name"
        defaultValue={stored?.portfolio_name ?? ""}
        autocomplete="off"
        maxLength={200}
        hint={hint("portfolio_name")}
        error={fieldErrors.get("portfolio_name")}
      />
      <SelectField
        label="Kind"
        name="portfolio_type"
        defaultValue={stored?.portfolio_type ?? "BROKERAGE"}
        hint={hint("portfolio_type")}
        error={fieldErrors.get("portfolio_type")}
      >
        {Object.entries(TYPE_NAMES).map(([type, name]) => (
          <option key={type} value={type} selected={type === (stored?.portfolio_type ?? "BROKERAGE")}>
            {name}
          </option>
        ))}
      </SelectField>
      <Field
        label="Currency"
        name="base_currency"
        defaultValue={stored?.base_currency ?? "USD"}
        autocomplete="off"
        maxLength={3}
        autocapitalize="characters"
        spellcheck={false}
        hint={hint("base_currency", "Three letters; everything in it is told in this one")}
        error={fieldErrors.get("base_currency")}
      />
    </>
  );
}
