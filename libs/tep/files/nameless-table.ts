import {
  areTags,
  type ColumnSummary,
  assessColumns,
  plausibleRegion,
  type Rearrangement,
  summarise,
} from './column-plausibility.js';
import { DETECTOR_TAGS, TAGS } from '../catalogue/tags.js';

/** Lines a table without names is assessed by. */
export const ASSESSED_LINES = 64;

const RECORDED = DETECTOR_TAGS.length;
const MEASUREMENTS = 41;
const SHOWN_MISFITS = 3;
const REMEDY = 'Put a line with the names of the columns before the first, or leave out what is no tag';

/** `from(value)` is the value in the unit of the tag. */
interface OtherUnit {
  readonly name: string;
  readonly of: string;
  readonly from: (value: number) => number;
}

const OTHER_UNITS: readonly OtherUnit[] = [
  { name: '°F', of: '°C', from: (value) => (value - 32) / 1.8 },
  { name: 'K', of: '°C', from: (value) => value - 273.15 },
  { name: 'bar', of: 'kPa gauge', from: (value) => 100 * value },
  { name: 'MPa', of: 'kPa gauge', from: (value) => 1_000 * value },
  { name: 'Pa', of: 'kPa gauge', from: (value) => value / 1_000 },
  { name: 'psi', of: 'kPa gauge', from: (value) => 6.894757 * value },
  { name: 't/h', of: 'kg/h', from: (value) => 1_000 * value },
  { name: 'shares of one', of: '%', from: (value) => 100 * value },
  { name: 'shares of one', of: 'mol%', from: (value) => 100 * value },
];

/**
 * Why a table without names cannot be read a sample a line, with XMEAS_01 … XMV_11 (XMV_12) as its columns; null when
 * it can.
 * @param lines the first of the table, as many values each
 * @param isWhole whether these are all its lines
 */
export function misreadRows(lines: readonly Float64Array[], isWhole: boolean): string | null {
  const columns = columnsOf(lines);
  if (fits(columns)) return null;
  const turned = isWhole ? lines.map((line) => summarise(line)) : [];
  return `${seenIn(columns, 'column')}; ${readingOf(columns, turned, 'column')}. ${REMEDY}`;
}

/**
 * The same for a table of a variable a line.
 * @param lines all of the table, as many values each
 */
export function misreadVariables(lines: readonly Float64Array[]): string | null {
  const variables = lines.map((line) => summarise(line.subarray(0, ASSESSED_LINES)));
  if (lines.length === RECORDED && fits(variables)) return null;
  const columns = columnsOf(lines.slice(0, ASSESSED_LINES));
  return `${seenIn(variables, 'line')}; ${readingOf(variables, columns, 'line')}. ${REMEDY}`;
}

function columnsOf(lines: readonly Float64Array[]): ColumnSummary[] {
  const width = lines[0]?.length ?? 0;
  return Array.from({ length: width }, (_, column) => summarise(lines.map((line) => line[column])));
}

function isCountOfTags(count: number): boolean {
  return count === RECORDED || count === TAGS.length;
}

function fits(columns: readonly ColumnSummary[]): boolean {
  return isCountOfTags(columns.length) && areTags(columns);
}

type Place = 'column' | 'line';

/** What was seen that does not fit. */
function seenIn(columns: readonly ColumnSummary[], place: Place): string {
  if (!isCountOfTags(columns.length) || (place === 'line' && columns.length !== RECORDED))
    return `there are ${columns.length} ${place}s and no names, where ${RECORDED} tags are expected, or ${TAGS.length} with XMV_12`;
  const { misfits } = assessColumns(columns);
  if (misfits.length === 0) return `the ${place}s, which have no names, fit the tags better in another order`;
  const shown = misfits.slice(0, SHOWN_MISFITS).map((i) => {
    const { lowest, highest } = plausibleRegion(i);
    const { code, unit } = TAGS[i];
    return `${place} ${i + 1} is about ${figure(columns[i]?.[1])} where ${code} is ${figure(lowest)} to ${figure(highest)} ${unit}`;
  });
  const others = misfits.length - shown.length;
  return `the ${place}s have no names, and ${shown.join(', ')}${others > 0 ? `, and ${others} more do not fit` : ''}`;
}

/** Which reading would fit. */
function readingOf(
  columns: readonly ColumnSummary[],
  turned: readonly ColumnSummary[],
  place: Place,
): string {
  return (
    partThatFits(columns, place) ??
    otherOrder(columns, place) ??
    (fits(turned)
      ? `turned, with a variable a ${place === 'line' ? 'column' : 'line'}, they would fit`
      : null) ??
    partThatFits(turned, place === 'line' ? 'column' : 'line') ??
    otherUnits(columns, place) ??
    'no reading that is known fits'
  );
}

/** Some of the columns are the tags: those behind a time or an index, or all but a label. */
function partThatFits(columns: readonly ColumnSummary[], place: Place): string | null {
  for (const count of [TAGS.length, RECORDED]) {
    const last = TAGS[count - 1].code;
    for (let start = 0; start + count <= columns.length; start++)
      if (columns.length > count && fits(columns.slice(start, start + count)))
        return `${place}s ${start + 1} to ${start + count} would fit XMEAS_01 to ${last}, without the rest`;
    if (columns.length !== count + 1) continue;
    const odd = columns.findIndex((_, i) => fits(columns.toSpliced(i, 1)));
    if (odd >= 0) return `without ${place} ${odd + 1} the others would fit XMEAS_01 to ${last}`;
  }
  return null;
}

function otherOrder(columns: readonly ColumnSummary[], place: Place): string | null {
  if (!isCountOfTags(columns.length)) return null;
  if (fits(columns.toReversed())) return `from the last ${place} to the first they would fit`;
  const commands = columns.length - MEASUREMENTS;
  if (fits([...columns.slice(commands), ...columns.slice(0, commands)]))
    return `with the ${commands} XMV before the XMEAS they would fit`;
  const { rearrangement } = assessColumns(columns);
  if (rearrangement === null) return null;
  return `${wordsOf(rearrangement, place)} they would ${fits(rearranged(columns, rearrangement)) ? 'fit' : 'fit better'}`;
}

function rearranged(columns: readonly ColumnSummary[], how: Rearrangement): ColumnSummary[] {
  if (how.kind === 'swapped') {
    const other = [...columns];
    const { first, second, length } = how;
    for (let i = 0; i < length; i++)
      [other[first + i], other[second + i]] = [columns[second + i], columns[first + i]];
    return other;
  }
  const { first, middle, end } = how;
  return [
    ...columns.slice(0, first),
    ...columns.slice(middle, end),
    ...columns.slice(first, middle),
    ...columns.slice(end),
  ];
}

function wordsOf(how: Rearrangement, place: Place): string {
  const block = (start: number, length: number): string =>
    length === 1 ? `${place} ${start + 1}` : `${place}s ${start + 1} to ${start + length}`;
  const exchanged = (first: number, second: number, length: number): string =>
    `with ${block(first, length)} and ${block(second, length)} exchanged`;
  if (how.kind === 'swapped') return exchanged(how.first, how.second, how.length);
  const { first, middle, end } = how;
  if (middle - first === end - middle) return exchanged(first, middle, end - middle);
  return middle - first <= end - middle
    ? `with ${block(first, middle - first)} behind ${place} ${end}`
    : `with ${block(middle, end - middle)} before ${place} ${first + 1}`;
}

/** Those that do not fit are in another unit. */
function otherUnits(columns: readonly ColumnSummary[], place: Place): string | null {
  if (!isCountOfTags(columns.length)) return null;
  const converted = [...columns];
  const found = assessColumns(columns).misfits.map((i) => {
    const unit = OTHER_UNITS.find(({ of, from }) => {
      const [low = NaN, median = NaN, high = NaN] = columns[i] ?? [];
      converted[i] = [from(low), from(median), from(high)];
      return of === TAGS[i].unit && !assessColumns(converted).misfits.includes(i);
    });
    return unit === undefined ? null : `${place} ${i + 1} in ${unit.name}`;
  });
  if (found.length === 0 || found.includes(null)) return null;
  return `they would fit with ${found.join(', ')}; convert to the units of the tags`;
}

function figure(value: number | undefined): string {
  return value === undefined ? 'nothing' : String(Number(value.toPrecision(4)));
}
