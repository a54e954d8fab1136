// Owns what REST says is wrong: a problem document, or that no answer came.

export interface FieldError {
  readonly field: string;
  readonly code: string;
  readonly detail: string;
  /** Of a CSV import. */
  readonly row?: number;
}

/** A request was refused, or not answered. (What is only declared costs the build nothing: the constructor makes it.) */
export class ApiProblem extends Error {
  override readonly name = "ApiProblem";
  /** Of the contract (`not_found`, …); `http` when somebody else answered, `unreachable` when nobody did. */
  declare readonly code: string;
  /** All fields that are wrong, at once. */
  declare readonly errors: readonly FieldError[];
  declare readonly requestId: string | null;
  declare readonly retryAfterMs: number | null;

  constructor(
    /** 0 when no answer came. */
    readonly status: number,
    /** The whole document: a conflict counts `dependents`, an import names more. */
    readonly document: Readonly<Record<string, unknown>>,
    headers?: Headers,
    options?: ErrorOptions,
  ) {
    const { code, detail, errors } = document;
    super(typeof detail === "string" ? detail : `HTTP status ${status}`, options);
    this.code = typeof code === "string" ? code : status ? "http" : "unreachable";
    this.errors = Array.isArray(errors) ? (errors as FieldError[]) : [];
    this.requestId = headers?.get("x-request-id") ?? null;
    const seconds = headers?.get("retry-after");
    this.retryAfterMs = seconds ? Number(seconds) * 1000 || null : null;
  }

  get detail(): string {
    return this.message;
  }
}
