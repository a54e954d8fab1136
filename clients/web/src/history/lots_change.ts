// Notices by the live state that what is held was changed, here or by somebody else: the past is another one then.
import type { Subscription } from "@portfolio-stream/client";
import { useEffect } from "preact/hooks";
import { followLive } from "../live";

/** Calls back when the cost of what is held becomes another one; prices do not change it. */
export function useLotsChange(subscription: Subscription, onChange: () => void): void {
  useEffect(() => {
    let known: string | undefined;
    return followLive(subscription, ({ document }) => {
      const cost = document?.totals.cost_basis.text;
      if (cost === undefined || cost === known) return;
      if (known !== undefined) onChange();
      known = cost;
    });
  }, [subscription, onChange]);
}
