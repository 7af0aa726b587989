import type { ModelCard, PlantPrediction, PredictionWindow, StoredEvaluation } from '#ml';
import { Injectable } from '@nestjs/common';
import { SensorTagService } from '#equipment';
import { AppError, ProcessClock } from '#platform';
import { ModelsService, PredictionWindows, Predictor } from '#prediction';
import { limitsOf, type PlantNames } from './plant-names.js';
import type { FaultAssessment, ModelSummary, NoPredictionReason, TagForecast } from './content.js';
import { TrendGathering } from './trend.gathering.js';

/** Forecasts are drawn for the tags most likely to leave their limits. */
const DRAWN_FORECASTS = 4;
const HISTORY_MS = 3 * 3_600_000;
const NAMED_CLASSES = 5;
const NAMED_FEATURES = 8;
const FORECAST_COVERAGE = 0.9;

export interface PeriodPrediction {
  forecasts: TagForecast[];
  fault: FaultAssessment | undefined;
  models: ModelSummary[];
  /** Why there is none. */
  noPrediction: NoPredictionReason | null;
}

const REASONS: Readonly<Record<string, NoPredictionReason>> = {
  WINDOW_STALE: 'stale',
  WINDOW_TOO_SHORT: 'too_short',
  WINDOW_HAS_GAPS: 'gaps',
  TAG_MISSING: 'tag_missing',
  SAMPLING_NOT_LEARNT: 'sampling',
};

/** Predicts from the end of a period, and gathers the cards of the models behind it. */
@Injectable()
export class PredictionGathering {
  constructor(
    private readonly windows: PredictionWindows,
    private readonly predictor: Predictor,
    private readonly sensorTags: SensorTagService,
    private readonly clock: ProcessClock,
    private readonly models: ModelsService,
    private readonly trends: TrendGathering,
  ) {}

  /**
   * What a prediction at the end of a period is made from, its last samples; where none can be made, the reason.
   * @param end not part of the period
   */
  windowAt(end: number): Promise<PredictionWindow | NoPredictionReason> {
    return unlessRefused(async () =>
      this.windows.read(await this.windows.newestSample(Math.min(end - 1, this.clock.now()))),
    );
  }

  /**
   * A prediction of the report's own.
   * @param equipmentId whose tags are foretold; all where absent
   */
  async predict(
    window: PredictionWindow | NoPredictionReason,
    names: PlantNames,
    equipmentId?: number,
  ): Promise<PeriodPrediction> {
    const result =
      typeof window === 'string' ? window : await unlessRefused(() => this.predictor.predict(window, {}));
    return typeof result === 'string' ? without(result) : this.gather(result, names, equipmentId);
  }

  /** What a prediction says of all tags, or those of an equipment. */
  async gather(result: PlantPrediction, names: PlantNames, equipmentId?: number): Promise<PeriodPrediction> {
    const own =
      equipmentId === undefined
        ? undefined
        : new Set((await this.sensorTags.findByEquipment(equipmentId)).map(({ code }) => code));
    const forecast = result.forecast.filter(({ tag }) => own?.has(tag) ?? true);
    return {
      forecasts: await this.forecasts({ ...result, forecast }, names),
      fault: faultAssessment(result, names),
      models: await this.modelSummaries(result),
      noPrediction: null,
    };
  }

  private async forecasts({ forecast, at }: PlantPrediction, names: PlantNames): Promise<TagForecast[]> {
    const madeAtMs = Date.parse(at);
    const drawn = [...forecast]
      .sort((a, b) => b.crossing_probability - a.crossing_probability)
      .slice(0, DRAWN_FORECASTS);
    const tags = drawn.flatMap((each) => {
      const tag = names.tagOf(each.tag);
      return tag ? [{ each, tag }] : [];
    });
    const histories = await this.trends.series(
      tags.map(({ tag }) => tag.id),
      { from: madeAtMs - HISTORY_MS, to: madeAtMs + 1 },
    );
    return tags.map(({ each, tag }, i) => ({
      ...names.tag(each.tag),
      unit: each.unit,
      madeAtMs,
      history: histories[i],
      steps: {
        times: each.steps.map((step) => Date.parse(step.at)),
        values: each.steps.map(({ value }) => value),
        low: each.steps.map(({ low }) => low),
        high: each.steps.map(({ high }) => high),
      },
      coverage: FORECAST_COVERAGE,
      limits: limitsOf(tag),
      crossingProbability: each.crossing_probability,
    }));
  }

  private async modelSummaries({ models }: PlantPrediction): Promise<ModelSummary[]> {
    return Promise.all(
      Object.values(models).map(async ({ name, version }) =>
        modelSummary(await this.models.card(name, version), await this.models.evaluation(name, version)),
      ),
    );
  }
}

/** What is asked for, or the reason for which it cannot be made. */
async function unlessRefused<T>(work: () => Promise<T>): Promise<T | NoPredictionReason> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof AppError) || error.kind !== 'unprocessable') throw error;
    return REASONS[error.code] ?? 'other';
  }
}

function without(noPrediction: NoPredictionReason): PeriodPrediction {
  return { forecasts: [], fault: undefined, models: [], noPrediction };
}

function faultAssessment(result: PlantPrediction, names: PlantNames): FaultAssessment {
  const { diagnosis } = result.models;
  return {
    atMs: Date.parse(result.at),
    probability: result.fault_probability,
    classes: result.fault_classes
      .filter((each) => each.class !== 'unknown')
      .slice(0, NAMED_CLASSES)
      .map(({ idv, probability }) => ({ idv: idv ?? 0, probability })),
    importance: result.feature_importance.tags
      .slice(0, NAMED_FEATURES)
      .map(({ tag, attribution }) => ({ ...names.tag(tag), importance: attribution })),
    model: `${diagnosis.name} ${diagnosis.version}`,
  };
}

function modelSummary(card: ModelCard, evaluation: StoredEvaluation | null): ModelSummary {
  return {
    name: card.name,
    version: card.version,
    purpose: card.kind,
    trainedOn: card.data.windows === undefined ? 'simulated' : 'history',
    checks: { passed: card.gates.filter(({ passed }) => passed).length, all: card.gates.length },
    measured: evaluation?.headline ?? [],
  };
}
