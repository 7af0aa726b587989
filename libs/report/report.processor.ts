import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import {
  HandlesJob,
  type JobContext,
  type JobHandler,
  type JobReference,
  JobsService,
  runJobRow,
} from '#platform';
import { PrintThread } from './printing/print-thread.js';
import { removeAbandonedFolders } from './printing/process-folder.js';
import { ReportGathering } from './report-gathering.service.js';
import { reportFileName, reportHtml } from './report-html.js';
import { REPORT_JOB } from './report.job.js';
import { ReportRepository } from './report.repository.js';
import { ReportService } from './report.service.js';

const KEPT = { keptMs: 90 * 24 * 3_600_000, forgottenAtOnce: 100 };

/** Prints reports: gathers, renders, prints, keeps the bytes in the database. */
@HandlesJob(REPORT_JOB)
@Injectable()
export class ReportProcessor
  implements JobHandler<JobReference, void>, OnApplicationBootstrap, OnApplicationShutdown
{
  constructor(
    private readonly reports: ReportService,
    private readonly repository: ReportRepository,
    private readonly gathering: ReportGathering,
    private readonly jobs: JobsService,
    private readonly printer: PrintThread,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await removeAbandonedFolders();
    this.jobs.keepInOrder(this.reports.kind, KEPT);
  }

  /** The workers, which stop before (onModuleDestroy), let jobs under way finish. */
  async onApplicationShutdown(): Promise<void> {
    await this.printer.close();
  }

  async handle({ jobId }: JobReference, context: JobContext): Promise<void> {
    await runJobRow(this.repository, jobId, context, async (row, { signal, report, persist }) => {
      await report(10);
      const content = await this.gathering.gather(row);
      signal.throwIfAborted();
      await report(40);
      const { content: pdf, pages } = await this.printer.print(await reportHtml(content), signal);
      await report(90);
      const made = { pages, filename: reportFileName(content), content: Buffer.from(pdf) };
      await persist(() => this.repository.completeWithFile(row, made));
      return undefined;
    });
  }
}
