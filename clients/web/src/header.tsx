// The header: the name, where one can go, how the connection is, the theme, who is signed in.
import type { JSX } from "preact";
import { ConnectionMark } from "./connection";
import { matchPath } from "./router";
import { loadAhead, PAGES } from "./pages/registry";
import { chooseTheme, useTheme, type ThemeChoice } from "./theme";
import { signOut, type Who } from "./who";
import { Icon } from "./ui/icon";

interface HeaderProps {
  path: string;
  who: Who;
  onSkip: () => void; // over the header, to the page
}

export function Header({ path, who, onSkip }: HeaderProps): JSX.Element {
  const isIn = who.state === "in";
  return (
    <header class="header">
      <button type="button" class="button is-primary skip-link" onClick={onSkip}>
        Skip to content
      </button>
      <a class="brand" href="#/">
        Portfolio Stream
      </a>
      {isIn && <Navigation path={path} />}
      <div class="header-end">
        {isIn && <ConnectionMark />}
        <ThemeSwitch />
        {isIn && who.me.credential !== "none" && (
          <div class="account">
            <a
              class="account-link"
              href="#/account"
              title={who.me.email}
              aria-label={`Account: ${who.me.email ?? who.me.role}`}
              aria-current={path === "/account" ? "page" : undefined}
            >
              <Icon name="user" />
              <span class="account-name">{who.me.email ?? who.me.role}</span>
            </a>
            <button type="button" class="text-button" onClick={() => void signOut()}>
              Sign out
            </button>
          </div>
        )}
      </div>
    </header>
  );
}

function Navigation({ path }: { path: string }): JSX.Element {
  return (
    <nav aria-label="Pages">
      {PAGES.filter((entry) => entry.nav !== undefined).map((entry) => (
        <a
          key={entry.path}
          href={`#${entry.path}`}
          aria-current={matchPath(entry.path, path) ? "page" : undefined}
          onPointerEnter={() => loadAhead(entry)}
        >
          {entry.nav}
        </a>
      ))}
    </nav>
  );
}

const NEXT: Readonly<Record<ThemeChoice, ThemeChoice>> = { auto: "light", light: "dark", dark: "auto" };
const ICONS = { auto: "auto", light: "sun", dark: "moon" } as const;
const NAMES: Readonly<Record<ThemeChoice, string>> = { auto: "as the system", light: "light", dark: "dark" };

function ThemeSwitch(): JSX.Element {
  const { choice } = useTheme();
  const label = `Theme: ${NAMES[choice]}. Change to ${NAMES[NEXT[choice]]}`;
  return (
    <button
      type="button"
      class="icon-button"
      aria-label={label}
      title={label}
      onClick={() => chooseTheme(NEXT[choice])}
    >
      <Icon name={ICONS[choice]} />
    </button>
  );
}
