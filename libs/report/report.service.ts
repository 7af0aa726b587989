import { addDays, dayOf, dayStart } from '#calendar';
import { Injectable } from '@nestjs/common';
import { AnomalyService } from '#anomaly';
import { EquipmentService } from '#equipment';
import { LotService } from '#lot';
import {
  AppError,
  decodeCursor,
  type JobKind,
  JobsService,
  type Page,
  pageOf,
  parseTime,
  type Principal,
  ProcessClock,
  requestedZone,
} from '#platform';
import type { CreateReportDto } from './dto/create-report.dto.js';
import type { ReportListQuery } from './dto/report-list.query.js';
import { ReportDto } from './dto/report.dto.js';
import type { Report, ReportFile } from './report.entity.js';
import { type ReportFilter, ReportRepository } from './report.repository.js';
import { ReportSettings } from './report.settings.js';

const DAY_MS = 24 * 3_600_000;
const LONGEST_PERIOD_MS = 31 * DAY_MS;
/** An anomaly's report shows what was before and after it. */
const AROUND_ANOMALY_MS = 2 * 3_600_000;

/** What the types of reports are asked for with. */
const SCOPE_FIELDS = {
  daily: ['from', 'to', 'date'],
  production_day: ['date'],
  equipment: ['eq_id', 'from', 'to', 'date'],
  lot: ['lot_id'],
  anomaly: ['anomaly_id'],
} as const;

type ReportPeriod = Pick<Report, 'periodFrom' | 'periodTo'>;
type ReportScope = ReportPeriod & Pick<Report, 'lotId' | 'equipmentId' | 'anomalyId'>;

@Injectable()
export class ReportService {
  readonly kind: JobKind<Report>;

  constructor(
    private readonly repository: ReportRepository,
    private readonly jobs: JobsService,
    private readonly equipment: EquipmentService,
    private readonly lots: LotService,
    private readonly anomalies: AnomalyService,
    private readonly clock: ProcessClock,
    private readonly settings: ReportSettings,
  ) {
    this.kind = { name: 'report', rows: repository };
    jobs.register(this.kind);
  }

  /**
   * Accepts a request for a report.
   * @throws AppError VALIDATION_FAILED, LOT_NOT_FOUND, EQUIPMENT_NOT_FOUND, ANOMALY_NOT_FOUND, QUEUE_FULL,
   *   QUEUE_UNAVAILABLE, IDEMPOTENCY_KEY_REUSED
   */
  async request(
    dto: CreateReportDto,
    idempotencyKey: string | undefined,
    principal: Principal,
  ): Promise<Report> {
    refuseForeignFields(dto);
    const { type, lang } = dto;
    const jobId = await this.jobs.submit(this.kind, {
      idempotencyKey,
      request: dto,
      prepare: async () => {
        const timeZone = requestedZone(dto, this.clock.timeZone);
        const scope = await this.scopeOf(dto, timeZone);
        const row = { requestedBy: principal.name, type, lang, timeZone, ...scope };
        return (id) => this.repository.insertQueued({ jobId: id, ...row });
      },
    });
    return this.jobs.require(this.kind, jobId);
  }

  /** @throws AppError REPORT_NOT_FOUND */
  require(jobId: string): Promise<Report> {
    return this.jobs.require(this.kind, jobId);
  }

  async present(report: Report): Promise<ReportDto> {
    return ReportDto.of(report, { eqId: (await this.codes()).get(report.equipmentId) ?? null });
  }

  async list(query: ReportListQuery): Promise<Page<ReportDto>> {
    const { limit, cursor, total, order, status, type, lang } = query;
    const filter = { status, type, lang, ...this.createdWithin(query) };
    const key = decodeCursor(cursor, ['number', 'string']) as [number, string] | undefined;
    const rows = await this.repository.findPage(
      filter,
      order,
      limit,
      key && { createdAt: key[0], jobId: key[1] },
    );
    const codes = await this.codes();
    return pageOf(
      rows,
      limit,
      (row) => [row.createdAt, row.jobId],
      (row) => ReportDto.of(row, { eqId: codes.get(row.equipmentId) ?? null }),
      total ? await this.repository.count(filter) : undefined,
    );
  }

  /** @throws AppError REPORT_NOT_FOUND, JOB_FINISHED */
  cancel(jobId: string): Promise<void> {
    return this.jobs.cancel(this.kind, jobId);
  }

  /**
   * The printed file.
   * @throws AppError REPORT_NOT_FOUND, REPORT_NOT_READY
   */
  async file(jobId: string): Promise<{ report: Report; file: ReportFile }> {
    const report = await this.require(jobId);
    const file = report.fileId === null ? null : await this.repository.findFile(report.fileId);
    if (file) return { report, file };
    throw AppError.conflict(
      'REPORT_NOT_READY',
      `The report ${jobId} is ${report.status}; there is nothing to download`,
    );
  }

  private async scopeOf(dto: CreateReportDto, timeZone: string): Promise<ReportScope> {
    const none = { lotId: null, equipmentId: null, anomalyId: null };
    switch (dto.type) {
      case 'daily':
        return { ...this.periodOf(dto, timeZone), ...none };
      case 'production_day':
        return { ...this.productionDay(dto.date, timeZone), ...none };
      case 'equipment':
        return {
          ...this.periodOf(dto, timeZone),
          ...none,
          equipmentId: (await this.equipment.require(dto.eq_id ?? '')).id,
        };
      case 'lot': {
        const lot = await this.lots.require(dto.lot_id ?? 0);
        return {
          ...none,
          periodFrom: lot.startedAt,
          periodTo: lot.endedAt ?? this.clock.now(),
          lotId: lot.id,
        };
      }
      case 'anomaly': {
        const anomaly = await this.anomalies.require(dto.anomaly_id ?? 0);
        const end = Math.min((anomaly.endedAt ?? this.clock.now()) + AROUND_ANOMALY_MS, this.clock.now());
        return {
          ...none,
          periodFrom: anomaly.startedAt - AROUND_ANOMALY_MS,
          periodTo: end,
          anomalyId: anomaly.id,
        };
      }
    }
  }

  private periodOf(dto: CreateReportDto, timeZone: string): ReportPeriod {
    if (dto.date !== undefined) return calendarDay(dto, timeZone);
    const periodTo = dto.to === undefined ? this.clock.now() : parseTime(dto.to, 'to', timeZone);
    const periodFrom = dto.from === undefined ? periodTo - DAY_MS : parseTime(dto.from, 'from', timeZone);
    if (periodFrom >= periodTo) throw AppError.invalid('from', 'must be before to');
    if (periodTo - periodFrom > LONGEST_PERIOD_MS)
      throw AppError.invalid('to', 'must be at most 31 days after from');
    return { periodFrom, periodTo };
  }

  /** The production day that begins on a date; the last complete one without. */
  private productionDay(date: string | undefined, timeZone: string): ReportPeriod {
    const startMs = this.settings.productionDayStartMs;
    const day = date ?? addDays(dayOf(this.clock.now(), timeZone, startMs), -1);
    return dayFrom(day, timeZone, startMs);
  }

  private createdWithin(query: ReportListQuery): Pick<ReportFilter, 'createdFrom' | 'createdTo'> {
    const [createdFrom, createdTo] = (['created_from', 'created_to'] as const).map((field) => {
      const text = query[field];
      return text === undefined ? undefined : this.clock.parseTime(text, field);
    });
    if (createdFrom !== undefined && createdTo !== undefined && createdFrom >= createdTo)
      throw AppError.invalid('created_from', 'must be before created_to');
    return { createdFrom, createdTo };
  }

  private async codes(): Promise<Map<number | null, string>> {
    return new Map((await this.equipment.findAll()).map(({ id, code }) => [id, code]));
  }
}

/** @throws AppError VALIDATION_FAILED */
function calendarDay({ date = '', from, to }: CreateReportDto, timeZone: string): ReportPeriod {
  if (from !== undefined || to !== undefined)
    throw AppError.invalid('date', 'cannot be given together with from or to');
  return dayFrom(date, timeZone, 0);
}

/** A day is as long as the clocks of the zone make it: 23, 24 or 25 hours. */
function dayFrom(date: string, timeZone: string, startMs: number): ReportPeriod {
  const periodFrom = dayStart(date, timeZone, startMs);
  const periodTo = dayStart(addDays(date, 1), timeZone, startMs);
  if (periodFrom >= periodTo) throw AppError.invalid('date', `is a day that ${timeZone} left out`);
  return { periodFrom, periodTo };
}

/** A field of another type would have no effect. @throws AppError VALIDATION_FAILED */
function refuseForeignFields(dto: CreateReportDto): void {
  const allowed: readonly string[] = SCOPE_FIELDS[dto.type];
  for (const field of new Set(Object.values(SCOPE_FIELDS).flat()))
    if (!allowed.includes(field) && (dto[field] ?? undefined) !== undefined)
      throw AppError.invalid(field, `does not belong to a report of type ${dto.type}`);
}
