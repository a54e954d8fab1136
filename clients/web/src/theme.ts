// Light, dark or as the system has it: kept in localStorage, written to <html data-theme>.
import { useEffect, useState } from "preact/hooks";

export type ThemeChoice = "auto" | "light" | "dark";

const STORED_AS = "portfolio.theme";
const CHANGED = "portfolio:theme";
const system = matchMedia("(prefers-color-scheme: dark)");

let unsaved: ThemeChoice | null = null; // where storage is forbidden

export function themeChoice(): ThemeChoice {
  const stored = unsaved ?? readStored();
  return stored === "light" || stored === "dark" ? stored : "auto";
}

function readStored(): string | null {
  try {
    return localStorage.getItem(STORED_AS);
  } catch {
    return null; // storage is forbidden: auto
  }
}

/** What is shown now; charts take their colours anew when it changes (useTheme). */
export function shownTheme(): "light" | "dark" {
  const choice = themeChoice();
  return choice === "auto" ? (system.matches ? "dark" : "light") : choice;
}

function apply(): void {
  const root = document.documentElement;
  root.dataset["theme"] = shownTheme();
  const frame = document.querySelector('meta[name="theme-color"]'); // what a phone draws around the page
  frame?.setAttribute("content", getComputedStyle(root).getPropertyValue("--panel").trim());
  window.dispatchEvent(new Event(CHANGED));
}

export function chooseTheme(choice: ThemeChoice): void {
  try {
    if (choice === "auto") localStorage.removeItem(STORED_AS);
    else localStorage.setItem(STORED_AS, choice);
  } catch {
    unsaved = choice;
  }
  apply();
}

export function startTheme(): void {
  system.addEventListener("change", apply);
  apply();
}

export function useTheme(): { choice: ThemeChoice; shown: "light" | "dark" } {
  const read = (): { choice: ThemeChoice; shown: "light" | "dark" } => ({ choice: themeChoice(), shown: shownTheme() });
  const [theme, setTheme] = useState(read);
  useEffect(() => {
    const onChange = (): void => setTheme(read());
    window.addEventListener(CHANGED, onChange);
    return () => window.removeEventListener(CHANGED, onChange);
  }, []);
  return theme;
}
