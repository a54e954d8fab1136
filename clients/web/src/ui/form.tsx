// A form that submits once at a time, shows the server's errors at their fields, and takes the focus to the first.
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Submission } from "../api";
import { giveDraft, keepDraft } from "../drafts";
import { currentPlace } from "../navigation";
import { isDoorClosing } from "../who";
import { Notice } from "./states";

interface FormProps {
  submission: Submission<FormData>;
  fields: readonly string[]; // that the form has: errors of others are told above it
  label?: string;
  version?: string | undefined; // of what is changed: what was typed over another one is not given back
  children: ComponentChildren;
}

export function Form({ submission, fields, label, version, children }: FormProps): JSX.Element {
  const form = useRef<HTMLFormElement>(null);
  const isBack = useDraft(form, `${label ?? ""} ${version ?? ""}`);
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
      {isBack && <Notice>You were signed out. What you had typed is here again; nothing of it was sent.</Notice>}
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

/** A session that ends while somebody types takes nothing of it away. */
function useDraft(form: { current: HTMLFormElement | null }, label: string): boolean {
  const [isBack, setBack] = useState(false);
  useEffect(() => {
    const name = `${currentPlace().path} ${label}`;
    const element = form.current;
    if (element && giveDraft(name, element)) setBack(true);
    return () => {
      if (element && isDoorClosing()) keepDraft(name, element);
    };
  }, []);
  return isBack;
}
