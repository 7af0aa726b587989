import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { SAMPLING_INTERVAL_MS } from '#anomaly';
import type { PlantPrediction } from '#ml';
import { AppError, LeasedLoop, LeaseRunner, loggerOf, OutageError, withPatience } from '#platform';
import { PredictionWindows, Predictor } from '#prediction';
import {
  type Diagnosis,
  type DueDiagnosis,
  IncidentDiagnosisRepository,
} from './incident-diagnosis.repository.js';

/** Diagnoses that become due are seen this late at the most. */
const POLL_MS = 1_000;
/** Of time in which this process has its turn. */
const DIAGNOSIS_TIMEOUT_MS = 5 * 60_000;
/** A diagnosis that fails so often is given up, so that others get their turn. */
const MOST_FAILURES = 3;
const NAMED_CAUSES = 5;
const NAMED_TAGS = 5;

/**
 * Makes the diagnoses that the scorer has found due, the newest sample first, in one process at a time. The models run on their
 * thread; what is due stands in the database until it is answered, so that whoever takes over leaves out none.
 */
@Injectable()
export class IncidentDiagnoser implements OnApplicationBootstrap {
  private readonly logger = loggerOf('diagnoser');
  private failed: DueDiagnosis & { times: number } = { incidentId: 0, at: 0, times: 0 };

  constructor(
    private readonly diagnoses: IncidentDiagnosisRepository,
    private readonly windows: PredictionWindows,
    private readonly predictor: Predictor,
    private readonly runner: LeaseRunner,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const loop = new LeasedLoop({
      name: 'diagnoser',
      logger: this.logger,
      pollMs: POLL_MS,
      next: () => this.diagnoseNext(),
      failure: 'no diagnosis; it is tried again',
    });
    await this.runner.compete(loop);
  }

  private async diagnoseNext(): Promise<boolean> {
    const due = await this.diagnoses.nextDue();
    if (due) await this.diagnose(due);
    return due !== undefined;
  }

  private async diagnose(due: DueDiagnosis): Promise<void> {
    const answer = await this.predict(due.at).then(diagnosisOf, (error: unknown) =>
      this.refusalOf(due, error),
    );
    await this.diagnoses.answer({ ...due, ...answer, madeAt: Date.now() });
  }

  /** Tags that are posted apart belong to the sample as long as the scorer joins them. */
  private async predict(at: number): Promise<PlantPrediction> {
    const window = await this.windows.read(at + SAMPLING_INTERVAL_MS / 2 - 1);
    return withPatience(DIAGNOSIS_TIMEOUT_MS, this.predictor.predict(window, { horizonSteps: 1 }));
  }

  /** @throws what is worth another attempt */
  private refusalOf(due: DueDiagnosis, error: unknown): Answer {
    if (error instanceof OutageError) throw error;
    if (error instanceof AppError) return refused(error.code);
    const isAgain = this.failed.incidentId === due.incidentId && this.failed.at === due.at;
    this.failed = { ...due, times: isAgain ? this.failed.times + 1 : 1 };
    if (this.failed.times < MOST_FAILURES) throw error;
    this.logger.error({ err: error, incident_id: due.incidentId, at: due.at }, 'diagnosis given up');
    return refused('DIAGNOSIS_FAILED');
  }
}

type Answer = Omit<Diagnosis, keyof DueDiagnosis | 'madeAt'>;

function refused(code: string): Answer {
  return { refusal: code, model: null, faultProbability: null, causes: [], importantTags: [] };
}

function diagnosisOf({
  models,
  fault_classes,
  fault_probability,
  feature_importance,
}: PlantPrediction): Answer {
  return {
    refusal: null,
    model: `${models.diagnosis.name} ${models.diagnosis.version}`,
    faultProbability: fault_probability,
    causes: fault_classes
      .filter((each) => each.class !== 'normal')
      .slice(0, NAMED_CAUSES)
      .map((each) => ({ class: each.class, idv: each.idv, probability: each.probability })),
    importantTags: feature_importance.tags.slice(0, NAMED_TAGS).map(({ tag, share }) => ({ tag, share })),
  };
}
