// Which columns are shown: the URL's, else what was chosen last on this device, else what fits its width.
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { setQuery } from "../navigation";
import { Button } from "../ui/button";
import { Icon } from "../ui/icon";
import { COLUMNS, defaultColumns, formatColumns, parseColumns, type Column, type Width } from "./columns";

const STORED_AS = "portfolio.columns";
const phone = matchMedia("(max-width: 40rem)");
const middle = matchMedia("(max-width: 70rem)");

const paper = matchMedia("print");

const widthNow = (): Width => (phone.matches ? "phone" : middle.matches ? "middle" : "wide");

function stored(width: Width): string | null {
  try {
    return localStorage.getItem(`${STORED_AS}.${width}`);
  } catch {
    return null;
  }
}

function store(width: Width, text: string | null): void {
  try {
    if (text === null) localStorage.removeItem(`${STORED_AS}.${width}`);
    else localStorage.setItem(`${STORED_AS}.${width}`, text);
  } catch {
    // Not kept then.
  }
}

function useWidth(): Width {
  const [width, setWidth] = useState(widthNow);
  useEffect(() => {
    const onChange = (): void => {
      if (!paper.matches) setWidth(widthNow()); // on paper are the columns of the screen
    };
    phone.addEventListener("change", onChange);
    middle.addEventListener("change", onChange);
    return () => {
      phone.removeEventListener("change", onChange);
      middle.removeEventListener("change", onChange);
    };
  }, []);
  return width;
}

export function useColumns(fromUrl: string | null): Column[] {
  const width = useWidth();
  return parseColumns(fromUrl ?? stored(width) ?? defaultColumns(width));
}

export function ColumnChooser({ columns }: { columns: readonly Column[] }): JSX.Element {
  const details = useRef<HTMLDetailsElement>(null);
  const shown = new Set(columns.map((column) => column.key));
  useEffect(() => {
    const onOutside = (event: Event): void => {
      if (details.current && event.target instanceof Node && !details.current.contains(event.target))
        details.current.open = false;
    };
    document.addEventListener("pointerdown", onOutside);
    document.addEventListener("focusin", onOutside);
    return () => {
      document.removeEventListener("pointerdown", onOutside);
      document.removeEventListener("focusin", onOutside);
    };
  }, []);
  const choose = (keys: ReadonlySet<string>): void => {
    const text = formatColumns(keys);
    store(widthNow(), text);
    setQuery({ columns: text || "none" });
  };
  const toggle = (key: string): void => {
    const keys = new Set(shown);
    if (!keys.delete(key)) keys.add(key);
    choose(keys);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== "Escape" || !details.current) return;
    details.current.open = false;
    details.current.querySelector("summary")?.focus();
  };
  return (
    <details ref={details} class="menu" onKeyDown={onKeyDown}>
      <summary class="button is-plain">
        <Icon name="columns" /> Columns
      </summary>
      <fieldset class="menu-body">
        <legend class="visually-hidden">Columns</legend>
        {COLUMNS.map((column) => (
          <label key={column.key}>
            <input type="checkbox" checked={shown.has(column.key)} onChange={() => toggle(column.key)} />
            <span>{column.label}</span>
          </label>
        ))}
        <Button
          kind="quiet"
          onClick={() => {
            store(widthNow(), null);
            setQuery({ columns: null });
          }}
        >
          As at first
        </Button>
      </fieldset>
    </details>
  );
}
