import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { In, IsNull, Not, type SelectQueryBuilder } from 'typeorm';
import {
  boundedCount,
  Database,
  EventLog,
  type JobRowRun,
  JobRows,
  type JobStatus,
  keysetPage,
} from '#platform';
import { Report, ReportFile } from './report.entity.js';
import { REPORT_JOB } from './report.job.js';
import type { ReportLang, ReportType } from './gathering/content.js';

export const REPORT_ORDERS = ['newest', 'oldest'] as const;
export type ReportOrder = (typeof REPORT_ORDERS)[number];

export interface ReportFilter {
  status?: JobStatus | undefined;
  type?: ReportType | undefined;
  lang?: ReportLang | undefined;
  /** Asked for within `[createdFrom, createdTo)`, wall time. */
  createdFrom?: number | undefined;
  createdTo?: number | undefined;
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
    const direction = order === 'newest' ? 'DESC' : 'ASC';
    return keysetPage(this.filtered(filter), ['createdAt', 'jobId'], limit, after, direction);
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
    { content, ...printed }: Pick<Report, 'filename' | 'pages'> & { content: Buffer },
  ): Promise<boolean> {
    return this.database.transaction(async () => {
      if (!(await this.complete(run, printed))) return false;
      await this.rows.update({ jobId: run.jobId }, { fileId: await this.insertFile(content) });
      return true;
    });
  }

  protected override async delete(jobIds: string[]): Promise<void> {
    await this.database.transaction(async () => {
      const withFiles = await this.rows.find({
        select: { jobId: true, fileId: true },
        where: { jobId: In(jobIds), fileId: Not(IsNull()) },
      });
      await super.delete(jobIds);
      const files = withFiles.flatMap(({ fileId }) => fileId ?? []);
      if (files.length > 0) await this.files.delete(files);
    });
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
