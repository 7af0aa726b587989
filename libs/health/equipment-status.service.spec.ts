import { beforeEach, describe, expect, it } from '#jest';
import type { AnomalyService, SampleSource } from '#anomaly';
import type { EquipmentService } from '#equipment';
import type { ProcessClock } from '#platform';
import {
  type LatestSample,
  LimitStates,
  type SampleFeed,
  type SeriesReader,
  type TagDirectory,
  unwatched,
  type WatchDto,
  watched,
} from '#timeseries';
import type { EquipmentHealthService } from './equipment-health.service.js';
import { EquipmentStatusService } from './equipment-status.service.js';

const MINUTE = 60_000;
const NOW = Date.UTC(2026, 2, 1, 12);
const [BAD, UNCERTAIN, GOOD] = [2, 1, 0];
const UNITS = [
  { id: 1, code: 'REACTOR' },
  { id: 2, code: 'PURGE' },
];
const aTag = (id: number, code: string, equipmentId: number) => ({
  id,
  code,
  equipmentId,
  name: `Name of ${code}`,
  unit: 'kPa',
  limitLl: 10,
  limitL: 20,
  limitH: 80,
  limitHh: 90,
  deadband: 0,
});
const TAGS = [aTag(1, 'XMEAS_07', 1), aTag(2, 'XMEAS_09', 1), aTag(3, 'XMEAS_10', 2)];

describe('the status of a unit', () => {
  /** The newest sample of each tag by its code. */
  let newest: Record<string, LatestSample>;
  let health: { equipment: { id: number }; score: number | null; watch: WatchDto }[];
  let anomalies: { equipmentId: number; state: string; severity: string }[];
  /** Two rows of values of all tags. */
  let lastRows: number[][];
  let position: number;
  let reads: number;
  let fail: Error | undefined;
  let service: EquipmentStatusService;

  const sample = (value: number, minutesAgo: number, quality = GOOD): LatestSample => ({
    ts: NOW - minutesAgo * MINUTE,
    value,
    quality,
  });
  const found = (tagIds: readonly number[], isWanted: (sample: LatestSample) => boolean) =>
    Promise.resolve(
      new Map(
        TAGS.filter(({ id, code }) => tagIds.includes(id) && code in newest && isWanted(newest[code])).map(
          ({ id, code }) => [id, newest[code]] as const,
        ),
      ),
    );

  beforeEach(() => {
    newest = { XMEAS_07: sample(50, 1), XMEAS_09: sample(50, 3), XMEAS_10: sample(50, 0) };
    health = UNITS.map(({ id }) => ({ equipment: { id }, score: 97, watch: watched(180_000) }));
    anomalies = [];
    lastRows = [
      [1, 2, 3],
      [1, 2, 4],
    ];
    [position, reads, fail] = [1, 0, undefined];
    const reader = {
      latest: (tagIds: readonly number[]) => found(tagIds, () => true),
      latestUsable: (tagIds: readonly number[], since: number) =>
        found(tagIds, ({ ts, quality }) => ts >= since && quality !== BAD),
    };
    const source = {
      read: (_codes: string[], from: number, to: number) => {
        reads++;
        if (fail) return Promise.reject(fail);
        const times = lastRows.map((_, i) => to - 1 - 3 * MINUTE * (lastRows.length - 1 - i));
        const kept = times.flatMap((ts, i) => (ts >= from ? [i] : []));
        return Promise.resolve({
          timestamps: Float64Array.from(kept, (i) => times[i]),
          values: Float64Array.from(kept.flatMap((i) => lastRows[i])),
        });
      },
    };
    const require = (code: string) => Promise.resolve(UNITS.find((unit) => unit.code === code));
    const open = (filter: { equipmentId?: number; state?: string }) =>
      anomalies.filter(
        (each) =>
          each.equipmentId === (filter.equipmentId ?? each.equipmentId) &&
          each.state === (filter.state ?? each.state),
      );
    service = new EquipmentStatusService(
      { require } as unknown as EquipmentService,
      { current: () => Promise.resolve(health) } as unknown as EquipmentHealthService,
      {
        findIn: (filter: object) => Promise.resolve(open(filter)),
        names: () => Promise.resolve({ eqId: () => null, tagName: (code: string) => code }),
      } as unknown as AnomalyService,
      { all: () => Promise.resolve(new Map(TAGS.map((tag) => [tag.code, tag]))) } as unknown as TagDirectory,
      reader as unknown as SeriesReader,
      source as unknown as SampleSource,
      { position: () => Promise.resolve(position) } as unknown as SampleFeed,
      new LimitStates(),
      { now: () => NOW } as ProcessClock,
    );
  });

  it('is running, with its score and its own newest sample, when nothing is the matter', async () => {
    expect(await service.read('REACTOR')).toEqual({
      eq_id: 'REACTOR',
      status: 'running',
      reason: null,
      reason_ko: null,
      last_sample_at: new Date(NOW - MINUTE).toISOString(),
      score: 97,
      band: 'good',
      watch: watched(180_000),
      limit_violations: [],
      open_anomalies: [],
    });
    health[0].score = null;
    expect(await service.read('REACTOR')).toMatchObject({ status: 'running', score: null, band: null });
  });

  it('names the limits that its own newest usable values are beyond', async () => {
    newest.XMEAS_07 = sample(90, 1, UNCERTAIN);
    newest.XMEAS_09 = sample(15, 1);
    newest.XMEAS_10 = sample(95, 1);
    const { status, limit_violations } = await service.read('REACTOR');
    expect(status).toBe('fault');
    expect(limit_violations).toEqual([
      { tag: 'XMEAS_07', name: 'Name of XMEAS_07', limit: 'HH', limit_value: 90, value: 90, unit: 'kPa' },
      { tag: 'XMEAS_09', name: 'Name of XMEAS_09', limit: 'L', limit_value: 20, value: 15, unit: 'kPa' },
    ]);
    newest.XMEAS_07 = sample(90, 1, BAD);
    newest.XMEAS_09 = sample(15, 31);
    expect((await service.read('REACTOR')).limit_violations).toEqual([]);
  });

  it('is unknown in half an hour of silence, and says when bad values came instead', async () => {
    newest = { XMEAS_07: sample(50, 31), XMEAS_10: sample(50, 0) };
    const silent = await service.read('REACTOR');
    expect(silent).toMatchObject({
      status: 'unknown',
      reason: expect.stringContaining('nothing'),
      last_sample_at: new Date(NOW - 31 * MINUTE).toISOString(),
    });
    newest.XMEAS_07 = sample(50, 31, BAD);
    expect((await service.read('REACTOR')).reason).toBe(silent.reason);
    newest.XMEAS_07 = sample(50, 30, BAD);
    expect((await service.read('REACTOR')).reason).toContain('bad quality');
    newest.XMEAS_09 = sample(50, 30);
    expect((await service.read('REACTOR')).status).toBe('running');
    newest = {};
    expect(await service.read('REACTOR')).toMatchObject({ status: 'unknown', last_sample_at: null });
  });

  it('is unknown, not unwatched, before the plant has sent anything at all', async () => {
    newest = {};
    const never = unwatched('never_sent', 'not watched: never', null);
    for (const unit of health) Object.assign(unit, { score: null, watch: never });
    health[1].watch = unwatched('no_tags', 'not watched: no tags', null);
    expect((await service.read('REACTOR')).status).toBe('unknown');
    health[1].watch = watched(180_000);
    expect(await service.read('REACTOR')).toMatchObject({
      status: 'unwatched',
      reason: 'Not watched: never',
      watch: never,
    });
    health[0].watch = unwatched('slower', 'not watched: slower', 300_000);
    newest = { XMEAS_07: sample(50, 1) };
    expect(await service.read('REACTOR')).toMatchObject({
      status: 'unwatched',
      reason: 'Not watched: slower',
    });
    // of a unit that is new since
    health = [];
    expect(await service.read('REACTOR')).toMatchObject({
      status: 'unwatched',
      score: null,
      watch: { reason_code: 'no_tags' },
    });
  });

  it('counts its own open anomalies', async () => {
    anomalies = [
      { equipmentId: 2, state: 'open', severity: 'critical' },
      { equipmentId: 1, state: 'closed', severity: 'critical' },
    ];
    expect((await service.read('REACTOR')).status).toBe('running');
    anomalies.push({ equipmentId: 1, state: 'open', severity: 'high' });
    // what the wire shows of an anomaly has tests of its own
    const row = {
      contributions: [],
      startedAt: NOW,
      detectedAt: NOW,
      peakAt: NOW,
      peakScore: 9,
      threshold: 1,
    };
    const open = { endedAt: null, acknowledgedAt: null };
    anomalies = anomalies.map((each) => ({ ...row, ...open, ...each }));
    const { status, open_anomalies } = await service.read('REACTOR');
    expect([status, open_anomalies.map(({ severity }) => severity)]).toEqual(['fault', ['high']]);
  });

  describe('while the plant stands still', () => {
    beforeEach(() => void (lastRows[1] = lastRows[0]));

    it('is stopped, without a score', async () => {
      expect(await service.read('REACTOR')).toMatchObject({ status: 'stopped', score: null, band: null });
      // two of three repeat, and the third is missing
      lastRows = [
        [1, 2, NaN],
        [1, 2, 7],
      ];
      position++;
      expect((await service.read('REACTOR')).status).toBe('stopped');
    });

    it('is not known to be by a single sample', async () => {
      lastRows = [[1, 2, 3]];
      expect((await service.read('REACTOR')).status).toBe('running');
    });

    it('is found out once a write of samples for all units that were heard at the same time', async () => {
      newest.XMEAS_10 = newest.XMEAS_07;
      for (const code of ['REACTOR', 'PURGE', 'REACTOR'])
        expect((await service.read(code)).status).toBe('stopped');
      expect(reads).toBe(1);
      newest.XMEAS_10 = sample(50, 0);
      await service.read('PURGE');
      expect(reads).toBe(2);
      position++;
      lastRows[1] = [4, 5, 6];
      expect((await service.read('PURGE')).status).toBe('running');
      expect(reads).toBe(3);
      newest = {};
      await service.read('PURGE');
      expect(reads).toBe(3);
    });

    it('is found out anew when it could not be', async () => {
      fail = new Error('away');
      await expect(service.read('REACTOR')).rejects.toThrow('away');
      fail = undefined;
      expect((await service.read('REACTOR')).status).toBe('stopped');
    });
  });
});
