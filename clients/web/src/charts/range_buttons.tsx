// The buttons of a chart's range; which one holds is in the URL.
import type { JSX } from "preact";
import { setQuery } from "../navigation";
import { RANGES, RANGE_NAMES, type Range } from "./ranges";

interface RangeButtonsProps {
  range: Range | null; // null: none of them
  onChoose?: (range: Range) => void; // in place of the query's `range`
}

export function RangeButtons({ range, onChoose }: RangeButtonsProps): JSX.Element {
  const choose = onChoose ?? ((chosen: Range): void => setQuery({ range: chosen }));
  return (
    <div class="segments" role="group" aria-label="Range">
      {RANGES.map((one) => (
        <button
          key={one}
          type="button"
          aria-pressed={one === range}
          title={RANGE_NAMES[one]}
          onClick={() => choose(one)}
        >
          {one}
        </button>
      ))}
    </div>
  );
}
