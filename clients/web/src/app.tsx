// The shell: header, the page that the URL names, and the focus that follows it.
import type { ComponentType, JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Problem } from "./api";
import { Header } from "./header";
import { currentPlace, redirect, usePageTitle, usePlace } from "./navigation";
import { findPage, type Found, type PageProps } from "./pages/registry";
import { PortfolioFrame } from "./portfolio_frame";
import { formatHash, safeNext } from "./router";
import { useWho, type Who } from "./who";
import { LateNotices } from "./ui/late";
import { Empty, Failure, Loading } from "./ui/states";

export function App(): JSX.Element {
  const { place, visit } = usePlace();
  const who = useWho();
  const found = findPage(place.path);
  const main = useRef<HTMLElement>(null);
  useDoor(who, found);
  useArrival(`${visit} ${place.path}`, found, main);
  const isShown = found !== null && (found.entry.isPublic || who.state === "in");
  return (
    <>
      <Header path={place.path} who={who} onSkip={() => main.current?.focus()} />
      <main ref={main} id="main" tabIndex={-1}>
        {who.state === "starting" && <Loading />}
        {who.state === "unreachable" && <Failure problem={who.problem} onRetry={who.retry} />}
        {found === null && who.state !== "starting" && <Missing />}
        {isShown && <Shown found={found} path={place.path} query={place.query} />}
      </main>
      <LateNotices />
    </>
  );
}

/** Nobody signed in goes to the door, and from there where they wanted to go. */
function useDoor(who: Who, found: Found | null): void {
  const isPublic = found?.entry.isPublic ?? false;
  useEffect(() => {
    const { path, query } = currentPlace();
    const here = formatHash(path, query);
    if (who.state === "out" && !isPublic) redirect("/sign-in", here === "#/" ? {} : { next: here });
    if (who.state === "in" && isPublic) location.replace(safeNext(query.get("next")));
  }, [who.state, isPublic, found?.entry]);
}

/** Somewhere else: the top of it, and the focus at its beginning. */
function useArrival(arrival: string, found: Found | null, main: { current: HTMLElement | null }): void {
  const isFirst = useRef(true);
  usePageTitle(found?.entry.title ?? "Not found");
  useEffect(() => {
    if (isFirst.current) {
      isFirst.current = false;
      return;
    }
    window.scrollTo(0, 0);
    main.current?.focus({ preventScroll: true });
  }, [arrival]);
}

function Missing(): JSX.Element {
  return (
    <Empty isPage title="There is no such page">
      <a href="#/">Go to the overview</a>
    </Empty>
  );
}

function Shown({ found, path, query }: { found: Found; path: string; query: URLSearchParams }): JSX.Element {
  const { entry, params } = found;
  const page = <LoadedPage key={path} found={found} query={query} />;
  const portfolioId = params["portfolioId"];
  if (entry.tab === undefined || portfolioId === undefined) return page;
  return (
    <PortfolioFrame key={portfolioId} portfolioId={portfolioId} tab={entry.path}>
      {page}
    </PortfolioFrame>
  );
}

type Load =
  | { state: "loading" }
  | { state: "there"; Page: ComponentType<PageProps> }
  | { state: "failed"; problem: Problem };

const NOT_LOADED: Omit<Problem, "cause"> = {
  title: "This page could not be loaded",
  detail: "The server cannot be reached, or has another version by now.",
  status: 0,
  code: "not_loaded",
  requestId: null,
  errors: [],
};

function LoadedPage({ found, query }: { found: Found; query: URLSearchParams }): JSX.Element {
  const [load, setLoad] = useState<Load>({ state: "loading" });
  useEffect(() => {
    let isGone = false;
    found.entry.load().then(
      ({ Page }) => {
        if (!isGone) setLoad({ state: "there", Page });
      },
      (cause: unknown) => {
        if (!isGone) setLoad({ state: "failed", problem: { ...NOT_LOADED, cause } });
      },
    );
    return () => {
      isGone = true;
    };
  }, [found.entry]);
  if (load.state === "loading") return <Loading />;
  if (load.state === "failed") return <Failure problem={load.problem} onRetry={() => location.reload()} />;
  return <load.Page params={found.params} query={query} />;
}
