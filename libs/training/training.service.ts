import { DIAGNOSIS_MODEL, isDetectorName, leastRowsOf, TRAINABLE_MODELS } from '#ml';
import { Injectable } from '@nestjs/common';
import {
  API_PREFIX,
  AppError,
  decodeCursor,
  isDuplicateKey,
  type JobKind,
  JobsService,
  type Page,
  pageOf,
  type Principal,
} from '#platform';
import type { TrainModelDto } from './dto/train-model.dto.js';
import { TrainingDto } from './dto/training.dto.js';
import type { TrainingListQuery } from './dto/training-list.query.js';
import { requireSamples } from './enough-samples.js';
import { TrainingHistory } from './training-history.service.js';
import type { ModelTraining, TrainingHistoryRequest } from './training.entity.js';
import { TrainingRepository } from './training.repository.js';
import { TrainingSettings } from './training.settings.js';

export const TRAININGS_PATH = `${API_PREFIX}/model-trainings`;

/** Trainings as those who ask for them see them. */
@Injectable()
export class TrainingService {
  readonly kind: JobKind<ModelTraining>;

  constructor(
    private readonly repository: TrainingRepository,
    private readonly jobs: JobsService,
    private readonly history: TrainingHistory,
    private readonly settings: TrainingSettings,
  ) {
    this.kind = { name: 'training', rows: repository };
    jobs.register(this.kind);
  }

  /**
   * Accepts a training, once it is plausible that its data suffice.
   * @throws AppError MODEL_NOT_FOUND, VALIDATION_FAILED, LOT_…, TRAINING_NEEDS_FAULTS, SAMPLING_NOT_LEARNT,
   *   TRAINING_DATA_INSUFFICIENT, TRAINING_WINDOW_TOO_LONG, FULL_TRAINING_NOT_ALLOWED, TRAINING_UNDER_WAY, QUEUE_UNAVAILABLE,
   *   IDEMPOTENCY_KEY_REUSED
   */
  async request(
    modelName: string,
    dto: TrainModelDto,
    idempotencyKey: string | undefined,
    principal: Principal,
  ): Promise<ModelTraining> {
    if (!TRAINABLE_MODELS.includes(modelName)) throw AppError.notFound('MODEL', 'model', modelName);
    const jobId = await this.jobs.submit(this.kind, {
      idempotencyKey,
      request: { model: modelName, ...dto },
      prepare: async () => {
        const history = dto.source === 'history' ? await this.requireHistory(modelName, dto) : null;
        const quick = dto.source === 'simulated' && this.requireSimulated(dto);
        const { source, seed, activate } = dto;
        return (id) =>
          this.insertAlone({
            jobId: id,
            requestedBy: principal.name,
            modelName,
            source,
            history,
            seed,
            quick,
            activate,
          });
      },
    });
    return this.jobs.require(this.kind, jobId);
  }

  /** @throws AppError TRAINING_NOT_FOUND */
  require(jobId: string): Promise<ModelTraining> {
    return this.jobs.require(this.kind, jobId);
  }

  async list({
    limit,
    cursor,
    total,
    status,
    model: modelName,
  }: TrainingListQuery): Promise<Page<TrainingDto>> {
    const key = decodeCursor(cursor, ['number', 'string']) as [number, string] | undefined;
    const filter = { status, modelName };
    const rows = await this.repository.findPage(filter, limit, key && { createdAt: key[0], jobId: key[1] });
    return pageOf(
      rows,
      limit,
      (row) => [row.createdAt, row.jobId],
      (row) => TrainingDto.of(row),
      total ? await this.repository.count(filter) : undefined,
    );
  }

  /** @throws AppError TRAINING_NOT_FOUND, JOB_FINISHED */
  cancel(jobId: string): Promise<void> {
    return this.jobs.cancel(this.kind, jobId);
  }

  private async requireHistory(modelName: string, dto: TrainModelDto): Promise<TrainingHistoryRequest> {
    if (!isDetectorName(modelName)) throw needsFaults(modelName);
    if (dto.quick !== undefined) throw AppError.invalid('quick', 'goes with source simulated only');
    const request = await this.history.requested(dto);
    const { stretches, leftOut } = await this.history.normalStretches(request);
    await this.history.requireSampling(stretches);
    requireSamples(modelName, await this.history.mostSamples(stretches), leastRowsOf(modelName), leftOut);
    return request;
  }

  /** @returns whether it is a quick one */
  private requireSimulated({ quick = true, lot_ids, windows }: TrainModelDto): boolean {
    if (lot_ids !== undefined) throw AppError.invalid('lot_ids', 'goes with source history only');
    if (windows !== undefined) throw AppError.invalid('windows', 'goes with source history only');
    if (!quick && !this.settings.fullTrainingAllowed)
      throw AppError.unprocessable(
        'FULL_TRAINING_NOT_ALLOWED',
        'Only quick trainings are allowed over HTTP here; set TRAINING_FULL=true, or run npm run models:train',
      );
    return quick;
  }

  /** One at a time in all processes together: the unfinished row has the only slot. */
  private async insertAlone(row: Parameters<TrainingRepository['insertQueued']>[0]): Promise<void> {
    await this.refuseWhileUnderWay();
    try {
      await this.repository.insertQueued({ ...row, phase: 'waiting', slot: 1 });
    } catch (error) {
      if (isDuplicateKey(error)) throw underWay();
      throw error;
    }
  }

  private async refuseWhileUnderWay(): Promise<void> {
    const unfinished = await this.repository.findUnfinished();
    if (unfinished) throw underWay(unfinished);
  }
}

function needsFaults(modelName: string): AppError {
  const why =
    modelName === DIAGNOSIS_MODEL
      ? 'learns to tell disturbances apart, which normal operation does not show'
      : 'is judged by how it forecasts through disturbances, which normal operation does not show';
  return AppError.unprocessable(
    'TRAINING_NEEDS_FAULTS',
    `${modelName} ${why}; ask with "source": "simulated"`,
  );
}

function underWay(unfinished?: ModelTraining): AppError {
  const which = unfinished ? ` (of ${unfinished.modelName}, ${unfinished.progress} %)` : '';
  return AppError.conflict(
    'TRAINING_UNDER_WAY',
    `Another training is not finished${which}; there is one at a time`,
    unfinished && { job_id: unfinished.jobId, status_url: `${TRAININGS_PATH}/${unfinished.jobId}` },
  );
}
