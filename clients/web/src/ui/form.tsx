// A form that submits once at a time, shows the server's errors at their fields, and takes the focus to the first.
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Submission } from "../api";
import { giveDraft, keepDraft, type Given } from "../drafts";
import { currentPlace } from "../navigation";
import type { Once } from "../once";
import { isDoorClosing } from "../who";
import { Notice } from "./states";

interface FormProps {
  submission: Submission<FormData>;
  fields: readonly string[]; // that the form has: errors of others are told above it
  label?: string;
  version?: string | undefined; // of what is changed: what was typed over another one is not given back
  once?: { current: Once }; // what it is sent by
  children: ComponentChildren;
}

export function Form({ submission, fields, label, version, once, children }: FormProps): JSX.Element {
  const form = useRef<HTMLFormElement>(null);
  const draft = useDraft(form, `${label ?? ""} ${version ?? ""}`, submission, once);
  const { problem, submit } = submission;
  useEffect(() => {
    if (!problem) return;
    const invalid = form.current?.querySelector<HTMLElement>("[aria-invalid]");
    if (invalid) invalid.focus();
  }, [problem]);
  const onSubmit: JSX.SubmitEventHandler<HTMLFormElement> = (event) => {
    event.preventDefault();
    submit(new FormData(event.currentTarget));
  };
  const others = problem ? [...submission.fieldErrors].filter(([field]) => !fields.includes(field)) : [];
  const isTold = problem && (submission.fieldErrors.size === 0 || others.length > 0);
  return (
    <form ref={form} class="form" aria-label={label} noValidate onSubmit={onSubmit}>
      {draft && <Notice>You were signed out. {tellDraft(draft)}</Notice>}
      {isTold && (
        <Notice kind="error">
          {others.length > 0
            ? others.map(([field, detail]) => (
                <p key={field}>
                  {field} {detail}
                </p>
              ))
            : problem.detail}
        </Notice>
      )}
      {children}
    </form>
  );
}

/** A session that ends while somebody types takes nothing of it away, nor does what is sent again become two. */
function useDraft(
  form: { current: HTMLFormElement | null },
  label: string,
  { fate }: Submission<FormData>,
  once: { current: Once } | undefined,
): Given | null {
  const [draft, setDraft] = useState<Given | null>(null);
  useEffect(() => {
    const name = `${currentPlace().path} ${label}`;
    const element = form.current;
    const given = element && giveDraft(name, element);
    if (once && given?.once) once.current = given.once;
    setDraft(given);
    return () => {
      if (element && isDoorClosing()) keepDraft(name, element, { fate, once: once?.current });
    };
  }, []);
  return draft;
}

function tellDraft({ fate, once }: Given): string {
  if (fate === "done") return "What you had sent was done.";
  const isBack = "What you had typed is here again";
  if (fate === "unsent") return `${isBack}; nothing of it was stored.`;
  return `${isBack}. It may have been done already: ${
    once ? "send it again without a change, and it is done once" : "look before you send it again"
  }.`;
}
