// What the pages of a portfolio share: its live totals, its tabs, one subscription for all of them.
import type { PortfolioDocument, Subscription, Totals } from "@portfolio-stream/client";
import { createContext, type ComponentChildren, type JSX } from "preact";
import { useContext, useEffect, useRef } from "preact/hooks";
import { formatCount } from "./format";
import { useLive, useSubscription, type Live } from "./live";
import { useTitle } from "./navigation";
import { loadAhead, PAGES } from "./pages/registry";
import { fillPath } from "./router";
import { Empty, Failure, Loading, Notice } from "./ui/states";
import { Amount, LiveAmount, Percent, When } from "./ui/values";
import { useMe } from "./who";

const SubscriptionContext = createContext<Subscription | null>(null);

/** The subscription of the portfolio whose page this is; follow it with useLive() or followLive(). */
export function usePortfolioSubscription(): Subscription {
  const subscription = useContext(SubscriptionContext);
  if (!subscription) throw new Error("not within a portfolio's frame");
  return subscription;
}

interface FrameProps {
  portfolioId: string;
  tab: string;
  children: ComponentChildren;
}

export function PortfolioFrame({ portfolioId, tab, children }: FrameProps): JSX.Element {
  const subscription = useSubscription(portfolioId);
  const live = useLive(subscription);
  const name = live.document?.portfolio_name;
  useTitle(name && `${name}: ${PAGES.find((entry) => entry.path === tab)?.title ?? ""}`);
  const { document: data } = live;
  const wasThere = useRef(false); // an ended subscription has no document any more
  wasThere.current ||= data !== null;
  if (live.status === "ended" || (live.error && !data))
    return <Gone live={live} wasThere={wasThere.current} onRetry={() => subscription?.resync()} />;
  if (!subscription || !data) return <Loading what="Loading the portfolio" />;
  return (
    <div class="portfolio" data-status={live.status}>
      <div class="portfolio-head">
        <div>
          <h1>{data.portfolio_name}</h1>
          <p class="quiet">
            <Marks live={live} />
          </p>
        </div>
        <TotalsLine totals={data.totals} currency={data.base_currency} />
      </div>
      <Tabs portfolioId={portfolioId} tab={tab} />
      <SubscriptionContext.Provider value={subscription}>{children}</SubscriptionContext.Provider>
    </div>
  );
}

interface GoneProps {
  live: Live;
  wasThere: boolean;
  onRetry: () => void;
}

function Gone({ live, wasThere, onRetry }: GoneProps): JSX.Element {
  const { status, error } = live;
  if (status !== "ended" && error && error.code !== "not_found") {
    const problem = {
      title: "The portfolio cannot be shown now",
      detail: error.detail,
      status: 0,
      code: error.code,
      requestId: null,
      errors: [],
      cause: error,
    };
    return <Failure problem={problem} onRetry={onRetry} />;
  }
  return (
    <Empty isPage title={wasThere ? "This portfolio is gone" : "There is no such portfolio"}>
      <p>
        It was deleted, or you may not see it{wasThere ? " any more" : ""}. <a href="#/">Go to the overview</a>
      </p>
    </Empty>
  );
}

const STATUS_WORDS: Readonly<Partial<Record<Live["status"], string>>> = {
  stale: "Stale prices",
  market_closed: "Market closed",
  disconnected: "Last known state",
};

function Marks({ live }: { live: Live }): JSX.Element {
  const word = STATUS_WORDS[live.status];
  return (
    <>
      {live.asOf && (
        <span>
          As of <When time={live.asOf} />
        </span>
      )}
      {word && <span class={`badge is-${live.status}`}>{word}</span>}
    </>
  );
}

function TotalsLine({ totals, currency }: { totals: Totals; currency: string }): JSX.Element {
  return (
    <>
      <dl class="totals" aria-label="Totals">
        <div class="is-main">
          <dt>
            Value <span class="unit">{currency}</span>
          </dt>
          <dd data-total="total_value">
            <LiveAmount value={totals.total_value} />
          </dd>
        </div>
        <Gain label="Today" name="day_change" amount={totals.day_change} percent={totals.day_change_percent} />
        <Gain label="Gain or loss" name="gain_loss" amount={totals.gain_loss} percent={totals.gain_loss_percent} />
        <div>
          <dt>Cost</dt>
          <dd data-total="cost_basis">
            <Amount value={totals.cost_basis} />
          </dd>
        </div>
        <div>
          <dt>Cash</dt>
          <dd data-total="cash_balance">
            <Amount value={totals.cash_balance} />
          </dd>
        </div>
      </dl>
      <Unpriced count={totals.unpriced} currency={currency} />
    </>
  );
}

interface GainProps {
  label: string;
  name: "day_change" | "gain_loss";
  amount: PortfolioDocument["totals"]["day_change"];
  percent: PortfolioDocument["totals"]["day_change_percent"];
}

function Gain({ label, name, amount, percent }: GainProps): JSX.Element {
  return (
    <div>
      <dt>{label}</dt>
      <dd>
        <span data-total={name}>
          <LiveAmount value={amount} toned />
        </span>
        {percent !== undefined && (
          <small data-total={`${name}_percent`}>
            <Percent value={percent} toned />
          </small>
        )}
      </dd>
    </div>
  );
}

function Unpriced({ count, currency }: { count: number; currency: string }): JSX.Element | null {
  if (count === 0) return null;
  return (
    <Notice kind="warning">
      {count === 1 ? "1 position has" : `${formatCount(count)} positions have`} no price in {currency}: not in value and
      gain.
    </Notice>
  );
}

function Tabs({ portfolioId, tab }: { portfolioId: string; tab: string }): JSX.Element {
  const me = useMe();
  const nav = useRef<HTMLElement>(null);
  useEffect(() => {
    if (nav.current) showCurrent(nav.current);
  }, [tab]);
  return (
    <nav ref={nav} class="tabs" aria-label="Of this portfolio">
      {PAGES.filter((entry) => entry.tab !== undefined && (entry.isFor?.(me) ?? true)).map((entry) => (
        <a
          key={entry.path}
          href={`#${fillPath(entry.path, { portfolioId })}`}
          aria-current={entry.path === tab ? "page" : undefined}
          onPointerEnter={() => loadAhead(entry)}
        >
          {entry.tab}
        </a>
      ))}
    </nav>
  );
}

/** On a phone not all tabs are to be seen: the one of this page in the middle, as far as it goes. */
function showCurrent(nav: HTMLElement): void {
  const middle = (element: Element): number => {
    const { left, width } = element.getBoundingClientRect();
    return left + width / 2;
  };
  const current = nav.querySelector("[aria-current]");
  if (current) nav.scrollLeft += middle(current) - middle(nav);
}
