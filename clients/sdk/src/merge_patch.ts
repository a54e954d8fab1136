// Owns RFC 7396: a merge patch makes a new document of an old one, which stays as it was.
// What the patch does not change is the same object in both, so that views can compare by ===.
import { Decimal } from "./decimal.js";
import type { ExactValue } from "./exact_json.js";

type Members = { [name: string]: ExactValue };

const isMembers = (value: unknown): value is Members =>
  value !== null && typeof value === "object" && !Array.isArray(value) && !(value instanceof Decimal);

/** A copy without a prototype: `__proto__` is a name like any other. */
const copyOf = (members: Members): Members => Object.assign(Object.create(null) as Members, members);

const isSame = (before: ExactValue | undefined, after: ExactValue): boolean =>
  before === after || (before instanceof Decimal && after instanceof Decimal && before.text === after.text);

/** The document after the patch; the very same object when nothing is different. */
export const mergePatch = (target: ExactValue | undefined, patch: ExactValue): ExactValue => {
  if (!isMembers(patch)) return target !== undefined && isSame(target, patch) ? target : patch;
  const before: Members | null = isMembers(target) ? target : null;
  let after: Members | null = before ? null : (Object.create(null) as Members);
  for (const name of Object.keys(patch)) {
    const change = patch[name] as ExactValue;
    const isThere = before !== null && Object.hasOwn(before, name);
    if (change === null) {
      if (!isThere) continue;
      after ??= copyOf(before);
      delete after[name];
      continue;
    }
    const old = isThere ? before[name] : undefined;
    const merged = mergePatch(old, change);
    if (isThere && merged === old) continue;
    after ??= copyOf(before ?? (Object.create(null) as Members));
    after[name] = merged;
  }
  return after ?? (before as Members);
};
