// A portfolio's returns over a range of days, beside a benchmark: numbers, how it grew, risk, what each holding gave.
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { fieldText, useApi, type Problem } from "../api";
import { useKept } from "../charts/kept";
import { RangeButtons } from "../charts/range_buttons";
import { todayUtc, type Range } from "../charts/ranges";
import { useLotsChange } from "../history/lots_change";
import { setQuery } from "../navigation";
import { usePolling } from "../polling";
import { usePortfolioSubscription } from "../portfolio_frame";
import { readAsked, tellError, type AskedReturns } from "../returns/asked";
import { Contributions } from "../returns/contributions";
import { GrowthPanel } from "../returns/growth";
import { Numbers } from "../returns/numbers";
import { readReport, type Report } from "../returns/read";
import { Button } from "../ui/button";
import { Field } from "../ui/field";
import { Empty, Loaded } from "../ui/states";
import type { PageProps } from "./registry";
import "../styles/charts.css";
import "../styles/panels.css";
import "../styles/returns.css";

const AGAIN_MS = 60000; // returns to today go on with the prices
const FIELDS = ["start_date", "end_date", "benchmark"];

const askNothing = (): void => undefined;

export function Page({ params, query }: PageProps): JSX.Element {
  const portfolioId = params["portfolioId"] ?? "";
  const today = todayUtc();
  const asked = readAsked(query, today);
  const answer = useApi(`returns ${portfolioId} ${asked.start} ${asked.end} ${asked.benchmark} ${today}`, (signal) =>
    readReport(portfolioId, asked, signal),
  );
  useLotsChange(usePortfolioSubscription(), answer.reload);
  const { shown, isOld } = useKept(answer);
  const isAtField = answer.problem?.errors.some((error) => FIELDS.includes(error.field)) ?? false;
  usePolling(isAtField ? askNothing : answer.reload, AGAIN_MS); // the same mistake would take the focus again
  return (
    <section class="sheet" aria-label="Returns">
      <Question key={`${asked.start} ${asked.end} ${asked.benchmark}`} asked={asked} problem={answer.problem} />
      <div class={`sheet ${isOld ? "is-old" : ""}`} aria-busy={isOld}>
        {isAtField ? (
          <Empty title="Nothing is computed">
            <p>What is marked above cannot be asked for.</p>
          </Empty>
        ) : (
          <Loaded of={shown} what="Computing returns">
            {(report) => <Shown report={report} />}
          </Loaded>
        )}
      </div>
    </section>
  );
}

function Shown({ report }: { report: Report }): JSX.Element {
  const { returns } = report;
  if (returns.contributions.length === 0) {
    return (
      <Empty title="Nothing was held in these days">
        <p>Returns begin with the first purchase.</p>
      </Empty>
    );
  }
  return (
    <>
      <Numbers report={report} />
      <GrowthPanel returns={returns} />
      <Contributions returns={returns} />
    </>
  );
}

interface QuestionProps {
  asked: AskedReturns;
  problem: Problem | undefined;
}

/** The range and the benchmark; what is wrong with them stands at them. */
function Question({ asked, problem }: QuestionProps): JSX.Element {
  const form = useRef<HTMLFormElement>(null);
  const errorOf = (field: string): string | undefined =>
    tellError(problem?.errors.find((error) => error.field === field)?.detail);
  useEffect(() => {
    if (problem) form.current?.querySelector<HTMLElement>("[aria-invalid]")?.focus();
  }, [problem]);
  const chooseRange = (range: Range): void => setQuery({ range, start: null, end: null });
  const onSubmit: JSX.SubmitEventHandler<HTMLFormElement> = (event) => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    const start = fieldText(data, "start_date") ?? "";
    const end = fieldText(data, "end_date") ?? "";
    const isSame = start === asked.start && end === asked.end;
    const isFromFirst = start === "" && end === "";
    setQuery({
      benchmark: fieldText(data, "benchmark")?.toUpperCase(),
      ...(isSame ? {} : { range: isFromFirst ? "ALL" : null, start, end }),
    });
  };
  return (
    <form ref={form} class="question" aria-label="Range and benchmark" noValidate onSubmit={onSubmit}>
      <RangeButtons range={asked.range} onChoose={chooseRange} />
      <div class="question-fields">
        <Field
          label="First day"
          name="start_date"
          type="date"
          defaultValue={asked.start}
          error={errorOf("start_date")}
        />
        <Field label="Last day" name="end_date" type="date" defaultValue={asked.end} error={errorOf("end_date")} />
        <Field
          label="Benchmark"
          name="benchmark"
          autocomplete="off"
          spellcheck={false}
          autocapitalize="characters"
          placeholder="A symbol, SPY say"
          defaultValue={asked.benchmark}
          error={errorOf("benchmark")}
        />
        <Button type="submit" kind="primary">
          Show
        </Button>
      </div>
    </form>
  );
}
