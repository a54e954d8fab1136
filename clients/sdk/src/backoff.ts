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

/**
 * The wait before attempt number `attempt` (0: the first after a good connection). `afterMs` is what
 * the server asked for, if it did; else the code counts that it closed with, and the welcome's window.
 */
export const waitMs = (
  attempt: number,
  random: () => number,
  afterMs: number | null = 0,
  closeCode = 0,
  windowMs = 0,
): number => {
  let least = afterMs ?? 0;
  let range = Math.min(CAP_MS, FIRST_MS * 2 ** attempt);
  if ((closeCode === GOING_AWAY || closeCode === RESTART) && afterMs === null) range = Math.max(range, windowMs);
  if ((closeCode === TRY_LATER || closeCode === TOO_MANY) && !afterMs) least = range = BUSY_MS;
  return least + Math.floor(random() * range);
};
