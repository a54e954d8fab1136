// What was typed into a form that went because the session ended: it is there again when the same person is back.
// In the page's memory only; passwords are not kept.
import type { Fate } from "./api";
import type { Once } from "./once";

interface Typed {
  readonly value: string;
  readonly isChecked: boolean;
}

type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

/** A form's sending: how what was sent last fares, and the key under which it is done once. */
interface Sending {
  readonly fate: { readonly current: Fate };
  readonly once: Once | undefined;
}

interface Draft extends Sending {
  readonly typed: readonly Typed[];
}

export interface Given {
  readonly fate: Fate;
  readonly once: Once | undefined;
}

const drafts = new Map<string, Draft>();
let owner: string | undefined;

/** Who is in now: what somebody else has typed is forgotten. */
export function ownDrafts(userId: string | undefined): void {
  if (userId !== owner) drafts.clear();
  owner = userId;
}

/** What was typed, of a form that is what it was when it began: `name` says which one, and of what version of what. */
export function keepDraft(name: string, form: HTMLFormElement, { fate, once }: Sending): void {
  const controls = controlsOf(form);
  if (controls.some((control) => control.type === "password")) return;
  drafts.set(name, {
    typed: controls.map((control) => ({ value: control.value, isChecked: isChecked(control) })),
    fate: fate.current === "open" ? fate : { current: "unsent" }, // what is typed since something was done is not it
    once: once?.copy(),
  });
}

/** Types it again, unless it was done: components that follow what is typed are told. null: there was nothing. */
export function giveDraft(name: string, form: HTMLFormElement): Given | null {
  const draft = drafts.get(name);
  if (!draft) return null;
  drafts.delete(name);
  const given: Given = { fate: draft.fate.current, once: draft.once };
  if (given.fate !== "done") typeAgain(draft.typed, form);
  return given;
}

function typeAgain(before: readonly Typed[], form: HTMLFormElement): void {
  for (const [index, control] of controlsOf(form).entries()) {
    const typed = before[index];
    if (!typed || (typed.value === control.value && typed.isChecked === isChecked(control))) continue;
    control.value = typed.value;
    if (control instanceof HTMLInputElement) control.checked = typed.isChecked;
    control.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

const isChecked = (control: Control): boolean => control instanceof HTMLInputElement && control.checked;

function controlsOf(form: HTMLFormElement): Control[] {
  return [...form.querySelectorAll<Control>("input, select, textarea")];
}
