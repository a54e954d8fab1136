// A list that the server gives in pages: read as far as was asked for, with a button for more.
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { useApi, type ApiState } from "../api";
import { readPages, type AllItems, type ListPage } from "../list_pages";
import { Button } from "./button";
import { Loaded } from "./states";

const PAGE_N = 100;

export interface Asked {
  readonly limit: number;
  readonly cursor?: string;
}

export interface Listing<Row> extends ApiState<AllItems<Row>> {
  readonly more: () => void;
}

/** As useApi: another key begins with the first page; reload() reads as many pages again as are there. */
export function useListing<Row>(
  key: string,
  ask: (asked: Asked, signal: AbortSignal) => Promise<{ readonly data: ListPage<Row> }>,
): Listing<Row> {
  const [wanted, setWanted] = useState({ key, pagesN: 1 });
  const pagesN = wanted.key === key ? wanted.pagesN : 1;
  const listed = useApi(key, async (signal) => {
    const data = await readPages((cursor) => ask({ limit: PAGE_N, ...(cursor ? { cursor } : {}) }, signal), pagesN);
    return { data };
  });
  const read = useRef(pagesN);
  useEffect(() => {
    if (pagesN > read.current) listed.reload();
    read.current = pagesN;
  }, [pagesN]);
  return { ...listed, more: () => setWanted({ key, pagesN: pagesN + 1 }) };
}

interface ListedProps<Row> {
  of: Listing<Row>;
  what: string; // "Loading keys"
  none: JSX.Element;
  children: (rows: readonly Row[]) => JSX.Element;
}

export function Listed<Row>({ of, what, none, children }: ListedProps<Row>): JSX.Element {
  return (
    <Loaded of={of} what={what}>
      {({ items, isWhole }) =>
        items.length === 0 ? (
          none
        ) : (
          <>
            {children(items)}
            {!isWhole && (
              <div>
                <Button busy={of.isLoading} onClick={of.more}>
                  Show more
                </Button>
              </div>
            )}
          </>
        )
      }
    </Loaded>
  );
}
