import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AppError, HealthIndicators, type HealthReading, ProcessClock } from '#platform';
import { DETECTOR_TAGS } from '#tep';
import { isUnwatched, samplingSentence, SamplingSurvey, type TagSampling } from '#timeseries';
import { SAMPLING_INTERVAL_MS } from '../detection/detector-stream.js';

/** How the tags are sampled, and what of it the models can evaluate. */
export class PlantSampling {
  constructor(readonly byTag: ReadonlyMap<string, TagSampling>) {}

  /** How the tags come that detectors look at and that come otherwise than learnt: most of them, if so many that nothing is scored. */
  get blindness(): TagSampling | undefined {
    const unsuited = this.unsuited();
    return unsuited.length >= DETECTOR_TAGS.length / 2 ? this.commonest(unsuited) : undefined;
  }

  /** Why nothing can be predicted or learnt from these samples; undefined when nothing speaks against it. */
  refusal(): AppError | undefined {
    const tags = this.unsuited();
    if (tags.length === 0) return undefined;
    const { intervalMs } = this.commonest(tags);
    return AppError.unprocessable('SAMPLING_NOT_LEARNT', samplingSentence(this.commonest(tags)), {
      sampled_every_ms: intervalMs,
      learnt_every_ms: SAMPLING_INTERVAL_MS,
      tags,
    });
  }

  private unsuited(): string[] {
    return DETECTOR_TAGS.filter((code) => {
      const state = this.byTag.get(code)?.state ?? 'never_sent';
      return state !== 'never_sent' && isUnwatched(state);
    });
  }

  /** The sampling that most of these tags have. */
  private commonest(codes: readonly string[]): TagSampling {
    const counts = new Map<number, { count: number; sampling: TagSampling }>();
    for (const code of codes) {
      const sampling = this.byTag.get(code) ?? { state: 'slower', intervalMs: null };
      const known = counts.get(sampling.intervalMs ?? 0);
      counts.set(sampling.intervalMs ?? 0, { count: (known?.count ?? 0) + 1, sampling });
    }
    return [...counts.values()].reduce((most, each) => (each.count > most.count ? each : most)).sampling;
  }
}

/** Says whether the plant's samples come as the models have learnt them. */
@Injectable()
export class PlantWatch implements OnModuleInit {
  constructor(
    private readonly survey: SamplingSurvey,
    private readonly clock: ProcessClock,
    private readonly indicators: HealthIndicators,
  ) {}

  onModuleInit(): void {
    this.indicators.register('watch', () => this.read(), 'database');
  }

  /** As it was at a moment of plant time. */
  async at(until: number): Promise<PlantSampling> {
    return new PlantSampling(await this.survey.at(until));
  }

  private async read(): Promise<HealthReading> {
    const { blindness } = await this.at(this.clock.now());
    if (!blindness) return { status: 'up', detectors: 'watched', learnt_every_ms: SAMPLING_INTERVAL_MS };
    return {
      status: 'degraded',
      detectors: 'unwatched',
      reason: samplingSentence(blindness),
      sampled_every_ms: blindness.intervalMs ?? undefined,
      learnt_every_ms: SAMPLING_INTERVAL_MS,
    };
  }
}
