// Requests that must be done once, however often they are sent: a key for each, kept while it is not known
// what became of it. Pure but for the randomness.
import { ApiProblem } from "@portfolio-stream/client";

/** It may have been done or not: the same again, with the same key, does it once. */
export class Uncertain extends Error {
  override readonly name = "Uncertain";

  constructor(cause: ApiProblem) {
    const why = cause.status === 0 ? "No answer came" : "The server lost the outcome";
    super(`${why}, so it is not known whether this was done. Send it again without a change: it is done once.`, {
      cause,
    });
  }
}

export class Once {
  #key = "";
  #content: string | null = null;
  readonly #makeKey: () => string;

  constructor(makeKey: () => string = randomKey) {
    this.#makeKey = makeKey;
  }

  /** Another that knows the same: for what is sent again before this one has heard of it. */
  copy(): Once {
    const copy = new Once(this.#makeKey);
    copy.#key = this.#key;
    copy.#content = this.#content;
    return copy;
  }

  /** Sends with a key: the one of before if this is the same, and what became of it is unknown. */
  async send<T>(content: unknown, ask: (key: string) => Promise<T>): Promise<T> {
    const text = JSON.stringify(content) ?? "";
    if (text !== this.#content) {
      this.#content = text;
      this.#key = this.#makeKey();
    }
    try {
      const answer = await ask(this.#key);
      this.#content = null;
      return answer;
    } catch (error) {
      if (isUncertain(error)) throw new Uncertain(error);
      if (!isPassing(error)) this.#content = null;
      throw error;
    }
  }
}

function isUncertain(error: unknown): error is ApiProblem {
  return error instanceof ApiProblem && (error.status === 0 || error.code === "outcome_unknown");
}

/** After all attempts: one of them may have been done, whatever the last one was answered. */
export function mayBeDone(error: unknown): boolean {
  return error instanceof Uncertain || isUncertain(error) || isPassing(error);
}

/** Not done now; perhaps later. */
function isPassing(error: unknown): boolean {
  return error instanceof ApiProblem && (error.status >= 500 || error.status === 429 || error.status === 408);
}

/** 128 random bits; crypto.randomUUID is not there without TLS. */
function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
