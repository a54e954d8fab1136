// Every page: its path, its title, where it is offered. One file a page; it is loaded when it is gone to.
import type { ComponentType } from "preact";
import { mayChange } from "../rights";
import { matchPath, type Params } from "../router";
import type { Me } from "../who";

export interface PageProps {
  readonly params: Params;
  readonly query: URLSearchParams;
}

export interface PageEntry {
  readonly path: string; // "/portfolios/:portfolioId/returns"
  readonly title: string; // of the document and of the focus that moves here
  readonly nav?: string; // its label in the header
  readonly tab?: string; // its label among the pages of a portfolio, in whose frame it is shown
  readonly isFor?: (me: Me) => boolean; // offered only to these; all if it is left out
  readonly isPublic?: boolean; // needs nobody signed in
  readonly load: () => Promise<{ readonly Page: ComponentType<PageProps> }>;
}

/** In the order in which navigation and tabs show them. */
export const PAGES: readonly PageEntry[] = [
  { path: "/", title: "Overview", nav: "Overview", load: () => import("./overview") },
  { path: "/sign-in", title: "Sign in", isPublic: true, load: () => import("./sign_in") },
  { path: "/register", title: "Open an account", isPublic: true, load: () => import("./register") },
  { path: "/portfolios/new", title: "New portfolio", load: () => import("./new_portfolio") },
  { path: "/portfolios/:portfolioId", title: "Positions", tab: "Positions", load: () => import("./positions") },
  { path: "/portfolios/:portfolioId/history", title: "Value", tab: "Value", load: () => import("./history") },
  { path: "/portfolios/:portfolioId/returns", title: "Returns", tab: "Returns", load: () => import("./returns") },
  {
    path: "/portfolios/:portfolioId/allocation",
    title: "Allocation",
    tab: "Allocation",
    load: () => import("./allocation"),
  },
  {
    path: "/portfolios/:portfolioId/investments",
    title: "Investments",
    tab: "Investments",
    load: () => import("./investments"),
  },
  {
    path: "/portfolios/:portfolioId/import",
    title: "Import",
    tab: "Import",
    isFor: mayChange,
    load: () => import("./import"),
  },
  {
    path: "/portfolios/:portfolioId/settings",
    title: "Settings",
    tab: "Settings",
    isFor: mayChange,
    load: () => import("./portfolio_settings"),
  },
  { path: "/customers/:customerId", title: "Customer", load: () => import("./customer") },
  { path: "/assets/:symbol", title: "Asset", load: () => import("./asset") },
  { path: "/status", title: "Status", nav: "Status", load: () => import("./status") },
  { path: "/account", title: "Account", load: () => import("./account") },
];

/** Begins to load what will probably be gone to; that it fails shows when it is. */
export function loadAhead(entry: PageEntry | undefined): void {
  entry?.load().catch(() => undefined);
}

export interface Found {
  readonly entry: PageEntry;
  readonly params: Params;
}

export function findPage(path: string, pages: readonly PageEntry[] = PAGES): Found | null {
  for (const entry of pages) {
    const params = matchPath(entry.path, path);
    if (params) return { entry, params };
  }
  return null;
}
