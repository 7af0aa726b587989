import { Injectable } from '@nestjs/common';
import {
  alignSamples,
  AnomalyDto,
  AnomalyService,
  LONGEST_GAP_MS,
  SAMPLING_INTERVAL_MS,
  SampleSource,
} from '#anomaly';
import { EquipmentService, type SensorTag } from '#equipment';
import { isoTimeOrNull, ProcessClock } from '#platform';
import { isFrozen, type TagValues } from '#tep';
import { type LatestSample, LimitStates, SeriesReader, TagDirectory, unwatched } from '#timeseries';
import type { EquipmentStatusDto, LimitViolationDto } from './dto/equipment-status.dto.js';
import { type EquipmentHealth, EquipmentHealthService } from './equipment-health.service.js';
import { bandOf, type ReachedLimit } from './equipment-score.js';
import { statusOf } from './equipment-status.js';

const MOST_ANOMALIES = 50;

/** Says of an equipment whether it runs well, from its newest samples, its open anomalies and its score. */
@Injectable()
export class EquipmentStatusService {
  constructor(
    private readonly equipment: EquipmentService,
    private readonly health: EquipmentHealthService,
    private readonly anomalies: AnomalyService,
    private readonly tags: TagDirectory,
    private readonly reader: SeriesReader,
    private readonly source: SampleSource,
    private readonly limitStates: LimitStates,
    private readonly clock: ProcessClock,
  ) {}

  /** @throws AppError EQUIPMENT_NOT_FOUND */
  async read(eqId: string): Promise<EquipmentStatusDto> {
    const { id, code } = await this.equipment.require(eqId);
    const tags = [...(await this.tags.all()).values()].filter((tag) => tag.equipmentId === id);
    const tagIds = tags.map((tag) => tag.id);
    const lastSampleAt = newestOf(await this.reader.latest(tagIds));
    const since = this.clock.now() - LONGEST_GAP_MS;
    const latest = await this.reader.latestUsable(tagIds, since);
    const lastValueAt = newestOf(latest);
    const units = await this.health.current();
    const health = units.find(({ equipment }) => equipment.id === id);
    const open = await this.anomalies.findIn({ equipmentId: id, state: 'open' }, MOST_ANOMALIES);
    const violations = await this.violations(tags, latest);
    const speaks = lastValueAt !== null;
    const standsStill = speaks && (await this.standsStill(lastValueAt));
    const score = standsStill ? null : (health?.score ?? null);
    const watch = health?.watch ?? unwatched('no_tags', 'not watched: it has no tags', null);
    const names = await this.anomalies.names();
    return {
      eq_id: code,
      ...statusOf({
        // Before the plant has sent anything at all, nobody knows what it will send.
        unwatched:
          watch.reason_code === null || (watch.reason_code === 'never_sent' && units.every(isSilent))
            ? null
            : { code: watch.reason_code, reason: watch.reason ?? '' },
        speaks,
        sendsBad: !speaks && lastSampleAt !== null && lastSampleAt >= since,
        standsStill,
        severities: open.map(({ severity }) => severity),
        limits: violations,
        score,
      }),
      last_sample_at: isoTimeOrNull(lastSampleAt),
      score,
      band: score === null ? null : bandOf(score),
      watch,
      limit_violations: violations,
      open_anomalies: open.map((anomaly) => AnomalyDto.of(anomaly, names)),
    };
  }

  /** The limits that the newest usable values are beyond. */
  private async violations(
    tags: readonly SensorTag[],
    latest: ReadonlyMap<number, LatestSample>,
  ): Promise<LimitViolationDto[]> {
    const states = await this.limitStates.of(tags, latest);
    return tags.flatMap((tag) => {
      const [limit, sample] = [states.get(tag.id) ?? 'normal', latest.get(tag.id)];
      if (!sample || limit === 'normal') return [];
      const { code, name, unit } = tag;
      return [{ tag: code, name, limit, limit_value: valueOf(limit, tag), value: sample.value, unit }];
    });
  }

  /** Whether the last two samples of the plant are the same. */
  private async standsStill(lastValueAt: number): Promise<boolean> {
    const codes = [...(await this.tags.all()).keys()];
    const rows = await this.source.read(codes, lastValueAt - 4 * SAMPLING_INTERVAL_MS, lastValueAt + 1);
    const { timestamps, values } = alignSamples(rows, codes.length, SAMPLING_INTERVAL_MS / 2);
    const count = timestamps.length;
    const sampleAt = (row: number): TagValues =>
      Object.fromEntries(
        codes
          .map((code, i) => [code, values[row * codes.length + i]] as const)
          .filter(([, value]) => !Number.isNaN(value)),
      );
    return count >= 2 && isFrozen(sampleAt(count - 2), sampleAt(count - 1));
  }
}

function isSilent({ watch: { reason_code: reason } }: EquipmentHealth): boolean {
  return reason === 'no_tags' || reason === 'never_sent';
}

function newestOf(latest: ReadonlyMap<number, LatestSample>): number | null {
  const times = [...latest.values()].map(({ ts }) => ts);
  return times.length > 0 ? Math.max(...times) : null;
}

function valueOf(limit: ReachedLimit, { limitLl, limitL, limitH, limitHh }: SensorTag): number {
  return { LL: limitLl, L: limitL, H: limitH, HH: limitHh }[limit] ?? NaN;
}
