import { scaleLinear } from 'd3-scale';
import { clockTime, dateTexts, instantOf } from '#calendar';

/** Maps a number of the domain to a position in the range; both may run backwards. */
export function linearScale(
  [from, to]: readonly [number, number],
  range: readonly [number, number],
): (value: number) => number {
  // without a width d3 takes everything for the middle; here what is at the start stays there
  return scaleLinear([from, to === from ? from + 1 : to], range);
}

export interface NumberTicks {
  values: number[];
  /** Decimals that distinguish neighbouring ticks. */
  decimals: number;
}

/**
 * Round numbers (1, 2 or 5 times a power of ten) inside [min, max].
 * @param count how many steps to aim at; the answer has between half and twice as many
 */
export function numberTicks(min: number, max: number, count: number): NumberTicks {
  if (!(max > min) || !Number.isFinite(max - min)) return { values: [min], decimals: 0 };
  const scale = scaleLinear([min, max], [0, 1]);
  const steps = Math.max(1, count);
  const [, decimals = ''] = scale.tickFormat(steps)(0).split('.');
  return { values: scale.ticks(steps), decimals: decimals.length };
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const TIME_STEPS = [
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 3, 6, 12].map((n) => n * HOUR),
  ...[1, 2, 7, 14, 28, 91, 182, 364].map((n) => n * DAY),
];

export interface TimeTick {
  at: number;
  /** `14:00`, or the date when ticks are days apart. */
  label: string;
  /** The date, on the first tick and wherever a new day begins; absent when the label already is the date. */
  dateLabel?: string;
}

export interface TimeTickOptions {
  /** IANA name or fixed offset. @default 'UTC' */
  timeZone?: string;
  /** @default 'en-GB' */
  locale?: string;
}

/** At most maxCount ticks in [from, to] (epoch milliseconds) on round times of the zone's clocks, none on what they skip. */
export function timeTicks(
  from: number,
  to: number,
  maxCount: number,
  options: TimeTickOptions = {},
): TimeTick[] {
  const { timeZone = 'UTC', locale = 'en-GB' } = options;
  const step = TIME_STEPS.find((candidate) => (to - from) / candidate <= maxCount) ?? 728 * DAY;
  const texts = dateTexts(locale, timeZone);
  const ticks: TimeTick[] = [];
  let day = '';
  for (let shown = Math.ceil(clockTime(from, timeZone) / step) * step; ; shown += step) {
    const at = instantOf(shown, timeZone);
    if (at > to) return ticks;
    const isShown = step >= DAY || clockTime(at, timeZone) === shown;
    if (at < from || !isShown) continue;
    const dateLabel = texts.day(at);
    if (step >= DAY) ticks.push({ at, label: dateLabel });
    else
      ticks.push(
        dateLabel === day ? { at, label: texts.time(at) } : { at, label: texts.time(at), dateLabel },
      );
    day = dateLabel;
  }
}
