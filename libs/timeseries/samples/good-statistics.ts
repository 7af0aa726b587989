import { BAD_QUALITY, GOOD_QUALITY, UNCERTAIN_QUALITY } from './sample-columns.js';

const good = (what: string): string => `CASE WHEN quality = ${GOOD_QUALITY} THEN ${what} END`;
const number = (quality: number): string => `SUM(CASE WHEN quality = ${quality} THEN 1 ELSE 0 END)`;

/** SQL over rows of timeseries_sample: statistics of the good ones, null without any, and how many there are of each quality. */
export const GOOD_STATISTICS_SQL = `${number(GOOD_QUALITY)} AS count, ${number(UNCERTAIN_QUALITY)} AS uncertain,
  ${number(BAD_QUALITY)} AS bad, MIN(${good('value')}) AS min, MAX(${good('value')}) AS max,
  SUM(${good('value')}) AS sum, SUM(${good('value * value')}) AS sum_squares`;
