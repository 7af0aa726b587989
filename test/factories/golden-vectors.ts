import { readFileSync } from 'node:fs';

/** The vectors stay beside their sources; compiled specs lie one folder deeper, in dist. */
const folder = new URL('../../../libs/tep/golden/', import.meta.url);

/** A golden vector in JSON. */
export function readGoldenJson<T>(file: string): T {
  return JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as T;
}

/** Rows of numbers of a golden CSV file, without its heading; the first number is the second of the row. */
export function readGoldenCsv(file: string): number[][] {
  const [, ...lines] = readFileSync(new URL(file, folder), 'utf8').trim().split('\n');
  return lines.map((line) => line.split(',').map(Number));
}
