import {
  type DeepPartial,
  type EntityTarget,
  type FindOptionsOrder,
  type FindOptionsWhere,
  In,
  IsNull,
  LessThan,
  type Repository,
} from 'typeorm';
import type { PickKeysByType } from 'typeorm/common/PickKeysByType.js';
import type { QueryDeepPartialEntity } from 'typeorm/query-builder/QueryPartialEntity.js';
import type { EventContent, EventLog } from '../coordination/event-log.js';
import type { Database } from '../database/database.js';
import { EntityStatements } from '../database/entity-statements.js';
import { JoinedRun } from '../database/joined-run.js';
import { SharedTransaction } from '../database/shared-transaction.js';
import { isFinished, type JobRow, type JobStatus } from './job-row.entity.js';
import { JOB_PROPERTIES, type JobDto, jobDto } from './job-wire.js';
import { type JobDefinition, maxAttempts } from '../queue/job.js';

const UNFINISHED: JobStatus[] = ['queued', 'active'];
/** Under which events report jobs of all kinds. */
export const JOB_EVENTS = 'jobs';
const MAX_ERROR_MESSAGE = 1_000;
/** A worker may vanish for many reasons, but work that ends its worker every time must come to an end. */
const MAX_LOSSES = 20;

/** What a row has to be for a change. */
interface RowInState {
  jobId: string;
  status: readonly JobStatus[];
  runs?: number;
}

/** What a job carries: the row holds everything else. */
export interface JobReference {
  jobId: string;
}

/** One run at a job: what is written in its name is written only as long as no other run has begun. */
export type JobRowRun = Pick<JobRow, 'jobId' | 'runs' | 'attempt'>;

/** Why a run did not succeed, in words for whoever asked for the job. */
export interface JobRowError {
  code: string;
  message: string;
}

/**
 * The life of job rows of one kind: queued → active → completed | failed | cancelled. Every step names the states it
 * may start from and the run it belongs to, so that a job that runs twice, or is cancelled while it runs, writes its
 * end once, and a run that was given to another worker writes nothing any more. Events report every step.
 */
export class JobRows<Row extends JobRow> {
  private readonly changes: SharedTransaction;
  private readonly statements: EntityStatements<JobRow>;
  /** Ids of rows that are to be begun and read, for all who begin one at the same time. */
  private toRead = new Set<string>();
  private readonly reading = new JoinedRun(() => this.readAll());

  /** @param job carries the ids of these rows */
  constructor(
    protected readonly database: Database,
    private readonly events: EventLog,
    private readonly entity: EntityTarget<Row>,
    readonly job: JobDefinition<JobReference, unknown>,
  ) {
    this.changes = new SharedTransaction(database);
    this.statements = new EntityStatements<JobRow>(database, entity);
    events.register({ name: this.kind, topic: JOB_EVENTS, contents: (jobIds) => this.eventsOf(jobIds) });
  }

  find(jobId: string): Promise<Row | null> {
    return this.rows.findOneBy(this.where({ jobId }));
  }

  /** Writes a new row in state queued. */
  async insertQueued(
    row: Omit<DeepPartial<Row>, Exclude<keyof JobRow, 'jobId' | 'requestedBy'>>,
  ): Promise<void> {
    const now = Date.now();
    const queued = {
      ...row,
      status: 'queued',
      progress: 0,
      runs: 0,
      attempt: 0,
      maxAttempts: maxAttempts(this.job),
      losses: 0,
      createdAt: now,
      updatedAt: now,
    };
    await this.database.transaction(async () => {
      await this.statements.insert(queued);
      await this.events.append(this.kind, String(row.jobId));
    });
  }

  /**
   * A worker begins.
   * @returns the row, or undefined when there is nothing left to do: it is finished, cancelled, given up or gone
   */
  async begin(jobId: string): Promise<Row | undefined> {
    for (;;) {
      const row = await this.findBesideOthers(jobId);
      if (!row || isFinished(row.status)) return undefined;
      const cutShort = row.status === 'active';
      const losses = row.losses + Number(cutShort);
      if (losses > MAX_LOSSES) {
        const message = `${losses} workers began it and vanished`;
        await this.fail(row, { code: 'JOB_LOST', message });
        return undefined;
      }
      const change = {
        status: 'active' as const,
        progress: 0,
        runs: row.runs + 1,
        attempt: row.attempt + Number(!cutShort),
        losses,
        nextAttemptAt: null,
        startedAt: row.startedAt ?? Date.now(),
      };
      if (await this.move(jobId, change, row.runs)) return Object.assign(row, change);
    }
  }

  /** @returns false when the job is no longer wanted, or another run has begun */
  reportProgress({ jobId, runs }: JobRowRun, percent: number): Promise<boolean> {
    return this.move(jobId, { progress: Math.round(percent) }, runs);
  }

  /** @returns false when the row was finished, cancelled or begun anew meanwhile; then nothing is written */
  complete({ jobId, runs }: JobRowRun, result: QueryDeepPartialEntity<Row>): Promise<boolean> {
    const ended = { status: 'completed', progress: 100, finishedAt: Date.now(), ...lastError(null) };
    return this.move(jobId, { ...result, ...ended }, runs);
  }

  /** The attempt failed; the row goes back to the queue, to be tried again at `nextAttemptAt`. */
  retry({ jobId, runs }: JobRowRun, error: JobRowError, nextAttemptAt: number): Promise<boolean> {
    return this.move(jobId, { status: 'queued', progress: 0, nextAttemptAt, ...lastError(error) }, runs);
  }

  /**
   * The run was cut short and does not count as an attempt; the row goes back to the queue.
   * @param outage what cut it short, and when it is tried again; without it any time
   */
  giveBack(
    { jobId, runs, attempt }: JobRowRun,
    outage?: { error: JobRowError; nextAttemptAt: number },
  ): Promise<boolean> {
    const retry = outage && { nextAttemptAt: outage.nextAttemptAt, ...lastError(outage.error) };
    return this.move(jobId, { status: 'queued', progress: 0, attempt: attempt - 1, ...retry }, runs);
  }

  /** The queue has lost the job of a row: it waits again. @returns false when it was begun or finished meanwhile */
  requeueLost(row: Row): Promise<boolean> {
    if (row.status === 'queued') return this.move(row.jobId, {}, row.runs);
    const change = { status: 'queued', progress: 0, attempt: row.attempt - 1, losses: row.losses + 1 };
    return this.move(row.jobId, change, row.runs);
  }

  fail({ jobId, runs }: JobRowRun, error: JobRowError): Promise<boolean> {
    const { lastErrorCode: errorCode, lastErrorMessage: errorMessage } = lastError(error);
    const ended = { status: 'failed', finishedAt: Date.now(), nextAttemptAt: null };
    return this.move(jobId, { ...ended, errorCode, errorMessage, ...lastError(error) }, runs);
  }

  /**
   * A failed job is wanted once more: it waits again, with as many attempts before it as a new one has.
   * @returns false when it has not failed
   */
  async reopen({ jobId, attempt }: Row): Promise<boolean> {
    const again = { status: 'queued', progress: 0, finishedAt: null, errorCode: null, errorMessage: null };
    return this.change(
      { jobId, status: ['failed'] },
      { ...again, maxAttempts: attempt + maxAttempts(this.job), updatedAt: Date.now() },
    );
  }

  /** @returns false when it was finished already */
  cancel(jobId: string): Promise<boolean> {
    return this.move(jobId, { status: 'cancelled', nextAttemptAt: null, finishedAt: Date.now() });
  }

  countUnfinished(): Promise<number> {
    return this.statements.count({ status: UNFINISHED });
  }

  /**
   * One more row is about to be inserted.
   * @returns how many are unfinished without it: counted once in the open transaction, which many may share
   */
  async countBeforeInsert(): Promise<number> {
    const backlog = this.database.oncePerTransaction(this, async () => ({
      unfinished: await this.countUnfinished(),
    }));
    return (await backlog).unfinished++;
  }

  /** @returns when the oldest job that waits for a worker was asked for, in epoch ms; null when none waits */
  findOldestQueued(): Promise<number | null> {
    return this.rows.minimum('createdAt' as PickKeysByType<Row, number>, this.where({ status: 'queued' }));
  }

  /** Unfinished rows nobody has touched for `quietMs` and whose time has come, the oldest first. */
  findQuiet(quietMs: number, limit: number): Promise<Row[]> {
    const now = Date.now();
    const quiet = { status: In(UNFINISHED), updatedAt: LessThan(now - quietMs) };
    return this.rows.find({
      where: [
        this.where({ ...quiet, nextAttemptAt: IsNull() }),
        this.where({ ...quiet, nextAttemptAt: LessThan(now) }),
      ],
      order: { updatedAt: 'ASC' } as FindOptionsOrder<Row>,
      take: limit,
    });
  }

  protected get rows(): Repository<Row> {
    return this.database.manager.getRepository(this.entity);
  }

  /** A condition on what rows of all kinds have: TypeScript does not see that a kind has it. */
  private where(row: FindOptionsWhere<JobRow>): FindOptionsWhere<Row> {
    return row as FindOptionsWhere<Row>;
  }

  /** Changes a row that is not finished, in the name of a run if one is given; a change with `finishedAt` ends it. */
  protected move(jobId: string, change: object, runs?: number): Promise<boolean> {
    return this.change(
      { jobId, status: UNFINISHED, ...(runs !== undefined && { runs }) },
      { ...change, updatedAt: Date.now() },
    );
  }

  private change(row: RowInState, change: object): Promise<boolean> {
    return this.changes.run(async () => {
      const affected = await this.statements.update(row, change);
      if (affected === 1) await this.events.append(this.kind, row.jobId);
      return affected === 1;
    });
  }

  private async findBesideOthers(jobId: string): Promise<Row | undefined> {
    this.toRead.add(jobId);
    const row = (await this.reading.run()).get(jobId);
    return row && { ...row };
  }

  private async readAll(): Promise<Map<string, Row>> {
    const jobIds = [...this.toRead];
    this.toRead = new Set();
    const rows = (await this.statements.find({ jobId: jobIds })) as Row[];
    return new Map(rows.map((row) => [row.jobId, row]));
  }

  /** Forgets rows that were finished before a moment of wall time, the oldest first. */
  async deleteFinishedBefore(finishedAt: number, limit: number): Promise<void> {
    const rows = await this.rows
      .createQueryBuilder('job')
      .select('job.jobId')
      .where('job.finishedAt < :finishedAt', { finishedAt })
      .orderBy('job.finishedAt')
      .limit(limit)
      .getMany();
    if (rows.length > 0) await this.delete(rows.map(({ jobId }) => jobId));
  }

  /** With what belongs to them. */
  protected async delete(jobIds: string[]): Promise<void> {
    await this.rows.delete(jobIds);
  }

  private async eventsOf(jobIds: readonly string[]): Promise<Map<string, EventContent>> {
    const rows = await this.statements.find({ jobId: jobIds }, JOB_PROPERTIES);
    return new Map(
      rows.map((row) => [row.jobId, { data: { kind: this.kind, ...jobDto(row) } satisfies JobEvent }]),
    );
  }

  private get kind(): string {
    return this.job.queue.name;
  }
}

/** What events publish of a job. */
type JobEvent = JobDto & { kind: string };

function lastError(error: JobRowError | null): Pick<JobRow, 'lastErrorCode' | 'lastErrorMessage'> {
  return {
    lastErrorCode: error?.code ?? null,
    lastErrorMessage: error?.message.slice(0, MAX_ERROR_MESSAGE) ?? null,
  };
}
