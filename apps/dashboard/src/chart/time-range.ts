import { useCallback, useState } from 'react';

/** Epoch milliseconds of plant time. */
export interface TimeRange {
  from: number;
  to: number;
}

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
const SHORTEST = 10 * 60_000;
const LONGEST = 400 * DAY;

export interface RangeControl {
  range: TimeRange;
  /** The range ends now and moves on. */
  follows: boolean;
  spanMs: number;
  canGoBack: boolean;
  show: (range: TimeRange) => void;
  follow: (spanMs?: number) => void;
  back: () => void;
  /** @param factor below 1 zooms in; @param anchor stays where it is */
  zoom: (factor: number, anchor?: number) => void;
  /** @param share of the span, negative towards the past */
  move: (share: number) => void;
}

type Choice = { spanMs: number } | TimeRange;

/**
 * Which time is shown, and the way back.
 * @param now plant time of the newest sample
 */
export function useRange(now: number, first: Choice, changed?: (choice: Choice) => void): RangeControl {
  const [choices, setChoices] = useState<Choice[]>([first]);
  const choice = choices.at(-1) ?? first;
  const range = 'spanMs' in choice ? { from: now - choice.spanMs, to: now } : choice;
  const spanMs = range.to - range.from;
  const choose = useCallback(
    (next: Choice) => {
      setChoices((before) => [...before.slice(-30), next]);
      changed?.(next);
    },
    [changed],
  );
  const show = ({ from, to }: TimeRange): void => {
    const width = Math.min(LONGEST, Math.max(SHORTEST, to - from));
    const middle = (from + to) / 2;
    choose({ from: middle - width / 2, to: middle + width / 2 });
  };
  return {
    range,
    spanMs,
    follows: 'spanMs' in choice,
    canGoBack: choices.length > 1,
    show,
    follow: (span = spanMs) => choose({ spanMs: span }),
    back: () => {
      if (choices.length < 2) return;
      setChoices(choices.slice(0, -1));
      changed?.(choices.at(-2) ?? first);
    },
    zoom: (factor, anchor = (range.from + range.to) / 2) =>
      show({ from: anchor - (anchor - range.from) * factor, to: anchor + (range.to - anchor) * factor }),
    move: (share) => choose({ from: range.from + share * spanMs, to: range.to + share * spanMs }),
  };
}
