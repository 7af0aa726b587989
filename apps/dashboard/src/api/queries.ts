import { keepPreviousData, useQueries, useQuery, type UseQueryResult } from '@tanstack/react-query';
import { type Answer, type Asked, get, type GetPath, type ProblemError, type Schemas } from './client.ts';
import { STREAMED } from './live-answers.ts';
import { useIsStreaming } from './liveness.ts';

export type Plant = Schemas['PlantDto'];
export type Tag = Schemas['ListedTagDto'];
export type Incident = Schemas['IncidentDto'];
export type UnitStatus = Schemas['EquipmentStatusDto'];

const LIVE_MS = 2_000;
const SLOW_MS = 5_000;
const JOB_MS = 1_000;
/** How often answers are read again that the stream of events keeps up to date: for what only time makes old, and for a lost event. */
const SAFETY_NET_MS = 30_000;

interface Pace {
  /** How often it is read again without the stream of events, or where no event reports it. */
  every?: number | false;
  enabled?: boolean;
  /** Shows what was there until the next answer comes, for windows that move. */
  keep?: boolean;
}

/** How often an answer is read again: seldom while events report it, at its own pace once it could not be read. */
function usePace(path: string): (every: number, state: { status: string }) => number {
  const isStreamed = useIsStreaming() && STREAMED.has(path);
  return (every, { status }) => (isStreamed && status !== 'error' ? Math.max(every, SAFETY_NET_MS) : every);
}

/** What is read once is read again only where the server was away. */
const again = (error: ProblemError | null): number | false =>
  error && (error.status === 0 || error.status >= 500) ? SLOW_MS : false;

/** One GET of the API, read again at its pace; what was read last stays on the screen when the server is silent. */
export function useGet<P extends GetPath>(
  path: P,
  asked: Asked = {},
  { every = false, enabled = true, keep = false }: Pace = {},
): UseQueryResult<Answer<P>, ProblemError> {
  const paceOf = usePace(path);
  return useQuery<Answer<P>, ProblemError>({
    queryKey: [path, asked],
    queryFn: ({ signal }) => get(path, asked, signal),
    refetchInterval: ({ state }) => (every === false ? again(state.error) : paceOf(every, state)),
    enabled,
    placeholderData: keep ? keepPreviousData : undefined,
  });
}

export const usePlant = () => useGet('/api/v1/plant', {}, { every: LIVE_MS });
export const useTags = () => useGet('/api/v1/tags', { query: { latest: true } }, { every: LIVE_MS });
export const useEquipment = () => useGet('/api/v1/equipment', { query: { limit: 200 } });
export const useStreams = () => useGet('/api/v1/plant/streams');
export const useHealthScores = () => useGet('/api/v1/health/equipment', {}, { every: SLOW_MS });
export const useDisturbances = () => useGet('/api/v1/plant/disturbances', {}, { every: SLOW_MS });
export const useOpenIncidents = () =>
  useGet('/api/v1/incidents', { query: { state: 'open', limit: 100 } }, { every: SLOW_MS });
export const useLots = (limit = 100) => useGet('/api/v1/lots', { query: { limit } }, { every: 30_000 });
export const useTagsByCode = (): Map<string, Tag> =>
  new Map((useTags().data?.items ?? []).map((tag) => [tag.tag, tag]));

/** How every unit is, as the server assesses it. */
export function useStatuses(eqIds: string[]): Map<string, UnitStatus> {
  const path = '/api/v1/equipment/{eq_id}/status' as const;
  const paceOf = usePace(path);
  return useQueries({
    queries: eqIds.map((eq_id) => ({
      queryKey: [path, { path: { eq_id } }],
      queryFn: () => get(path, { path: { eq_id } }),
      refetchInterval: ({ state }: { state: { status: string } }) => paceOf(SLOW_MS, state),
    })),
    combine: (results) => new Map(results.flatMap(({ data }) => (data ? [[data.eq_id, data] as const] : []))),
  });
}

const UNFINISHED = new Set(['queued', 'active']);

/** A job while it is worked on, and once it is finished. */
export function useJob<P extends GetPath>(
  path: P,
  jobId: string | undefined,
): UseQueryResult<Answer<P>, ProblemError> {
  const asked = { path: { job_id: jobId ?? '' } };
  const paceOf = usePace(path);
  return useQuery<Answer<P>, ProblemError>({
    queryKey: [path, asked],
    queryFn: () => get(path, asked),
    enabled: jobId !== undefined,
    refetchInterval: ({ state }) => {
      const status = (state.data as { status?: string } | undefined)?.status;
      return status === undefined || UNFINISHED.has(status) ? paceOf(JOB_MS, state) : false;
    },
  });
}
