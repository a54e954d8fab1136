// The symbol of an investment, with what the server knows by that symbol or name.
import type { RestComponents } from "@portfolio-stream/client";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useApi } from "../api";
import { api } from "../server";
import { useSettled } from "../settled";
import { Combobox } from "../ui/combobox";

type Asset = RestComponents["schemas"]["AssetSummary"];

const SHOWN_N = 12;

interface SymbolFieldProps {
  initial?: string;
  hint?: string | undefined;
  error?: string | undefined;
}

export function SymbolField({ initial = "", hint, error }: SymbolFieldProps): JSX.Element {
  const [symbol, setSymbol] = useState(initial);
  const typed = symbol.trim();
  const asked = useSettled(typed);
  const found = useApi(asked === "" ? null : `assets ${asked}`, (signal) =>
    api.get("/assets", { query: { query: asked, limit: SHOWN_N }, signal }),
  );
  const isSearching = asked !== typed || found.isLoading;
  const assets = typed === "" ? [] : (found.data?.items ?? []);
  const same = assets.find((asset) => asset.ticker_symbol === typed.toUpperCase());
  return (
    <Combobox
      label="Symbol"
      name="ticker_symbol"
      autofocus
      value={symbol}
      onValue={setSymbol}
      isSearching={isSearching}
      suggestions={assets.map((asset) => ({ value: asset.ticker_symbol, label: <AssetLine asset={asset} /> }))}
      status={assets.length === 0 ? "Nothing found" : `${assets.length} found`}
      hint={
        hint ??
        (error
          ? undefined
          : typed === ""
            ? "A symbol, or words of a name"
            : whatItIs(same, isSearching, found.problem !== undefined))
      }
      error={error}
    />
  );
}

function whatItIs(asset: Asset | undefined, isSearching: boolean, isFailed: boolean): string | undefined {
  if (asset) return [asset.name, asset.currency].filter(Boolean).join(" · ") || "Known, without a name";
  if (isFailed) return "The search does not answer now; a symbol is taken all the same.";
  return isSearching ? "Searching…" : "Not known yet: it is taken, and stays without a price until there is one.";
}

function AssetLine({ asset }: { asset: Asset }): JSX.Element {
  return (
    <>
      <strong>{asset.ticker_symbol}</strong>
      <span>{asset.name ?? ""}</span>
      <span class="unit">{[asset.asset_class, asset.currency].filter(Boolean).join(" · ")}</span>
    </>
  );
}
