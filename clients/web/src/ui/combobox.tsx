// A text field with suggestions below it: the combobox of the ARIA patterns, with the focus staying in the field.
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { FieldFrame } from "./field";

export interface Suggestion {
  readonly value: string; // what choosing it writes into the field
  readonly label: ComponentChildren;
}

interface ComboboxProps {
  label: string;
  name: string;
  value: string;
  onValue: (value: string) => void;
  suggestions: readonly Suggestion[];
  isSearching: boolean;
  status: string; // told to a screen reader when it changes
  hint?: ComponentChildren;
  error?: string | undefined;
  autofocus?: boolean; // where a dialog begins
}

export function Combobox(props: ComboboxProps): JSX.Element {
  const { label, name, value, suggestions, status, hint, error, autofocus = false } = props;
  const listId = useId();
  const list = useList(props);
  const optionId = (index: number): string => `${listId}-${index}`;
  return (
    <FieldFrame label={label} hint={hint} error={error}>
      {(described) => (
        <div class="combobox">
          <input
            {...described}
            type="text"
            role="combobox"
            name={name}
            value={value}
            autofocus={autofocus}
            autocomplete="off"
            spellcheck={false}
            autocapitalize="characters"
            aria-autocomplete="list"
            aria-expanded={list.isOpen}
            aria-controls={listId}
            aria-activedescendant={list.isOpen && list.active >= 0 ? optionId(list.active) : undefined}
            onInput={list.onInput}
            onKeyDown={list.onKeyDown}
            onBlur={list.close}
          />
          <ul
            class="combobox-list"
            id={listId}
            role="listbox"
            aria-label={label}
            hidden={!list.isOpen}
            ref={list.element}
          >
            {suggestions.map((suggestion, index) => (
              <li
                key={suggestion.value}
                id={optionId(index)}
                role="option"
                aria-selected={index === list.active}
                onPointerDown={(event) => event.preventDefault()}
                onClick={() => list.choose(index)}
              >
                {suggestion.label}
              </li>
            ))}
          </ul>
          <span class="visually-hidden" role="status">
            {list.isAsked ? status : ""}
          </span>
        </div>
      )}
    </FieldFrame>
  );
}

interface List {
  readonly isOpen: boolean;
  readonly isAsked: boolean;
  readonly active: number; // -1: none
  readonly element: { current: HTMLUListElement | null };
  readonly choose: (index: number) => void;
  readonly close: () => void;
  readonly onInput: JSX.InputEventHandler<HTMLInputElement>;
  readonly onKeyDown: (event: KeyboardEvent) => void;
}

function useList({ value, suggestions, onValue, isSearching }: ComboboxProps): List {
  const [isAsked, setAsked] = useState(false);
  const [active, setActive] = useState(-1);
  const element = useRef<HTMLUListElement>(null);
  useEffect(() => setActive(-1), [value, suggestions.length]);
  useEffect(() => {
    if (active >= 0) element.current?.children[active]?.scrollIntoView({ block: "nearest" });
  }, [active]);
  const isOpen = isAsked && suggestions.length > 0;
  const close = (): void => setAsked(false);
  const choose = (index: number): void => {
    const chosen = suggestions[index];
    if (chosen) onValue(chosen.value);
    close();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const move = moved(event.key, active, suggestions.length);
    if (move !== null && (isOpen || event.key.startsWith("Arrow"))) {
      setAsked(true);
      setActive(move);
      event.preventDefault();
    } else if (event.key === "Enter" && isOpen && active >= 0) {
      choose(active);
      event.preventDefault(); // not yet the form
    } else if (event.key === "Escape" && isOpen) {
      close();
      event.preventDefault(); // nor the dialog
    }
  };
  return {
    isOpen,
    isAsked: isAsked && !isSearching,
    active,
    element,
    choose,
    close,
    onKeyDown,
    onInput: (event) => {
      onValue(event.currentTarget.value);
      setAsked(true);
    },
  };
}

/** Which suggestion a key leads to; null: the key is not for the list. */
export function moved(key: string, active: number, count: number): number | null {
  if (count === 0) return null;
  if (key === "ArrowDown") return active + 1 < count ? active + 1 : 0;
  if (key === "ArrowUp") return active > 0 ? active - 1 : count - 1;
  if (key === "PageDown") return Math.min(Math.max(active, 0) + 8, count - 1);
  if (key === "PageUp") return Math.max(active - 8, 0);
  return null;
}
