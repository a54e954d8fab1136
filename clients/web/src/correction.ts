// Saving over what was read: not over what somebody else has stored since, unless one has seen that.
import { ApiProblem } from "@portfolio-stream/client";

/** What is stored, and the tag that says which version of it. */
export interface Stored<T> {
  readonly value: T;
  readonly etag: string | null;
}

export function storedOf<T>(answer: { readonly data: T; readonly etag: string | null }): { data: Stored<T> } {
  return { data: { value: answer.data, etag: answer.etag } };
}

export interface Correction<S, T> {
  readonly latest: Stored<S>; // what the person has seen last
  readonly write: (etag: string | undefined) => Promise<T>;
  readonly read: () => Promise<{ readonly data: Stored<S> }>;
  readonly isSame: (one: S, other: S) => boolean; // in what the person sees of it
  readonly onOther: (newer: Stored<S>) => void;
}

const ATTEMPTS_MAX = 4;

/**
 * Writes over what the person has seen. Where it was changed since (412) it is read anew: if nothing is other that
 * is seen (a portfolio's version counts its investments too) it is written over that, else they look again first.
 */
export async function saveOver<S, T>({ latest, write, read, isSame, onOther }: Correction<S, T>): Promise<T> {
  let seen = latest;
  for (let attempt = 1; ; attempt++) {
    try {
      return await write(seen.etag ?? undefined);
    } catch (error) {
      if (!(error instanceof ApiProblem) || error.status !== 412) throw error;
      const { data: newer } = await read();
      if (!isSame(seen.value, newer.value) || attempt >= ATTEMPTS_MAX) {
        onOther(newer);
        throw new Error(
          "Somebody changed this since you opened it. Look at the fields again: saving now replaces what is stored.",
        );
      }
      seen = newer;
    }
  }
}

/** The hint of a field that somebody else has changed; else the usual one. */
export function storedHint(before: string | undefined, now: string | undefined, usual?: string): string | undefined {
  return before === now ? usual : `Stored now: ${now || "nothing"}`;
}
