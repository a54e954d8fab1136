// Buttons, and links that look like them.
import type { ComponentChildren, JSX } from "preact";

export type ButtonKind = "plain" | "primary" | "danger" | "quiet";

interface ButtonProps extends Omit<JSX.ButtonHTMLAttributes<HTMLButtonElement>, "icon"> {
  kind?: ButtonKind;
  busy?: boolean; // works on it: not to be pressed again, still focusable
  children?: ComponentChildren;
}

export function Button({
  kind = "plain",
  busy = false,
  children,
  class: extra,
  onClick,
  ...rest
}: ButtonProps): JSX.Element {
  const press: JSX.MouseEventHandler<HTMLButtonElement> = (event) => {
    if (busy) event.preventDefault();
    else onClick?.(event);
  };
  return (
    <button
      type="button"
      {...rest}
      class={`button is-${kind} ${extra ?? ""}`}
      aria-disabled={busy || undefined}
      onClick={press}
    >
      {children}
    </button>
  );
}

interface LinkButtonProps {
  href: string;
  kind?: ButtonKind;
  children?: ComponentChildren;
}

export function LinkButton({ href, kind = "plain", children }: LinkButtonProps): JSX.Element {
  return (
    <a href={href} class={`button is-${kind}`}>
      {children}
    </a>
  );
}
