// Fields of forms: a label, a control, a hint, and the error that the server has for it.
import type { ComponentChildren, JSX } from "preact";
import { useId } from "preact/hooks";

interface FrameProps {
  label: string;
  hint?: ComponentChildren;
  error?: string | undefined;
}

interface Described {
  id: string;
  "aria-invalid"?: "true";
  "aria-describedby"?: string;
}

/** What all fields have around their control. */
export function FieldFrame({
  label,
  hint,
  error,
  children,
}: FrameProps & { children: (described: Described) => JSX.Element }): JSX.Element {
  const id = useId();
  const notes = [error ? `${id}-error` : "", hint ? `${id}-hint` : ""].filter(Boolean).join(" ");
  const described: Described = {
    id,
    ...(error ? { "aria-invalid": "true" as const } : {}),
    ...(notes ? { "aria-describedby": notes } : {}),
  };
  return (
    <div class="field" data-invalid={error ? "" : undefined}>
      <label for={id}>{label}</label>
      {children(described)}
      {error && (
        <p class="field-error" id={`${id}-error`}>
          {error}
        </p>
      )}
      {hint && (
        <p class="field-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}

type Input = Omit<JSX.InputHTMLAttributes<HTMLInputElement>, "label">;
type Select = Omit<JSX.SelectHTMLAttributes<HTMLSelectElement>, "label">;
type Area = Omit<JSX.TextareaHTMLAttributes<HTMLTextAreaElement>, "label">;

export function Field({ label, hint, error, ...input }: FrameProps & Input): JSX.Element {
  return (
    <FieldFrame label={label} hint={hint} error={error}>
      {(described) => <input {...input} {...described} />}
    </FieldFrame>
  );
}

/** A decimal: typed as text, so that no digit is lost; a phone shows digits. */
export function DecimalField(props: FrameProps & Input): JSX.Element {
  return <Field inputMode="decimal" autocomplete="off" spellcheck={false} {...props} type="text" />;
}

export function SelectField({ label, hint, error, children, ...select }: FrameProps & Select): JSX.Element {
  return (
    <FieldFrame label={label} hint={hint} error={error}>
      {(described) => (
        <select {...select} {...described}>
          {children}
        </select>
      )}
    </FieldFrame>
  );
}

export function TextField({ label, hint, error, ...area }: FrameProps & Area): JSX.Element {
  return (
    <FieldFrame label={label} hint={hint} error={error}>
      {(described) => <textarea {...area} {...described} />}
    </FieldFrame>
  );
}
