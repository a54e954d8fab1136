// What a page shows when it has nothing to show yet, nothing at all, or an error.
import type { ComponentChildren, JSX } from "preact";
import type { ApiState, Problem } from "../api";
import { Button } from "./button";
import { useLate } from "./late";

/** Appears only after a moment (by the style sheet): what comes at once does not flicker. */
export function Loading({ what = "Loading" }: { what?: string }): JSX.Element {
  return <p class="state is-loading">{what}…</p>;
}

interface EmptyProps {
  title: string;
  isPage?: boolean; // all of a page: its title is the page's heading
  children?: ComponentChildren;
}

export function Empty({ title, isPage = false, children }: EmptyProps): JSX.Element {
  const Title = isPage ? "h1" : "p";
  return (
    <div class="state is-empty">
      <Title class="state-title">{title}</Title>
      {children && <div class="state-more">{children}</div>}
    </div>
  );
}

interface FailureProps {
  problem: Problem;
  onRetry?: (() => void) | undefined;
}

export function Failure({ problem, onRetry }: FailureProps): JSX.Element {
  return (
    <div class="state is-failure" role="alert">
      <p class="state-title">{problem.title}</p>
      <p>{problem.detail}</p>
      {problem.requestId && <p class="quiet">Request {problem.requestId}</p>}
      {problem.code === "not_found" ? (
        <p>
          <a href="#/">Go to the overview</a>
        </p>
      ) : (
        onRetry && <Button onClick={onRetry}>Try again</Button>
      )}
    </div>
  );
}

export function Notice({
  kind = "info",
  children,
}: {
  kind?: "info" | "error" | "warning";
  children: ComponentChildren;
}): JSX.Element {
  return (
    <div class={`notice is-${kind}`} role={kind === "error" ? "alert" : undefined}>
      {children}
    </div>
  );
}

interface LoadedProps<T> {
  of: ApiState<T>;
  what?: string;
  children: (data: T) => JSX.Element;
}

/** The three states of a request; while it is asked again the last answer stays. */
export function Loaded<T>({ of, what, children }: LoadedProps<T>): JSX.Element {
  useLate(of.data === undefined ? undefined : of.problem?.detail);
  if (of.data !== undefined) return children(of.data);
  if (of.problem) return <Failure problem={of.problem} onRetry={of.reload} />;
  return <Loading {...(what ? { what } : {})} />;
}
