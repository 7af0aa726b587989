import { useMemo } from 'react';
import type { Schemas } from '../api/client.ts';
import { useGet } from '../api/queries.ts';
import type { Fan } from '../chart/drawings.ts';

/** What the newest prediction expects of each tag. */
export function useForecasts(enabled: boolean): Map<string, Fan> {
  const listed = useGet(
    '/api/v1/predictions',
    { query: { status: 'completed', limit: 1 } },
    { every: 10_000, enabled },
  );
  const newest = listed.data?.items[0]?.job_id;
  const asked = { path: { job_id: newest ?? '' } };
  const result = useGet('/api/v1/predictions/{job_id}', asked, { enabled: enabled && newest !== undefined })
    .data?.result;
  return useMemo(
    () => (enabled ? fansOf(result?.forecast ?? []) : new Map<string, Fan>()),
    [result, enabled],
  );
}

const fansOf = (forecast: Schemas['TagForecastDto'][]): Map<string, Fan> =>
  new Map(
    forecast.map(({ tag, steps }) => [
      tag,
      { steps: steps.map(({ at, value, low, high }) => ({ at: Date.parse(at), value, low, high })) },
    ]),
  );
