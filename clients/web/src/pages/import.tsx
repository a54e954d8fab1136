// Importing investments from a CSV file: chosen, looked at, checked by the server, then written, all of it or nothing.
import { ApiProblem } from "@portfolio-stream/client";
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { useSubmit, type Problem, type Submission } from "../api";
import { formatCount } from "../format";
import { fileOf, readFile, sizeText, UnfitFile, type ImportFile } from "../importing/file";
import { FileChooser } from "../importing/file_chooser";
import { Changed, Counts, Errors, type Outcome } from "../importing/findings";
import { uploadFetch, type Sent } from "../importing/upload";
import { Once } from "../once";
import { mayChange } from "../rights";
import { restBy } from "../server";
import { Button, LinkButton } from "../ui/button";
import { Empty, Failure, Notice } from "../ui/states";
import { Table } from "../ui/table";
import { useMe } from "../who";
import type { PageProps } from "./registry";
import "../styles/forms.css";

interface Sending {
  readonly portfolioId: string;
  readonly file: ImportFile;
  readonly onSent: (sent: Sent) => void;
  readonly isDry?: boolean;
  readonly idempotencyKey?: string;
}

async function send({ portfolioId, file, onSent, isDry = false, idempotencyKey }: Sending): Promise<Outcome> {
  const request = {
    params: { portfolio_id: portfolioId },
    body: file.text,
    ...(isDry ? { query: { dry_run: true } } : {}),
    idempotencyKey,
  };
  const { data } = await restBy(uploadFetch(onSent)).post("/portfolios/{portfolio_id}/investments/import", request);
  return data;
}

export function Page({ params }: PageProps): JSX.Element {
  const portfolioId = params["portfolioId"] ?? "";
  const [file, setFile] = useState<ImportFile | null>(null);
  const [unfit, setUnfit] = useState<string | null>(null);
  const canChange = mayChange(useMe());
  const take = async (chosen: File): Promise<void> => {
    try {
      setFile(await readFile(chosen));
      setUnfit(null);
    } catch (error) {
      setUnfit(error instanceof UnfitFile ? error.message : `“${chosen.name}” could not be read.`);
    }
  };
  if (!canChange) return <Empty title="You may look at this portfolio, not change it" />;
  return (
    <section class="import" aria-label="Import">
      {unfit && <Notice kind="error">{unfit}</Notice>}
      {file ? (
        <Examined
          key={`${file.name} ${file.text.length}`}
          portfolioId={portfolioId}
          file={file}
          onOther={() => setFile(null)}
        />
      ) : (
        <>
          <FileChooser onFile={(chosen) => void take(chosen)} />
          <Explanation onExample={() => setFile(fileOf("example.csv", new TextEncoder().encode(EXAMPLE)))} />
        </>
      )}
    </section>
  );
}

const EXAMPLE = `external_id,ticker_symbol,quantity,purchase_price,purchase_date,fee
T-1001,AAPL,10,149.90,2025-03-14,1
T-1002,BRK.B,2.5,470.12,2025-03-17,1
`;

function Explanation({ onExample }: { onExample: () => void }): JSX.Element {
  return (
    <div class="import-about">
      <h2>The file</h2>
      <p>
        The first line names the columns, in any order. <code>ticker_symbol</code>, <code>quantity</code>,{" "}
        <code>purchase_price</code> and <code>purchase_date</code> are needed; <code>fee</code>, <code>fx_rate</code>{" "}
        and <code>external_id</code> may be there. Numbers have a decimal point, days are written 2025-03-14.
      </p>
      <pre tabIndex={0} role="region" aria-label="An example of a file">
        {EXAMPLE}
      </pre>
      <p>
        It is checked first, and nothing is written before you say so. The same file again adds nothing twice.{" "}
        <button type="button" class="text-button" onClick={onExample}>
          Try it with this example
        </button>
      </p>
    </div>
  );
}

interface ExaminedProps {
  portfolioId: string;
  file: ImportFile;
  onOther: () => void;
}

function Examined({ portfolioId, file, onOther }: ExaminedProps): JSX.Element {
  const once = useRef(new Once());
  const [checked, setChecked] = useState<Outcome | null>(null);
  const [done, setDone] = useState<Outcome | null>(null);
  const [sent, setSent] = useState<Sent | null>(null);
  const what = { portfolioId, file, onSent: setSent };
  const check = useSubmit(() => send({ ...what, isDry: true }), setChecked);
  const write = useSubmit(
    () => once.current.send(file.name, (idempotencyKey) => send({ ...what, idempotencyKey })),
    setDone,
  );
  useEffect(() => check.submit(undefined), []);
  if (done) return <Done portfolioId={portfolioId} file={file} outcome={done} onOther={onOther} />;
  const isBusy = check.isBusy || write.isBusy;
  return (
    <>
      <div class="page-head">
        <h2>
          {file.name}{" "}
          <span class="quiet">
            {formatCount(file.preview.rowsN)} {file.preview.rowsN === 1 ? "row" : "rows"}, {sizeText(file.bytes)}
          </span>
        </h2>
        <Button busy={isBusy} onClick={onOther}>
          Another file
        </Button>
      </div>
      <Preview file={file} />
      {isBusy && <Working sent={sent} words={write.isBusy ? "Importing" : "Checking every row"} />}
      {!isBusy && <Verdict file={file} checked={checked} check={check} write={write} />}
    </>
  );
}

function Preview({ file }: { file: ImportFile }): JSX.Element {
  const { header, rows, rowsN } = file.preview;
  if (rows.length === 0) return <Empty title="There is no row below the header" />;
  const columns = header.map((name, index) => ({
    key: String(index),
    label: name,
    cell: (row: (typeof rows)[number]) => row.fields[index] ?? "",
  }));
  return (
    <>
      <Table
        caption="The first rows"
        isCaptionHidden
        rows={rows}
        rowKey={(row) => String(row.row)}
        columns={[{ key: "row", label: "Row", cell: (row) => <span class="quiet">{row.row}</span> }, ...columns]}
      />
      {rowsN > rows.length && <p class="quiet">and {formatCount(rowsN - rows.length)} more</p>}
    </>
  );
}

/** While it is sent, how much of it was; then the server works, and does not say how far it is. */
function Working({ sent, words }: { sent: Sent | null; words: string }): JSX.Element {
  const isSending = sent !== null && sent.bytes < sent.of;
  const told = isSending ? "Sending the file" : words;
  return (
    <div class="import-working">
      {isSending ? <progress aria-label={told} value={sent.bytes} max={sent.of} /> : <progress aria-label={told} />}
      <span role="status">{told}…</span>
      {isSending && (
        <span class="quiet number" aria-hidden="true">
          {sizeText(sent.bytes)} of {sizeText(sent.of)}
        </span>
      )}
    </div>
  );
}

interface VerdictProps {
  file: ImportFile;
  checked: Outcome | null;
  check: Submission<undefined>;
  write: Submission<undefined>;
}

function Verdict({ file, checked, check, write }: VerdictProps): JSX.Element | null {
  const problem = write.problem ?? check.problem;
  if (problem && problem.errors.length > 0)
    return <Errors file={file} errors={problem.errors} errorsN={errorsN(problem)} />;
  const retry = write.problem ? write : check;
  if (problem) return <Failure problem={inWords(problem)} onRetry={() => retry.submit(undefined)} />;
  if (!checked) return null; // it begins by itself
  if (checked.wrong > 0)
    return (
      <>
        <Counts outcome={checked} />
        <Errors file={file} errors={checked.errors ?? []} errorsN={checked.errors_n ?? checked.wrong} />
      </>
    );
  return (
    <>
      <Counts outcome={checked} />
      <Changed file={file} outcome={checked} isDry />
      <div class="form-actions is-start">
        {checked.created > 0 ? (
          <Button kind="primary" onClick={() => write.submit(undefined)}>
            Import {formatCount(checked.created)} {checked.created === 1 ? "investment" : "investments"}
          </Button>
        ) : (
          <p>Nothing of it is new.</p>
        )}
      </div>
    </>
  );
}

function errorsN(problem: Problem): number {
  const all = problem.cause instanceof ApiProblem ? problem.cause.document["errors_n"] : undefined;
  return all === undefined ? problem.errors.length : Number(String(all));
}

function inWords(problem: Problem): Problem {
  return problem.status === 413
    ? {
        ...problem,
        title: "The file is too large for this server",
        detail: `${problem.detail} Cut it into parts, each with the header line.`,
      }
    : problem;
}

function Done({ portfolioId, file, outcome, onOther }: ExaminedProps & { outcome: Outcome }): JSX.Element {
  return (
    <>
      <div role="status">
        <h2>{file.name} is imported</h2>
      </div>
      <Counts outcome={outcome} />
      <Changed file={file} outcome={outcome} isDry={false} />
      <div class="form-actions is-start">
        <LinkButton kind="primary" href={`#/portfolios/${portfolioId}/investments?sort=-created_at`}>
          See the investments
        </LinkButton>
        <Button onClick={onOther}>Import another file</Button>
      </div>
    </>
  );
}
