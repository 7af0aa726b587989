import { Injectable } from '@nestjs/common';
import { EquipmentService } from '#equipment';
import { LotService } from '#lot';
import {
  AppError,
  decodeCursor,
  type JobKind,
  JobsService,
  type Page,
  pageOf,
  type Principal,
  ProcessClock,
} from '#platform';
import { TagDirectory } from '#timeseries';
import type { CreatePredictionDto } from './dto/create-prediction.dto.js';
import { FeatureImportanceDto } from './dto/feature-importance.dto.js';
import type { PredictionListQuery } from './dto/prediction-list.query.js';
import { ListedPredictionDto, PredictionDto } from './dto/prediction.dto.js';
import { ModelsService } from './models.service.js';
import type { Prediction } from './prediction.entity.js';
import { PredictionRepository } from './prediction.repository.js';
import { PredictionWindows } from './prediction-window.service.js';

/** How far ahead of the plant's clock a prediction may begin. */
const FUTURE_TOLERANCE_MS = 300_000;

@Injectable()
export class PredictionService {
  readonly kind: JobKind<Prediction>;

  constructor(
    private readonly repository: PredictionRepository,
    private readonly jobs: JobsService,
    private readonly equipment: EquipmentService,
    private readonly lots: LotService,
    private readonly windows: PredictionWindows,
    private readonly models: ModelsService,
    private readonly tags: TagDirectory,
    private readonly clock: ProcessClock,
  ) {
    this.kind = { name: 'prediction', rows: repository };
    jobs.register(this.kind);
  }

  /**
   * Accepts a request for a prediction, once its window is known to be good.
   * @throws AppError VALIDATION_FAILED, EQUIPMENT_NOT_FOUND, EQUIPMENT_WITHOUT_TAGS, LOT_NOT_FOUND, MODEL_NOT_FOUND,
   *   SAMPLING_NOT_LEARNT, WINDOW_…, QUEUE_FULL, QUEUE_UNAVAILABLE, IDEMPOTENCY_KEY_REUSED
   */
  async request(
    dto: CreatePredictionDto,
    idempotencyKey: string | undefined,
    principal: Principal,
  ): Promise<Prediction> {
    const jobId = await this.jobs.submit(this.kind, {
      idempotencyKey,
      request: dto,
      prepare: async () => {
        const asked = await this.resolveRequest(dto);
        return (id) => this.repository.insertQueued({ jobId: id, requestedBy: principal.name, ...asked });
      },
    });
    return this.jobs.require(this.kind, jobId);
  }

  /** @throws AppError PREDICTION_NOT_FOUND */
  require(jobId: string): Promise<Prediction> {
    return this.jobs.require(this.kind, jobId);
  }

  /** @throws AppError PREDICTION_NOT_FOUND */
  async read(jobId: string): Promise<PredictionDto> {
    return this.present(await this.require(jobId));
  }

  async present(prediction: Prediction): Promise<PredictionDto> {
    return PredictionDto.of(prediction, (await this.codes()).get(prediction.equipmentId) ?? null);
  }

  async list(query: PredictionListQuery): Promise<Page<ListedPredictionDto>> {
    const { limit, cursor, total, status, eq_id, lot_id: lotId } = query;
    const key = decodeCursor(cursor, ['number', 'string']) as [number, string] | undefined;
    const equipmentId = eq_id === undefined ? undefined : (await this.equipment.require(eq_id)).id;
    const filter = { status, equipmentId, lotId };
    const rows = await this.repository.findPage(filter, limit, key && { createdAt: key[0], jobId: key[1] });
    const codes = await this.codes();
    return pageOf(
      rows,
      limit,
      (row) => [row.createdAt, row.jobId],
      (row) => ListedPredictionDto.ofRow(row, codes.get(row.equipmentId) ?? null),
      total ? await this.repository.count(filter) : undefined,
    );
  }

  /** @throws AppError PREDICTION_NOT_FOUND, JOB_FINISHED */
  cancel(jobId: string): Promise<void> {
    return this.jobs.cancel(this.kind, jobId);
  }

  /** @throws AppError PREDICTION_NOT_FOUND, PREDICTION_NOT_READY */
  async featureImportance(jobId: string): Promise<FeatureImportanceDto> {
    const { result, status } = await this.require(jobId);
    if (result) return FeatureImportanceDto.of(jobId, result);
    throw AppError.conflict(
      'PREDICTION_NOT_READY',
      `The prediction ${jobId} is ${status}; there is nothing to explain`,
    );
  }

  private async resolveRequest(
    dto: CreatePredictionDto,
  ): Promise<
    Pick<Prediction, 'equipmentId' | 'lotId' | 'at' | 'horizonSteps' | 'modelName' | 'modelVersion'>
  > {
    const subject = await this.subjectOf(dto);
    const model = dto.model === undefined ? undefined : await this.models.resolve(dto.model);
    await this.windows.read(subject.at);
    return {
      ...subject,
      horizonSteps: dto.horizon_steps,
      modelName: model?.name ?? null,
      modelVersion: model?.version ?? null,
    };
  }

  private async subjectOf(
    dto: CreatePredictionDto,
  ): Promise<Pick<Prediction, 'equipmentId' | 'lotId' | 'at'>> {
    if ((dto.eq_id === undefined) === (dto.lot_id === undefined))
      throw AppError.invalid('eq_id', 'or lot_id must be given, and not both');
    const now = this.clock.now();
    const given = dto.at === undefined ? undefined : this.clock.parseTime(dto.at, 'at');
    if (given !== undefined && given > now + FUTURE_TOLERANCE_MS)
      throw AppError.invalid('at', 'must not be in the future of the plant');
    if (dto.eq_id !== undefined) {
      const { id } = await this.equipment.require(dto.eq_id);
      await this.refuseWithoutTags(id, dto.eq_id);
      return {
        equipmentId: id,
        lotId: null,
        at: await this.windows.newestSample(given ?? now),
      };
    }
    const lot = await this.lots.require(dto.lot_id ?? 0);
    const end = lot.endedAt ?? now;
    if (given !== undefined && (given < lot.startedAt || given > end))
      throw AppError.invalid('at', 'must lie within the lot');
    return { equipmentId: null, lotId: lot.id, at: await this.windows.newestSample(given ?? end) };
  }

  /** Nothing of such a unit could be forecast. */
  private async refuseWithoutTags(equipmentId: number, eqId: string): Promise<void> {
    const tags = await this.tags.all();
    if ([...tags.values()].some((tag) => tag.equipmentId === equipmentId)) return;
    const message = `names ${eqId}, which has no tags to predict`;
    throw new AppError({
      kind: 'unprocessable',
      code: 'EQUIPMENT_WITHOUT_TAGS',
      message: `eq_id ${message}`,
      fields: [{ field: 'eq_id', message }],
    });
  }

  private async codes(): Promise<Map<number | null, string>> {
    return new Map((await this.equipment.findAll()).map(({ id, code }) => [id, code]));
  }
}
