import { Injectable } from '@nestjs/common';
import {
  AppError,
  Database,
  decodeCursor,
  type EventContent,
  EventLog,
  isDuplicateKey,
  isoTime,
  isStillReferenced,
  type Page,
  pageOf,
  ProcessClock,
  versionConflict,
} from '#platform';
import type { CloseLotDto } from './dto/close-lot.dto.js';
import type { CreateLotDto } from './dto/create-lot.dto.js';
import { LotDto } from './dto/lot.dto.js';
import type { LotListQuery } from './dto/lot-list.query.js';
import type { UpdateLotDto } from './dto/update-lot.dto.js';
import type { Lot } from './lot.entity.js';
import { type LotFields, LotRepository } from './lot.repository.js';

/** How far ahead of the plant's clock a lot may begin. */
const FUTURE_TOLERANCE_MS = 300_000;

/** A lot to be made: everything but the number and the start may be left out. */
export type NewLot = Pick<LotFields, 'lotNo' | 'startedAt'> & Partial<LotFields>;

@Injectable()
export class LotService {
  constructor(
    private readonly repository: LotRepository,
    private readonly database: Database,
    private readonly clock: ProcessClock,
    private readonly events: EventLog,
  ) {
    events.register({ name: 'lot', topic: 'lots', contents: (ids) => this.eventsOf(ids) });
  }

  /**
   * The lot with that `lot_id`.
   * @throws AppError LOT_NOT_FOUND
   */
  async require(id: number): Promise<Lot> {
    const lot = await this.repository.findById(id);
    if (!lot) throw AppError.notFound('LOT', 'lot', id);
    return lot;
  }

  /** The lot with that number, if there is one. */
  findByNumber(lotNo: string): Promise<Lot | null> {
    return this.repository.findByNumber(lotNo);
  }

  /** The lot whose window holds that moment. @param ts epoch milliseconds of plant time */
  lotAt(ts: number): Promise<Lot | null> {
    return this.repository.findAt(ts);
  }

  /** The lot that runs now, if any; there is never more than one. */
  openLot(): Promise<Lot | null> {
    return this.repository.findOpen();
  }

  /** Lots that reach into `[from, to)`, the newest first. */
  findIn(from: number, to: number, limit: number): Promise<Lot[]> {
    return this.repository.findPage(limit - 1, undefined, { from, to });
  }

  /** Where the oldest lot begins, undefined when there is none. */
  earliestStart(): Promise<number | undefined> {
    return this.repository.findEarliestStart();
  }

  async list({ limit, cursor, total, status, from, to }: LotListQuery): Promise<Page<LotDto>> {
    const key = decodeCursor(cursor, ['number', 'number']) as [number, number] | undefined;
    const filter = {
      status,
      from: from === undefined ? undefined : this.clock.parseTime(from, 'from'),
      to: to === undefined ? undefined : this.clock.parseTime(to, 'to'),
    };
    if (filter.from !== undefined && filter.to !== undefined && filter.from >= filter.to)
      throw AppError.invalid('from', 'must be before to');
    const rows = await this.repository.findPage(limit, key && { startedAt: key[0], id: key[1] }, filter);
    return pageOf(
      rows,
      limit,
      (row) => [row.startedAt, row.id],
      (row) => LotDto.of(row),
      total ? await this.repository.count(filter) : undefined,
    );
  }

  /** @throws AppError LOT_EXISTS, LOT_OVERLAP, VALIDATION_FAILED */
  async create(dto: CreateLotDto): Promise<Lot> {
    const startedAt =
      dto.started_at === undefined ? this.clock.now() : this.pastTime(dto.started_at, 'started_at');
    const endedAt = typeof dto.ended_at === 'string' ? this.pastTime(dto.ended_at, 'ended_at') : null;
    return this.add({
      lotNo: dto.lot_no,
      startedAt,
      endedAt,
      grade: dto.grade ?? null,
      knownFault: dto.known_fault ?? null,
      note: dto.note ?? null,
    });
  }

  /**
   * Makes a lot, closed when it has an end, without asking the clock: for the plant and for files.
   * Joins the open transaction.
   * @throws AppError LOT_EXISTS, LOT_OVERLAP, VALIDATION_FAILED
   */
  async add({ lotNo, startedAt, endedAt = null, ...rest }: NewLot): Promise<Lot> {
    return this.changeTimeline(lotNo, async () => {
      await this.requireFreeWindow(startedAt, endedAt, 0);
      await this.repository.insert({
        status: endedAt === null ? 'open' : 'closed',
        grade: null,
        knownFault: null,
        note: null,
        ...rest,
        lotNo,
        startedAt,
        endedAt,
      });
      return this.requireNumber(lotNo);
    });
  }

  /**
   * Changes the given fields if the lot still has `version`; without any, nothing and not the version either.
   * @throws AppError LOT_NOT_FOUND, VERSION_CONFLICT, LOT_EXISTS, LOT_OVERLAP, LOT_NOT_CLOSED, LOT_LOADING
   */
  async update(id: number, version: number, dto: UpdateLotDto): Promise<Lot> {
    return this.changeTimeline(dto.lot_no ?? '', async () => {
      const lot = await this.require(id);
      if (lot.version !== version) throw versionConflict(lot.version);
      if (Object.values(dto).every((value) => value === undefined)) return lot;
      refuseWhileLoading(lot);
      if (dto.ended_at !== undefined && lot.status !== 'closed')
        throw AppError.conflict('LOT_NOT_CLOSED', `Lot ${lot.lotNo} is open; close it to give it an end`);
      const startedAt =
        dto.started_at === undefined ? lot.startedAt : this.pastTime(dto.started_at, 'started_at');
      const endedAt = dto.ended_at === undefined ? lot.endedAt : this.pastTime(dto.ended_at, 'ended_at');
      await this.requireFreeWindow(startedAt, endedAt, id);
      const {
        lot_no: lotNo = lot.lotNo,
        grade = lot.grade,
        known_fault: knownFault = lot.knownFault,
        note = lot.note,
      } = dto;
      const updated = await this.repository.update(id, version, {
        lotNo,
        startedAt,
        endedAt,
        grade,
        knownFault,
        note,
      });
      const current = await this.require(id);
      if (!updated) throw versionConflict(current.version);
      return current;
    });
  }

  /** @throws AppError LOT_NOT_FOUND, LOT_CLOSED, LOT_LOADING, VALIDATION_FAILED */
  async close(id: number, { at }: CloseLotDto): Promise<Lot> {
    const now = this.clock.now();
    const end = at === undefined ? now : this.clock.parseTime(at, 'at');
    if (end > now) throw AppError.invalid('at', `must not be after the plant's now, ${isoTime(now)}`);
    return this.closeAt(id, end);
  }

  /**
   * Ends an open lot at `at` (exclusive), without asking the clock. Joins the open transaction.
   * @throws AppError LOT_NOT_FOUND, LOT_CLOSED, LOT_LOADING, VALIDATION_FAILED
   */
  async closeAt(id: number, at: number): Promise<Lot> {
    return this.changeTimeline('', async () => {
      const lot = await this.require(id);
      refuseWhileLoading(lot);
      if (lot.endedAt !== null)
        throw AppError.conflict('LOT_CLOSED', `Lot ${lot.lotNo} was closed at ${isoTime(lot.endedAt)}`);
      if (at <= lot.startedAt)
        throw AppError.invalid('at', `must be after the lot's start, ${isoTime(lot.startedAt)}`);
      await this.repository.update(id, lot.version, { endedAt: at, status: 'closed' });
      return this.require(id);
    });
  }

  /** Ends the loading of a lot whose samples are all there. */
  async finishLoading(id: number): Promise<void> {
    await this.database.transaction(async () => {
      const lot = await this.require(id);
      await this.repository.update(id, lot.version, { status: 'closed' });
      await this.events.append('lot', id);
    });
  }

  /**
   * Removes a lot nothing refers to.
   * @throws AppError LOT_IN_USE
   */
  async discard(id: number): Promise<void> {
    try {
      await this.database.transaction(async () => {
        await this.repository.delete(id);
        await this.events.append('lot', id);
      });
    } catch (error) {
      if (isStillReferenced(error))
        throw AppError.conflict('LOT_IN_USE', `Anomalies, predictions or reports refer to lot ${id}`);
      throw error;
    }
  }

  /** Runs a change of windows or numbers alone; a number somebody else has becomes LOT_EXISTS. */
  private async changeTimeline(lotNo: string, change: () => Promise<Lot>): Promise<Lot> {
    try {
      return await this.database.transaction(async () => {
        await this.repository.lockTimeline();
        const lot = await change();
        await this.events.append('lot', lot.id);
        return lot;
      });
    } catch (error) {
      if (isDuplicateKey(error)) throw AppError.conflict('LOT_EXISTS', `There is a lot ${lotNo} already`);
      throw error;
    }
  }

  private async eventsOf(ids: readonly string[]): Promise<Map<string, EventContent>> {
    const lots = new Map(
      (await this.repository.findAll(ids.map(Number))).map((lot) => [String(lot.id), lot]),
    );
    return new Map(
      ids.map((id) => {
        const lot = lots.get(id);
        return [id, { data: lot ? LotDto.of(lot) : { lot_id: Number(id), deleted: true } }];
      }),
    );
  }

  private async requireFreeWindow(
    startedAt: number,
    endedAt: number | null,
    exceptId: number,
  ): Promise<void> {
    if (endedAt !== null && endedAt <= startedAt)
      throw AppError.invalid('ended_at', `must be after started_at, ${isoTime(startedAt)}`);
    const other = await this.repository.findOverlapping(startedAt, endedAt, exceptId);
    if (!other) return;
    const window = `${isoTime(other.startedAt)} to ${other.endedAt === null ? 'open end' : isoTime(other.endedAt)}`;
    throw AppError.conflict('LOT_OVERLAP', `Lot ${other.lotNo} has part of that time (${window})`, {
      lot_id: other.id,
      lot_no: other.lotNo,
    });
  }

  private async requireNumber(lotNo: string): Promise<Lot> {
    const lot = await this.repository.findByNumber(lotNo);
    if (!lot) throw new Error(`Lot ${lotNo} vanished while it was being made`);
    return lot;
  }

  private pastTime(text: string, field: string): number {
    const time = this.clock.parseTime(text, field);
    const latest = this.clock.now() + FUTURE_TOLERANCE_MS;
    if (time > latest)
      throw AppError.invalid(
        field,
        `must not be later than ${isoTime(latest)}, 5 minutes after the plant's now`,
      );
    if (time < 0) throw AppError.invalid(field, 'must not be before 1970');
    return time;
  }
}

function refuseWhileLoading(lot: Lot): void {
  if (lot.status === 'loading')
    throw AppError.conflict('LOT_LOADING', `Lot ${lot.lotNo} is still being loaded from a file`);
}
