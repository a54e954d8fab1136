// An asset: what it is, its price as it moves, its history, splits and dividends, and who holds it.
import type { RestComponents } from "@portfolio-stream/client";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { CLASS_NAMES, currencyName, regionName } from "../allocation/slices";
import { useApi } from "../api";
import { ActionsTable } from "../assets/actions_table";
import { HistoryPanel } from "../assets/history_panel";
import { HoldersTable } from "../assets/holders_table";
import { holdersOf } from "../assets/lots";
import type { KnownPrice } from "../assets/price";
import { readActions, readLots } from "../assets/read";
import { useHeldChange, useHeldRows, usePrice } from "../assets/watch";
import { parseRange } from "../charts/ranges";
import { useTitle } from "../navigation";
import { api } from "../server";
import { Loaded, Notice } from "../ui/states";
import { Amount, Percent, When } from "../ui/values";
import type { PageProps } from "./registry";
import "../styles/charts.css";
import "../styles/panels.css";
import "../styles/asset.css";

type Asset = RestComponents["schemas"]["Asset"];

const FOLLOWED_MAX = 12; // portfolios

export function Page({ params, query }: PageProps): JSX.Element {
  const symbol = (params["symbol"] ?? "").toUpperCase();
  return <AssetPage key={symbol} symbol={symbol} query={query} />;
}

function AssetPage({ symbol, query }: { symbol: string; query: URLSearchParams }): JSX.Element {
  const asset = useApi(`asset ${symbol}`, (signal) =>
    api.get("/assets/{ticker_symbol}", { params: { ticker_symbol: symbol }, signal }),
  );
  useTitle(symbol);
  return (
    <section class="sheet" aria-label={symbol}>
      {!asset.data && <h1>{symbol}</h1>}
      <Loaded of={asset} what="Loading the asset">
        {(data) => <Known asset={data} query={query} />}
      </Loaded>
    </section>
  );
}

function Known({ asset, query }: { asset: Asset; query: URLSearchParams }): JSX.Element {
  const symbol = asset.ticker_symbol;
  const lots = useApi(`lots ${symbol}`, (signal) => readLots(symbol, signal));
  const actions = useApi(`actions ${symbol}`, async (signal) => ({ data: await readActions(symbol, signal) }));
  const holders = useMemo(() => holdersOf(lots.data?.lots ?? []), [lots.data]);
  const rows = useHeldRows(
    symbol,
    holders.slice(0, FOLLOWED_MAX).map((holder) => holder.portfolioId),
  );
  useHeldChange(rows, lots.reload);
  const isHeld = lots.data ? holders.length > 0 : lots.problem ? false : null;
  const { known } = usePrice(symbol, rows, isHeld);
  const price = known ?? lastPrice(asset);
  const isLost = [...rows.values()].some(({ status }) => status === "disconnected");
  return (
    <div class="sheet" data-status={isLost ? "disconnected" : undefined}>
      <div class="asset-head">
        <div>
          <h1>{symbol}</h1>
          <p class="quiet">{asset.name ?? "No name is known"}</p>
        </div>
        <Price price={price} isLost={isLost} />
      </div>
      <HistoryPanel
        symbol={symbol}
        currency={asset.currency}
        range={parseRange(query.get("range"))}
        price={price}
        actions={actions}
      />
      <Loaded of={lots} what="Looking who holds it">
        {({ isWhole }) => (
          <>
            <HoldersTable holders={holders} shownN={FOLLOWED_MAX} rows={rows} />
            {!isWhole && <Notice>Only the first lots were counted.</Notice>}
          </>
        )}
      </Loaded>
      <Loaded of={actions} what="Loading splits and dividends">
        {(data) => <ActionsTable actions={data} currency={asset.currency} />}
      </Loaded>
      <Details asset={asset} />
    </div>
  );
}

/** What the asset's own answer had, until there is a newer one. */
function lastPrice({ last_price: last }: Asset): KnownPrice | null {
  if (!last) return null;
  return {
    price: last.price,
    currency: last.currency,
    asOf: last.as_of,
    day: last.session,
    isStale: last.stale,
    change: undefined,
    changePercent: undefined,
  };
}

function Price({ price, isLost }: { price: KnownPrice | null; isLost: boolean }): JSX.Element {
  if (!price) return <p class="quiet">No price is known yet.</p>;
  return (
    <dl class="totals" aria-label="Price">
      <div class="is-main">
        <dt>
          Price <span class="unit">{price.currency}</span>
          {isLost ? (
            <span class="badge is-disconnected">Last known state</span>
          ) : (
            price.isStale && <span class="badge is-stale">stale</span>
          )}
        </dt>
        <dd data-asset="price">
          <Amount value={price.price} />
        </dd>
      </div>
      <div>
        <dt>Since the previous close</dt>
        <dd>
          <Amount value={price.change} toned />{" "}
          <small>
            <Percent value={price.changePercent} toned />
          </small>
        </dd>
      </div>
      <div>
        <dt>As of</dt>
        <dd>
          <When time={price.asOf} />
        </dd>
      </div>
    </dl>
  );
}

function Details({ asset }: { asset: Asset }): JSX.Element {
  const vendors = Object.entries(asset.provider_symbols);
  const facts: readonly (readonly [string, string | undefined])[] = [
    ["Class", asset.asset_class && (CLASS_NAMES[asset.asset_class] ?? asset.asset_class)],
    ["Currency", asset.currency && tellCode(currencyName(asset.currency), asset.currency)],
    ["Exchange", asset.exchange_mic],
    ["Sector", asset.sector],
    ["Industry", asset.industry],
    ["Country", asset.country && regionName(asset.country)],
    [
      "Its providers call it",
      vendors.length > 0 ? vendors.map(([vendor, name]) => `${name} (${vendor})`).join(", ") : undefined,
    ],
  ];
  const known = facts.filter(([, value]) => value !== undefined);
  if (known.length === 0) return <p class="quiet notes">Nothing else is known of it.</p>;
  return (
    <div class="panel sheet">
      <h2>Details</h2>
      <dl class="figures">
        {known.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

const tellCode = (name: string, code: string): string => (name === code ? code : `${name} (${code})`);
