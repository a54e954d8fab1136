// A form that submits once at a time, shows the server's errors at their fields, and takes the focus to the first.
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Submission } from "../api";
import { Notice } from "./states";

interface FormProps {
  submission: Submission<FormData>;
  fields: readonly string[]; // that the form has: errors of others are told above it
  label?: string;
  children: ComponentChildren;
}

export function Form({ submission, fields, label, children }: FormProps): JSX.Element {
  const form = useRef<HTMLFormElement>(null);
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
