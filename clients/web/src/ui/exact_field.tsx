// A decimal field that says how it will be read, where that is not evident.
import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import { markHint, readAs } from "../decimal_text";
import { DecimalField } from "./field";

interface ExactFieldProps {
  label: string;
  name: string;
  initial?: string | undefined;
  hint?: ComponentChildren;
  error?: string | undefined;
  required?: boolean;
}

export function ExactField({ initial = "", hint, ...rest }: ExactFieldProps): JSX.Element {
  const [typed, setTyped] = useState(initial);
  const read = readAs(typed);
  const note =
    read === null ? null : (
      <span class="read-as">
        Read as <span class="number">{read}</span>
      </span>
    );
  const isUnread = typed.trim() !== "" && read === null && /[^0-9.]/.test(typed);
  return (
    <DecimalField
      {...rest}
      value={typed}
      onInput={(event) => setTyped(event.currentTarget.value)}
      hint={note ?? (isUnread ? markHint() : hint)}
    />
  );
}
