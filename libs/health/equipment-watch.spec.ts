import { beforeEach, describe, expect, it } from '#jest';
import type { PlantWatch } from '#anomaly';
import type { EquipmentService } from '#equipment';
import { Metrics, type ProcessClock } from '#platform';
import type { TagDirectory, TagSampling } from '#timeseries';
import { EquipmentWatch } from './equipment-watch.service.js';

const NOW = Date.UTC(2026, 2, 1);
const SLOWER: TagSampling = { state: 'slower', intervalMs: 300_000 };
const REGULAR: TagSampling = { state: 'regular', intervalMs: 180_000 };
const FASTER: TagSampling = { state: 'faster', intervalMs: 10_000 };
const NEVER: TagSampling = { state: 'never_sent', intervalMs: null };
const UNIT = 2;

describe('whether a unit is watched', () => {
  /** The samplings of the unit's tags, by their codes; analysers begin with a Q. */
  let samplings: Record<string, TagSampling>;
  let blindness: TagSampling | undefined;
  let metrics: Metrics;
  let service: EquipmentWatch;

  beforeEach(() => {
    [samplings, blindness, metrics] = [{}, undefined, new Metrics()];
    const plant = {
      at: (until: number) =>
        Promise.resolve({ byTag: new Map(until === NOW ? Object.entries(samplings) : []), blindness }),
    };
    // FOREIGN belongs to another unit, NEW to this one: nothing is known of either
    const tags = () =>
      ['FOREIGN', ...Object.keys(samplings)].map((code) => ({
        code,
        equipmentId: code === 'FOREIGN' ? 1 : UNIT,
        samplingIntervalMs: code.startsWith('Q') ? 900_000 : 180_000,
      }));
    service = new EquipmentWatch(
      plant as unknown as PlantWatch,
      { findAll: () => Promise.resolve([{ id: 1 }, { id: UNIT }]) } as unknown as EquipmentService,
      {
        all: () => Promise.resolve(new Map(tags().map((tag) => [tag.code, tag]))),
      } as unknown as TagDirectory,
      { now: () => NOW } as ProcessClock,
      metrics,
    );
  });

  const watchOf = async (some: Record<string, TagSampling>) => {
    samplings = some;
    return (await service.at(NOW)).get(UNIT);
  };

  it('is not the case without tags, or while none has sent anything', async () => {
    expect(await watchOf({})).toEqual({
      state: 'unwatched',
      reason_code: 'no_tags',
      reason: 'not watched: it has no tags',
      sampled_every_ms: null,
    });
    expect(await watchOf({ T1: NEVER, T2: NEVER })).toMatchObject({
      state: 'unwatched',
      reason_code: 'never_sent',
    });
    expect((await service.at(NOW)).get(1)).toMatchObject({ reason_code: 'never_sent' });
  });

  it('is the case as soon as one sensor comes as learnt, at an interval they share', async () => {
    const watched = { state: 'watched', reason_code: null, reason: null };
    expect(await watchOf({ T1: REGULAR, T2: REGULAR, T3: NEVER })).toEqual({
      ...watched,
      sampled_every_ms: 180_000,
    });
    expect(await watchOf({ T1: REGULAR, T2: FASTER })).toEqual({ ...watched, sampled_every_ms: null });
    expect(await watchOf({ T1: SLOWER, T2: REGULAR })).toEqual({ ...watched, sampled_every_ms: null });
  });

  it('is not the case when all of them come otherwise, whatever analysers do', async () => {
    const slower = {
      state: 'unwatched',
      reason_code: 'slower',
      reason: 'not watched: sampled every 300 s, learnt at 180 s',
      sampled_every_ms: 300_000,
    };
    expect(await watchOf({ T1: SLOWER, T2: SLOWER, Q1: REGULAR })).toEqual(slower);
    expect(await watchOf({ T1: REGULAR, Q1: SLOWER })).toMatchObject({ sampled_every_ms: 180_000 });
    // a unit of analysers only is judged by them
    expect(await watchOf({ Q1: SLOWER })).toEqual(slower);
    expect(await watchOf({ Q1: SLOWER, Q2: REGULAR })).toMatchObject({ state: 'watched' });
  });

  it('is not the case while no detector can judge the plant, however its own sensors come', async () => {
    blindness = SLOWER;
    expect(await watchOf({ T1: REGULAR })).toMatchObject({
      reason_code: 'slower',
      sampled_every_ms: 300_000,
    });
  });

  it('is counted for metrics: units, and tags by what is the matter with them', async () => {
    service.onModuleInit();
    samplings = { T1: REGULAR, T2: SLOWER, T3: SLOWER, T4: NEVER };
    const figures = await metrics.registry.metrics();
    expect(figures).toMatch(/^# HELP unwatched_equipment \w/m);
    expect(figures).toMatch(/^unwatched_equipment 1$/m);
    expect(figures).toMatch(/^unwatched_tags\{reason="slower"\} 2$/m);
    expect(figures).toMatch(/^unwatched_tags\{reason="never_sent"\} 1$/m);
    expect(figures).toMatch(/^unwatched_tags\{reason="off_grid"\} 0$/m);
  });
});
