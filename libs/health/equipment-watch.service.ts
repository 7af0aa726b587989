import { Injectable, type OnModuleInit } from '@nestjs/common';
import { PlantWatch, SAMPLING_INTERVAL_MS } from '#anomaly';
import { EquipmentService, type SensorTag } from '#equipment';
import { Metrics, ProcessClock } from '#platform';
import {
  isUnwatched,
  samplingSentence,
  TagDirectory,
  type TagSampling,
  unwatched,
  type WatchDto,
  watched,
} from '#timeseries';

const NEVER_SENT: TagSampling = { state: 'never_sent', intervalMs: null };

/** Says of every unit whether anything that is learnt can evaluate it. */
@Injectable()
export class EquipmentWatch implements OnModuleInit {
  constructor(
    private readonly plant: PlantWatch,
    private readonly equipment: EquipmentService,
    private readonly tags: TagDirectory,
    private readonly clock: ProcessClock,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    this.metrics.gauge(
      'unwatched_equipment',
      'Equipment without tags, without samples, or sampled otherwise than models have learnt',
      [],
      async (gauge) => {
        const watches = [...(await this.at(this.clock.now())).values()];
        gauge.set(watches.filter(({ state }) => state === 'unwatched').length);
      },
    );
    this.metrics.gauge(
      'unwatched_tags',
      'Tags without samples, or sampled otherwise than models have learnt',
      ['reason'],
      async (gauge) => {
        const { byTag } = await this.plant.at(this.clock.now());
        for (const reason of ['never_sent', 'slower', 'off_grid'] as const)
          gauge.set({ reason }, [...byTag.values()].filter(({ state }) => state === reason).length);
      },
    );
  }

  /** Of every equipment by its id, as it was at a moment of plant time. */
  async at(until: number): Promise<Map<number, WatchDto>> {
    const plant = await this.plant.at(until);
    const tags = [...(await this.tags.all()).values()];
    return new Map(
      (await this.equipment.findAll()).map(({ id }) => {
        const own = tags.filter(({ equipmentId }) => equipmentId === id);
        return [id, watchOf(own, plant.byTag, plant.blindness)];
      }),
    );
  }
}

/**
 * Whether a unit is watched.
 * @param blindness how the plant is sampled, if so that no detector can score anything
 */
function watchOf(
  tags: readonly Pick<SensorTag, 'code' | 'samplingIntervalMs'>[],
  byTag: ReadonlyMap<string, TagSampling>,
  blindness: TagSampling | undefined,
): WatchDto {
  if (tags.length === 0) return unwatched('no_tags', 'not watched: it has no tags', null);
  const spoken = tags.filter(({ code }) => (byTag.get(code) ?? NEVER_SENT).state !== 'never_sent');
  if (spoken.length === 0)
    return unwatched('never_sent', 'not watched: none of its tags has ever sent a value', null);
  const continuous = spoken.filter(({ samplingIntervalMs }) => samplingIntervalMs <= SAMPLING_INTERVAL_MS);
  const samplings = (continuous.length > 0 ? continuous : spoken).map(
    ({ code }) => byTag.get(code) ?? NEVER_SENT,
  );
  const unsuited = samplings.every(({ state }) => isUnwatched(state)) ? samplings[0] : blindness;
  if (unsuited && isUnwatched(unsuited.state))
    return unwatched(unsuited.state, samplingSentence(unsuited), unsuited.intervalMs);
  const intervals = new Set(samplings.map(({ intervalMs }) => intervalMs));
  return watched(intervals.size === 1 ? samplings[0].intervalMs : null);
}
