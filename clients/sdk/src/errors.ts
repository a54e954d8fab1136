// Owns what the stream can say is wrong: an `error` frame, or the end of a connection.

/** A code of the contract (`not_found`, `rate_limited`, …), or `connection` and `protocol` of this client. */
export class StreamError extends Error {
  override readonly name = "StreamError";

  constructor(
    readonly code: string,
    readonly detail: string,
    /** Of a frame: the HTTP status that REST would answer; of a connection: the close code. */
    readonly status: number,
    readonly retryable: boolean,
    readonly portfolioId: string | null = null,
  ) {
    super(`${code}: ${detail}`);
  }
}
