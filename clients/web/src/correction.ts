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

/** Writes; where it was changed since (412) it is read anew, and the person is told to look again. */
export async function saveOver<T>(write: () => Promise<T>, readAnew: () => Promise<void>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (!(error instanceof ApiProblem) || error.status !== 412) throw error;
    await readAnew();
    throw new Error("Somebody changed this since you opened it. Look at the fields again: saving now replaces what is stored.");
  }
}

/** The hint of a field that somebody else has changed; else the usual one. */
export function storedHint(before: string | undefined, now: string | undefined, usual?: string): string | undefined {
  return before === now ? usual : `Stored now: ${now || "nothing"}`;
}
