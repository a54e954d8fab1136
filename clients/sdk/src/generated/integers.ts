// Made by scripts/generate.mjs from protocol/asyncapi.yaml and openapi.yaml. Do not edit.

const COUNTS =
  /^(changed|code|connections|created|days|denominator|duplicates|estimated|expires_in|failures|holdings|id|investments|left|limit|live|max_rate|max_subscriptions|messages_per_second|missing|numerator|portfolios|position|queue|quotes|requests|returns|row|seq|status|unchanged|unpriced|updated|version|workers|wrong)$|_(bytes|id|ms|n|s)$|^(rows|symbols)_/;

/** Whether a member counts or numbers things; all other numbers are Decimals. */
export const isCount = (name: string): boolean => COUNTS.test(name);
