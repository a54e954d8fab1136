// Owns asking for a token: of a text that is one, or of a function that gives one, also later.

/**
 * A token, or who gives one. It is asked for each connection, and when a token is about to end or
 * was refused: then with that token, and has to answer another one (or null: there is none).
 */
export type TokenSource = string | ((previous: string | null) => string | null | Promise<string | null>);

/** null: there is none. */
export const tokenOf = async (source: TokenSource | undefined, previous: string | null): Promise<string | null> =>
  (typeof source === "function" ? await source(previous) : source) ?? null;
