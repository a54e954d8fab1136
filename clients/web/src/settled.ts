// A value that is being typed, once it has stayed the same for a moment.
import { useEffect, useRef, useState } from "preact/hooks";

export const TYPING_MS = 200;

export function useSettled(value: string, settleMs: number = TYPING_MS): string {
  const [settled, setSettled] = useState(value);
  const isFirst = useRef(true);
  useEffect(() => {
    if (isFirst.current) {
      isFirst.current = false;
      return;
    }
    const timer = setTimeout(() => setSettled(value), settleMs);
    return () => clearTimeout(timer);
  }, [value, settleMs]);
  return settled;
}
