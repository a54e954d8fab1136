// What was typed into a form that went because the session ended: it is there again when the same person is back.
// In the page's memory only; passwords are not kept.

interface Typed {
  readonly value: string;
  readonly isChecked: boolean;
}

type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

const drafts = new Map<string, readonly Typed[]>();
let owner: string | undefined;

/** Who is in now: what somebody else has typed is forgotten. */
export function ownDrafts(userId: string | undefined): void {
  if (userId !== owner) drafts.clear();
  owner = userId;
}

/** What was typed, of a form that is what it was when it began: `name` says which one, and of what version of what. */
export function keepDraft(name: string, form: HTMLFormElement): void {
  const controls = controlsOf(form);
  if (controls.some((control) => control.type === "password")) return;
  drafts.set(
    name,
    controls.map((control) => ({ value: control.value, isChecked: isChecked(control) })),
  );
}

/** Types it again: components that follow what is typed are told. Whether there was something. */
export function giveDraft(name: string, form: HTMLFormElement): boolean {
  const draft = drafts.get(name);
  if (!draft) return false;
  drafts.delete(name);
  for (const [index, control] of controlsOf(form).entries()) {
    const typed = draft[index];
    if (!typed || (typed.value === control.value && typed.isChecked === isChecked(control))) continue;
    control.value = typed.value;
    if (control instanceof HTMLInputElement) control.checked = typed.isChecked;
    control.dispatchEvent(new Event("input", { bubbles: true }));
  }
  return true;
}

const isChecked = (control: Control): boolean => control instanceof HTMLInputElement && control.checked;

function controlsOf(form: HTMLFormElement): Control[] {
  return [...form.querySelectorAll<Control>("input, select, textarea")];
}
