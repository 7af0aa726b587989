import { useMemo } from 'react';
import { useGet, useLots } from '../api/queries.ts';
import type { Mark } from '../chart/drawings.ts';
import type { TimeRange } from '../chart/time-range.ts';

const HOUR = 3_600_000;

/** Begins of incidents and lots within a range. */
export function useMarks({ from, to }: TimeRange, shown: { incidents: boolean; lots: boolean }): Mark[] {
  // by whole hours, so that a range that moves does not ask anew with every sample
  const query = {
    from: iso(Math.floor(from / HOUR) * HOUR),
    to: iso(Math.ceil(to / HOUR) * HOUR),
    limit: 100,
  };
  const incidents = useGet('/api/v1/incidents', { query }, { every: 10_000, keep: true }).data?.items;
  const lots = useLots().data?.items;
  return useMemo(
    () => [
      ...(shown.lots ? (lots ?? []) : []).map(({ lot_no, started_at }): Mark => ({
        at: Date.parse(started_at),
        text: lot_no,
        kind: 'lot',
      })),
      ...(shown.incidents ? (incidents ?? []) : []).map(({ incident_id, started_at }): Mark => ({
        at: Date.parse(started_at),
        text: `#${incident_id}`,
        kind: 'alarm',
      })),
    ],
    [incidents, lots, shown.incidents, shown.lots],
  );
}

const iso = (ms: number): string => new Date(ms).toISOString();
