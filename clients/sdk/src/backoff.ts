// Owns how long to wait before the next attempt: exponential with full jitter, so that the
// clients of a server that went away come back spread over time.

const FIRST_MS = 500;
const CAP_MS = 30_000;
/** The least wait when the server said that it has too much to do. */
const BUSY_MS = 15_000;

const GOING_AWAY = 1001;
const RESTART = 1012;
const TRY_LATER = 1013;
const TOO_MANY = 4429;

export interface WaitAsked {
  closeCode: number;
  /** What `closing` asked for; null without one. */
  afterMs: number | null;
  /** Of the welcome; 0 without one. */
  windowMs: number;
}

/** The wait before attempt number `attempt` (0: the first after a good connection). */
export const waitMs = (attempt: number, random: () => number, asked?: WaitAsked): number => {
  let least = asked?.afterMs ?? 0;
  let range = Math.min(CAP_MS, FIRST_MS * 2 ** Math.min(attempt, 16));
  if (asked && asked.afterMs === null) {
    const { closeCode, windowMs } = asked;
    if (closeCode === GOING_AWAY || closeCode === RESTART) range = Math.max(range, windowMs);
    if (closeCode === TRY_LATER || closeCode === TOO_MANY) {
      least = BUSY_MS;
      range = CAP_MS - BUSY_MS;
    }
  }
  return least + Math.floor(random() * range);
};
