// Requests as components use them: what is loading, what came, what went wrong, and which field it was.
import { ApiProblem, type FieldError } from "@portfolio-stream/client";
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { formatCount } from "./format";
import { mayBeDone } from "./once";

/** What went wrong, in words for people. */
export interface Problem {
  readonly title: string;
  readonly detail: string;
  readonly status: number; // 0: no answer
  readonly code: string;
  readonly requestId: string | null; // of an error of the server's
  readonly errors: readonly FieldError[];
  readonly cause: unknown;
}

const TITLES: Readonly<Record<string, string>> = {
  not_found: "There is nothing here",
  forbidden: "You may not see this",
  unauthorized: "You are not signed in",
  token_expired: "You are not signed in",
  rate_limited: "Too many requests",
  unavailable: "The server cannot answer now",
  unreachable: "No connection",
};

export function problemOf(error: unknown): Problem {
  if (error instanceof ApiProblem) {
    return {
      title: TITLES[error.code] ?? "That did not work",
      detail: withWait(sentence(error.detail), error.retryAfterMs),
      status: error.status,
      code: error.code,
      requestId: error.status >= 500 ? error.requestId : null,
      errors: error.errors,
      cause: error,
    };
  }
  const detail = sentence(error instanceof Error ? error.message : String(error));
  return { title: "That did not work", detail, status: 0, code: "failed", requestId: null, errors: [], cause: error };
}

/** With how long to wait, where the words do not have it. */
function withWait(detail: string, waitMs: number | null): string {
  const seconds = Math.ceil((waitMs ?? 0) / 1000);
  if (seconds === 0 || detail.includes(String(seconds))) return detail;
  return `${detail} Try again in ${formatCount(seconds)} ${seconds === 1 ? "second" : "seconds"}.`.trim();
}

const PASSING: readonly number[] = [0, 429, 502, 503, 504];
const PASSES_AFTER_MS = 5000;

/** When to ask again by itself; null: it would only fail again. */
export function askAgainMs({ cause }: Problem): number | null {
  if (!(cause instanceof ApiProblem) || !PASSING.includes(cause.status)) return null;
  return Math.max(PASSES_AFTER_MS, cause.retryAfterMs ?? 0);
}

function sentence(text: string): string {
  const trimmed = text.trim();
  return trimmed === "" || /[.!?]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}

export interface ApiState<T> {
  readonly data: T | undefined; // the last answer, also while it is asked again
  readonly problem: Problem | undefined;
  readonly isLoading: boolean;
  readonly reload: () => void;
}

interface Answer<T> {
  key: string | null;
  data: T | undefined;
  problem: Problem | undefined;
  isLoading: boolean;
}

/**
 * Asks when the key changes, and again on reload(). The key says what is asked for: with another key the last
 * answer is gone, with the same one it stays until the next is there. A null key asks nothing. What may pass is
 * asked again by itself.
 */
export function useApi<T>(
  key: string | null,
  ask: (signal: AbortSignal) => Promise<{ readonly data: T }>,
): ApiState<T> {
  const [answer, setAnswer] = useState<Answer<T>>({
    key,
    data: undefined,
    problem: undefined,
    isLoading: key !== null,
  });
  const [round, setRound] = useState(0);
  const latest = useRef(ask);
  latest.current = ask;
  useEffect(() => {
    if (key === null) return;
    const abort = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    setAnswer((old) =>
      old.key === key ? { ...old, isLoading: true } : { key, data: undefined, problem: undefined, isLoading: true },
    );
    latest.current(abort.signal).then(
      ({ data }) => {
        if (!abort.signal.aborted) setAnswer({ key, data, problem: undefined, isLoading: false });
      },
      (error: unknown) => {
        if (abort.signal.aborted) return;
        const problem = problemOf(error);
        setAnswer((old) => ({ key, data: old.key === key ? old.data : undefined, problem, isLoading: false }));
        const waitMs = askAgainMs(problem);
        const again = (): void => {
          if (document.hidden) timer = setTimeout(again, PASSES_AFTER_MS);
          else setRound((old) => old + 1);
        };
        if (waitMs !== null) timer = setTimeout(again, waitMs);
      },
    );
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [key, round]);
  const reload = useCallback(() => setRound((old) => old + 1), []);
  const isOurs = answer.key === key; // not what an effect is about to replace
  return {
    data: isOurs ? answer.data : undefined,
    problem: isOurs ? answer.problem : undefined,
    isLoading: isOurs ? answer.isLoading : key !== null,
    reload,
  };
}

/** What became of what was sent last. "unsent": nothing was done. "open": it is under way, or nobody knows. */
export type Fate = "unsent" | "open" | "done";

export interface Submission<In> {
  readonly submit: (input: In) => void; // does nothing while one is under way
  readonly isBusy: boolean;
  readonly problem: Problem | undefined;
  readonly fieldErrors: ReadonlyMap<string, string>; // by the server's name of the field
  readonly fate: { readonly current: Fate }; // goes on to change when the component is gone
}

const NO_ERRORS: ReadonlyMap<string, string> = new Map();

/** For what changes something: one at a time, with the server's errors by field. */
export function useSubmit<In, Out>(
  send: (input: In) => Promise<Out>,
  onDone: (out: Out, input: In) => void,
): Submission<In> {
  const [state, setState] = useState<{ isBusy: boolean; problem: Problem | undefined }>({
    isBusy: false,
    problem: undefined,
  });
  const isUnderWay = useRef(false);
  const isGone = useRef(false);
  const fate = useRef<Fate>("unsent");
  useEffect(
    () => () => {
      isGone.current = true;
    },
    [],
  );
  const submit = (input: In): void => {
    if (isUnderWay.current) return;
    isUnderWay.current = true;
    fate.current = "open";
    setState({ isBusy: true, problem: undefined });
    const end = (problem: Problem | undefined): void => {
      isUnderWay.current = false;
      if (!isGone.current) setState({ isBusy: false, problem });
    };
    send(input).then(
      (out) => {
        fate.current = "done";
        end(undefined);
        onDone(out, input);
      },
      (error: unknown) => {
        if (!mayBeDone(error)) fate.current = "unsent";
        end(problemOf(error));
      },
    );
  };
  const errors = state.problem?.errors ?? [];
  const fieldErrors = errors.length === 0 ? NO_ERRORS : new Map(errors.map((error) => [error.field, error.detail]));
  return { submit, isBusy: state.isBusy, problem: state.problem, fieldErrors, fate };
}

/** A form's text of a field, without blanks around it; absent when there is none. */
export function fieldText(form: FormData, name: string): string | undefined {
  const value = form.get(name);
  const text = typeof value === "string" ? value.trim() : "";
  return text === "" ? undefined : text;
}
