import { HOUR, type TimeRange } from '../chart/time-range.ts';
import { href, replaceRoute } from '../shell/route.ts';

type Choice = { spanMs: number } | TimeRange;

const queryNow = (): URLSearchParams => new URLSearchParams(location.hash.split('?')[1]);

const write = (query: URLSearchParams): void =>
  replaceRoute(href('trends', undefined, Object.fromEntries(query)));

/** `from` and `to`, or the `span` up to now, in milliseconds; eight hours up to now without any. */
export function rangeIn(query: URLSearchParams): Choice {
  const [from, to, span] = ['from', 'to', 'span'].map((name) => Number(query.get(name)));
  if (from && to && from < to) return { from, to };
  return { spanMs: span && span > 0 ? span : 8 * HOUR };
}

export function writeRange(choice: Choice): void {
  const query = queryNow();
  for (const name of ['from', 'to', 'span']) query.delete(name);
  if ('spanMs' in choice) query.set('span', String(Math.round(choice.spanMs)));
  else {
    query.set('from', String(Math.round(choice.from)));
    query.set('to', String(Math.round(choice.to)));
  }
  write(query);
}

export function writeTags(codes: string[]): void {
  const query = queryNow();
  query.set('tags', codes.join(','));
  write(query);
}
