import { useEffect, useState } from 'react';
import type { TimeRange } from './time-range.ts';

const SETTLED_MS = 150;

/** A range once it has stood for a moment, so that a turn of the wheel is read once, not at each of its notches. */
export function useSettled({ from, to }: TimeRange): TimeRange {
  const [settled, setSettled] = useState<TimeRange>({ from, to });
  useEffect(() => {
    const timer = setTimeout(() => setSettled({ from, to }), SETTLED_MS);
    return () => clearTimeout(timer);
  }, [from, to]);
  return settled;
}
