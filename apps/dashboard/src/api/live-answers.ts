import { notifyManager, type QueryClient, type QueryKey } from '@tanstack/react-query';
import type { Answer, Schemas } from './client.ts';
import type { StreamReader } from './event-stream.ts';
import { addSamples, forgetSamples, type SampleEvent } from './live-samples.ts';

/** What rows of events have that says which answers they make old. */
interface Row {
  eq_id?: string | null;
  incident_id?: number | null;
  job_id?: string;
  kind?: string;
}

const ofUnit = (path: string, { eq_id }: Row): QueryKey =>
  eq_id === undefined || eq_id === null ? [path] : [path, { path: { eq_id } }];
const statusOf = (row: Row): QueryKey => ofUnit('/api/v1/equipment/{eq_id}/status', row);

/** Trainings end with a new version, but versions are activated without an event. */
const MODELS = '/api/v1/models';
const JOBS: Record<string, string[] | undefined> = {
  prediction: ['/api/v1/predictions', '/api/v1/predictions/{job_id}'],
  report: ['/api/v1/reports', '/api/v1/reports/{job_id}'],
  training: ['/api/v1/model-trainings', MODELS],
};

/** Which answers an event makes old. */
const OLD_BY: Record<string, ((row: Row) => QueryKey[]) | undefined> = {
  incidents: (row) => [['/api/v1/incidents'], ['/api/v1/incidents/{incident_id}'], statusOf(row)],
  anomalies: (row) => [['/api/v1/anomalies'], ['/api/v1/incidents/{incident_id}'], statusOf(row)],
  alarms: (row) => [['/api/v1/alarms'], ['/api/v1/alarms/journal'], statusOf(row)],
  health: (row) => [
    ['/api/v1/health/equipment'],
    ofUnit('/api/v1/equipment/{eq_id}/health', row),
    statusOf(row),
  ],
  jobs: ({ kind = '' }) => (JOBS[kind] ?? []).map((path) => [path]),
  plant: () => [['/api/v1/plant'], ['/api/v1/plant/disturbances']],
  lots: () => [['/api/v1/lots']],
};

/** What the stream of events keeps up to date: it is read seldom while the stream is open. */
export const STREAMED: ReadonlySet<string> = new Set(
  [
    '/api/v1/tags',
    '/api/v1/equipment/{eq_id}/sensors',
    ...Object.values(JOBS).flatMap((paths) => paths ?? []),
    ...Object.values(OLD_BY).flatMap((oldBy) => (oldBy?.({}) ?? []).map(([path]) => String(path))),
  ].filter((path) => path !== MODELS),
);
const LEAST_PAUSE_MS = 1_000;
/** The begin of every key. */
const EVERYTHING: QueryKey = [];

/** Applies events to the answers that views show: samples at once, rows by reading them again at most once a second. */
export class LiveUpdates implements StreamReader {
  private due = new Map<string, QueryKey>();
  private isReading = false;

  constructor(private readonly client: QueryClient) {}

  onOpen(isResumed: boolean): void {
    // the stream does not repeat the samples of meanwhile
    forgetSamples();
    this.isOld(['/api/v1/timeseries']);
    if (!isResumed) for (const path of STREAMED) this.isOld([path]);
  }

  /** Other rows may be there, and other limits, units and models with them: no answer is believed any more. */
  onReset(): void {
    forgetSamples();
    this.isOld(EVERYTHING);
  }

  onEvent(type: string, data: unknown): void {
    if (type === 'samples') return this.takeSamples(data as SampleEvent);
    if (type === 'plant') this.client.setQueryData(['/api/v1/plant', {}], data);
    for (const key of OLD_BY[type]?.(data as Row) ?? []) this.isOld(key);
  }

  private isOld(key: QueryKey): void {
    this.due.set(JSON.stringify(key), key);
    void this.read();
  }

  /** One reading is over before the next begins, so that none is given up for the next for ever. */
  private async read(): Promise<void> {
    if (this.isReading) return;
    this.isReading = true;
    while (this.due.size > 0) {
      const keys = [...this.due.values()];
      this.due.clear();
      await Promise.all([
        ...keys.map((queryKey) => this.client.invalidateQueries({ queryKey })),
        new Promise((resolve) => setTimeout(resolve, LEAST_PAUSE_MS)),
      ]);
    }
    this.isReading = false;
  }

  private takeSamples(event: SampleEvent): void {
    const updates = new Map(event.items.map((item) => [item.tag, item]));
    const renew = <T extends Sensors>(answer: T | undefined): T | undefined =>
      answer && renewed(answer, updates);
    notifyManager.batch(() => {
      this.client.setQueriesData<Answer<'/api/v1/tags'>>({ queryKey: ['/api/v1/tags'] }, renew);
      const ofUnits = { queryKey: ['/api/v1/equipment/{eq_id}/sensors'] };
      this.client.setQueriesData<Answer<'/api/v1/equipment/{eq_id}/sensors'>>(ofUnits, renew);
      this.client.setQueryData<Schemas['PlantDto']>(
        ['/api/v1/plant', {}],
        (plant) => plant && moved(plant, event),
      );
      addSamples(event);
    });
  }
}

interface Sensors {
  items: { tag: string; latest?: Schemas['SensorValueDto'] | null }[];
}

function renewed<T extends Sensors>(
  answer: T,
  updates: ReadonlyMap<string, SampleEvent['items'][number]>,
): T {
  return {
    ...answer,
    items: answer.items.map((tag) => {
      const sample = updates.get(tag.tag);
      if (!sample || tag.latest === undefined || (tag.latest && tag.latest.ts >= sample.ts)) return tag;
      const { ts, value, quality, limit_state } = sample;
      const latest = {
        ts,
        value,
        quality,
        limit_state: quality === 'bad' ? null : limit_state,
        stale: false,
      };
      return { ...tag, latest };
    }),
  };
}

/** The clock of a simulated plant stands at what it has just written. */
function moved(plant: Schemas['PlantDto'], { items }: SampleEvent): Schemas['PlantDto'] {
  const newest = items.reduce((last, { ts }) => (ts > last ? ts : last), plant.last_sample_at ?? '');
  if (newest === '' || newest === plant.last_sample_at) return plant;
  const time = plant.source === 'simulator' && newest > plant.time ? newest : plant.time;
  return { ...plant, last_sample_at: newest, time };
}
