// How the server is: its stores, its feed, and each provider with its breaker and quotas. Asked every few seconds.
import { ApiProblem } from "@portfolio-stream/client";
import type { ComponentChildren, JSX } from "preact";
import { useApi, type ApiState } from "../api";
import { formatCount } from "../format";
import { usePolling } from "../polling";
import { api } from "../server";
import {
  formatDuration,
  quotaRows,
  readFeed,
  tellBreaker,
  tellDatabase,
  tellFeed,
  tellOverall,
  tellProvider,
  tellBus,
  type Health,
  type Provider,
  type Told,
} from "../status/words";
import { Empty, Loaded } from "../ui/states";
import { Table, type TableColumn } from "../ui/table";
import { When } from "../ui/values";
import "../styles/panels.css";
import "../styles/status.css";

const AGAIN_MS = 5000;

/** A server that is not well says so with 503 and the same document. */
async function readHealth(signal: AbortSignal): Promise<{ data: Health }> {
  try {
    return await api.get("/health", { signal, retries: 0 });
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 503 && "postgresql" in error.document)
      return { data: error.document as unknown as Health };
    throw error;
  }
}

export function Page(): JSX.Element {
  const health = useApi("health", readHealth);
  usePolling(health.reload, AGAIN_MS);
  return (
    <section class="sheet" aria-label="Status">
      <h1>Status</h1>
      <Loaded of={health} what="Asking the server">
        {(answer) => <Summary health={answer} />}
      </Loaded>
      <ProvidersPanel />
    </section>
  );
}

function MarkOf({ told }: { told: Told }): JSX.Element {
  return (
    <span class="mark" data-mark={told.mark}>
      {told.text}
    </span>
  );
}

function tellWork({ connections, workers, queue }: Health["postgresql"]): string {
  return `${formatCount(connections)} of ${formatCount(workers)} connections, ${formatCount(queue)} waiting`;
}

function Summary({ health }: { health: Health }): JSX.Element {
  const { postgresql, redis } = health;
  const feed = readFeed(health.feed);
  return (
    <div class="panel sheet">
      <p class="status-overall" role="status">
        <MarkOf told={tellOverall(health.status)} />
      </p>
      <dl class="figures">
        <Fact name="Database" detail={tellWork(postgresql)}>
          <MarkOf told={tellDatabase(postgresql.state)} />
        </Fact>
        <Fact
          name="Bus"
          detail={
            redis.bus === "memory"
              ? "of one process, without Redis"
              : redis.leader
                ? "Redis; one process asks for prices"
                : "Redis; no process asks for prices"
          }
        >
          <MarkOf told={tellBus(redis.state)} />
        </Fact>
        <Fact name="Prices" detail={feed.symbolsN === null ? "" : `${formatCount(feed.symbolsN)} symbols followed`}>
          {feed.state === null ? (
            <MarkOf told={{ mark: "plain", text: "Not said" }} />
          ) : (
            <MarkOf told={tellFeed(feed.state)} />
          )}
        </Fact>
        <Fact name="Server" detail={`up for ${formatDuration(health.uptime_s)}`}>
          Version {health.version}
        </Fact>
      </dl>
    </div>
  );
}

function Fact({ name, detail, children }: { name: string; detail: string; children: ComponentChildren }): JSX.Element {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {children}
        {detail && <span class="row-note">{detail}</span>}
      </dd>
    </div>
  );
}

function readProviders(signal: AbortSignal) {
  return api.get("/providers", { signal, retries: 0 });
}

type Answer = Awaited<ReturnType<typeof readProviders>>["data"];

function ProvidersPanel(): JSX.Element {
  const providers = useApi("providers", readProviders);
  if (providers.problem?.status === 403)
    return <p class="quiet">The providers of prices and their quotas are shown to those who operate the server.</p>;
  return <AskedProviders providers={providers} />;
}

function AskedProviders({ providers }: { providers: ApiState<Answer> }): JSX.Element {
  usePolling(providers.reload, AGAIN_MS);
  return (
    <Loaded of={providers} what="Asking for the providers">
      {(answer) =>
        answer.providers.length === 0 ? (
          <Empty title="There are no providers of prices">
            <p>Prices are set by hand.</p>
          </Empty>
        ) : (
          <Table
            caption="Providers of prices, by preference"
            columns={COLUMNS}
            rows={answer.providers}
            rowKey={(row) => row.name}
          />
        )
      }
    </Loaded>
  );
}

const COLUMNS: readonly TableColumn<Provider>[] = [
  {
    key: "name",
    label: "Provider",
    cell: (row) => (
      <>
        {row.name}
        {row.kind !== "remote" && (
          <span class="row-note">{row.kind === "replay" ? "a recording" : "made-up prices"}</span>
        )}
      </>
    ),
  },
  { key: "state", label: "State", cell: (row) => <State provider={row} /> },
  { key: "quotes", label: "Quotes", isNumber: true, isMinor: true, cell: (row) => formatCount(row.quotes) },
  { key: "quota", label: "Requests left", cell: (row) => <Quotas provider={row} /> },
  { key: "breaker", label: "Breaker", isMinor: true, cell: (row) => <Breaker provider={row} /> },
  {
    key: "answer",
    label: "Last answer",
    isMinor: true,
    cell: (row) => (row.last_answer_at ? <When time={row.last_answer_at} /> : "–"),
  },
  { key: "error", label: "Last error", isMinor: true, cell: (row) => <LastError provider={row} /> },
];

function State({ provider }: { provider: Provider }): JSX.Element {
  return (
    <>
      <MarkOf told={tellProvider(provider.state)} />
      {provider.throttled_until && (
        <span class="row-note">
          until <When time={provider.throttled_until} />
        </span>
      )}
    </>
  );
}

function Breaker({ provider: { breaker } }: { provider: Provider }): JSX.Element {
  if (!breaker) return <>–</>;
  return (
    <>
      <MarkOf told={tellBreaker(breaker)} />
      {breaker.open_until && (
        <span class="row-note">
          until <When time={breaker.open_until} />
        </span>
      )}
    </>
  );
}

function LastError({ provider: { last_error: error } }: { provider: Provider }): JSX.Element {
  if (!error) return <>–</>;
  return (
    <span class="status-error">
      {error.detail}
      <span class="row-note">
        <When time={error.at} />
      </span>
    </span>
  );
}

function Quotas({ provider }: { provider: Provider }): JSX.Element {
  const rows = quotaRows(provider.quota);
  if (rows.length === 0) return <>No limit</>;
  return (
    <ul class="quotas">
      {rows.map(({ span, quota, isLow }) => (
        <li key={span}>
          <span class={isLow ? "is-low" : ""}>{formatCount(quota.left)}</span> of {formatCount(quota.limit)} a {span}
          <span class="bar" aria-hidden="true">
            <span data-low={isLow ? "" : undefined} style={{ width: `${(100 * quota.left) / quota.limit}%` }} />
          </span>
          {quota.left === 0 && quota.resets_at && (
            <span class="row-note">
              again at <When time={quota.resets_at} />
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}
