// Owns RFC 7396: a merge patch makes a new document of an old one, which stays as it was.
// What the patch does not change is the same object in both, so that views can compare by ===.
import { Decimal } from "./decimal.js";
import { type ExactValue, setMember } from "./exact_json.js";

type Members = { [name: string]: ExactValue };

export const isMembers = (value: unknown): value is Members =>
  value !== null && typeof value === "object" && !Array.isArray(value) && !(value instanceof Decimal);

const isSame = (before: ExactValue | undefined, after: ExactValue): boolean =>
  before === after || (before instanceof Decimal && after instanceof Decimal && before.text === after.text);

/** The document after the patch; the very same object when nothing is different. */
export const mergePatch = (target: ExactValue | undefined, patch: ExactValue): ExactValue => {
  if (!isMembers(patch)) return target !== undefined && isSame(target, patch) ? target : patch;
  const before = isMembers(target) ? target : {};
  let after = before;
  for (const name of Object.keys(patch)) {
    const change = patch[name] as ExactValue;
    const old = Object.hasOwn(before, name) ? before[name] : undefined;
    const merged = change === null ? undefined : mergePatch(old, change);
    if (merged === old) continue;
    if (after === before) after = { ...before };
    if (merged === undefined) delete after[name];
    else setMember(after, name, merged);
  }
  return after;
};
