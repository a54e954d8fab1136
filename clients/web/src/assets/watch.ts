// An asset's live price and rows: by the streams of the portfolios that hold it, else asked for now and then.
import type { Position, SelectedDocument, Subscription, SubscriptionStatus } from "@portfolio-stream/client";
import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import { useApi, type ApiState } from "../api";
import { usePolling } from "../polling";
import { api, client } from "../server";
import { newestPrice, priceOfAnswer, priceOfRow, type KnownPrice } from "./price";

export interface HeldRow {
  readonly name: string | null;
  readonly row: Partial<Position> | undefined;
  readonly status: SubscriptionStatus;
}

const FLUSH_MS = 250;
const RATE = 4;
const AGAIN_MS = 10000;
const FIELDS = [
  "quantity",
  "currency",
  "current_price",
  "previous_close",
  "current_value",
  "gain_loss",
  "gain_loss_percent",
  "price_as_of",
  "stale",
] as const;

type Rows = ReadonlyMap<string, HeldRow>;

const NOBODY: Rows = new Map();

/** The asset's rows in these portfolios, a few times a second. */
export function useHeldRows(symbol: string, portfolioIds: readonly string[]): Rows {
  const [rows, setRows] = useState<Rows>(NOBODY);
  const key = portfolioIds.join();
  useEffect(() => {
    const subscriptions = portfolioIds.map((id) => client.subscribe(id, { maxRate: RATE, fields: [...FIELDS] }));
    const stop = follow(symbol, subscriptions, setRows);
    return () => {
      stop();
      for (const subscription of subscriptions) subscription.unsubscribe();
    };
  }, [symbol, key]);
  return rows;
}

function follow(
  symbol: string,
  subscriptions: readonly Subscription<SelectedDocument>[],
  show: (rows: Rows) => void,
): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = (): void => {
    timer = undefined;
    show(
      new Map(
        subscriptions.map(({ portfolioId, document, status }) => [
          portfolioId,
          { name: document?.portfolio_name ?? null, row: document?.positions?.[symbol], status },
        ]),
      ),
    );
  };
  const soon = (): void => {
    timer ??= setTimeout(flush, FLUSH_MS);
  };
  const offs = subscriptions.flatMap((subscription) => [
    subscription.on("state", soon),
    subscription.on("status", soon),
    subscription.on("end", soon),
  ]);
  flush();
  return () => {
    clearTimeout(timer);
    for (const off of offs) off();
  };
}

/** Calls back when what a portfolio holds of the asset is another quantity than before, or nothing any more. */
export function useHeldChange(rows: Rows, onChange: () => void): void {
  const known = useRef(new Map<string, string>());
  useEffect(() => {
    let isOther = false;
    for (const [id, { name, row }] of rows) {
      if (name === null) continue; // nothing came yet
      const held = row?.quantity?.text ?? "";
      const before = known.current.get(id);
      known.current.set(id, held);
      isOther ||= before !== undefined && before !== held;
    }
    if (isOther) onChange();
  }, [rows, onChange]);
}

interface AskedPrice {
  readonly known: KnownPrice | null;
  readonly asked: ApiState<KnownPrice>;
}

/** The streams' price while there is one; else REST's, which asks a provider when it has to. */
export function usePrice(symbol: string, rows: Rows, isHeld: boolean | null): AskedPrice {
  const streamed = useMemo(() => newestPrice([...rows.values()].map(({ row }) => priceOfRow(row))), [rows]);
  const isAwaited = isHeld === true && ![...rows.values()].some(({ name }) => name !== null);
  const mustAsk = isHeld !== null && !isAwaited && streamed === null;
  const asked = useApi(mustAsk ? `price ${symbol}` : null, async (signal) => {
    const { data } = await api.get("/assets/{ticker_symbol}/price", {
      params: { ticker_symbol: symbol },
      signal,
      retries: 0,
    });
    return { data: priceOfAnswer(data) };
  });
  const { reload } = asked;
  const again = useCallback(() => {
    if (mustAsk) reload();
  }, [mustAsk, reload]);
  usePolling(again, AGAIN_MS);
  return { known: streamed ?? asked.data ?? null, asked };
}
