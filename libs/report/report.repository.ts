import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { SelectQueryBuilder } from 'typeorm';
import { boundedCount, Database, EventLog, type JobRowRun, type JobStatus, JobRows } from '#platform';
import { Report, ReportFile } from './report.entity.js';
import { REPORT_JOB } from './report.job.js';
import type { ReportLang, ReportType } from './gathering/content.js';

export const REPORT_ORDERS = ['newest', 'oldest'] as const;
export type ReportOrder = (typeof REPORT_ORDERS)[number];

export interface ReportFilter {
  status?: JobStatus;
  type?: ReportType;
  lang?: ReportLang;
  /** Asked for within `[createdFrom, createdTo)`, wall time. */
  createdFrom?: number;
  createdTo?: number;
}

@Injectable()
export class ReportRepository extends JobRows<Report> {
  constructor(database: Database, events: EventLog) {
    super(database, events, Report, REPORT_JOB);
  }

  /** In order of creation; one row more than `limit`, so that the caller sees whether there is a next page. */
  findPage(
    filter: ReportFilter,
    order: ReportOrder,
    limit: number,
    after?: { createdAt: number; jobId: string },
  ): Promise<Report[]> {
    const [direction, beyond] = order === 'newest' ? (['DESC', '<'] as const) : (['ASC', '>'] as const);
    const query = this.filtered(filter)
      .orderBy('r.createdAt', direction)
      .addOrderBy('r.jobId', direction)
      .take(limit + 1);
    if (after)
      query.andWhere(
        `(r.createdAt ${beyond} :createdAt OR (r.createdAt = :createdAt AND r.jobId ${beyond} :jobId))`,
        after,
      );
    return query.getMany();
  }

  /** How many there are on all pages, as far as is counted. */
  count(filter: ReportFilter): Promise<number> {
    return boundedCount(this.database, this.filtered(filter));
  }

  findFile(id: number): Promise<ReportFile | null> {
    return this.files.findOneBy({ id });
  }

  /** Size and checksum of a file without its bytes. */
  findFileFacts(id: number): Promise<Pick<ReportFile, 'size' | 'sha256'> | null> {
    return this.files.findOne({ where: { id }, select: { id: true, size: true, sha256: true } });
  }

  /**
   * Completes a report and keeps its bytes in one step: there is no file without a report, and none is written twice.
   * @returns false when the run is not wanted any more, or when this was done before; then nothing is written
   */
  completeWithFile(
    run: JobRowRun,
    { content, ...told }: Pick<Report, 'filename' | 'pages'> & { content: Buffer },
  ): Promise<boolean> {
    return this.database.transaction(async () => {
      if (!(await this.complete(run, told))) return false;
      await this.rows.update({ jobId: run.jobId }, { fileId: await this.insertFile(content) });
      return true;
    });
  }

  /** Removes reports finished before a moment of wall time, with their files. @returns how many */
  async deleteFinishedBefore(finishedAt: number, limit: number): Promise<number> {
    const rows = await this.database.query<{ job_id: string; file_id: string | number | null }>(
      `SELECT job_id, file_id FROM report WHERE finished_at < ? ORDER BY finished_at LIMIT ${Math.floor(limit)}`,
      [finishedAt],
    );
    if (rows.length === 0) return 0;
    await this.database.transaction(async () => {
      await this.rows.delete(rows.map((row) => row.job_id));
      const files = rows.map((row) => row.file_id).filter((id) => id !== null);
      if (files.length > 0) await this.files.delete(files.map(Number));
    });
    return rows.length;
  }

  /** @returns the id of the file */
  private async insertFile(content: Buffer): Promise<number> {
    const sha256 = createHash('sha256').update(content).digest('hex');
    const { identifiers } = await this.files.insert({
      sha256,
      size: content.length,
      content,
      createdAt: Date.now(),
    });
    return Number(identifiers[0].id);
  }

  private filtered({ status, type, lang, createdFrom, createdTo }: ReportFilter): SelectQueryBuilder<Report> {
    const query = this.rows.createQueryBuilder('r');
    if (status !== undefined) query.andWhere('r.status = :status', { status });
    if (type !== undefined) query.andWhere('r.type = :type', { type });
    if (lang !== undefined) query.andWhere('r.lang = :lang', { lang });
    if (createdFrom !== undefined) query.andWhere('r.createdAt >= :createdFrom', { createdFrom });
    if (createdTo !== undefined) query.andWhere('r.createdAt < :createdTo', { createdTo });
    return query;
  }

  private get files() {
    return this.database.manager.getRepository(ReportFile);
  }
}
