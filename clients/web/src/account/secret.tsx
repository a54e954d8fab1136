// A secret to be taken away: selected when it gets the focus, and copied with a button.
import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { Button } from "../ui/button";

export function Secret({ label, value }: { label: string; value: string }): JSX.Element {
  const field = useRef<HTMLInputElement>(null);
  const [told, setTold] = useState("");
  const copy = async (): Promise<void> => {
    field.current?.select();
    setTold((await copyText(value)) ? "Copied." : "It could not be copied: it is selected, copy it with the keyboard.");
  };
  return (
    <div class="field">
      <div class="secret">
        <input
          ref={field}
          type="text"
          readOnly
          aria-label={label}
          value={value}
          spellcheck={false}
          autocomplete="off"
          onFocus={(event) => event.currentTarget.select()}
        />
        <Button kind="primary" onClick={() => void copy()}>
          Copy
        </Button>
      </div>
      <p class="field-hint" role="status">
        {told}
      </p>
    </div>
  );
}

/** What is selected, where the clipboard is not given to pages (without TLS). */
async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return document.execCommand("copy");
  }
}
