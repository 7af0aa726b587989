import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import {
  HandlesJob,
  JobDesk,
  type JobContext,
  type JobHandler,
  type JobReference,
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
    private readonly desk: JobDesk,
    private readonly printer: PrintThread,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await removeAbandonedFolders();
    this.desk.keepInOrder(this.reports.kind, KEPT);
  }

  /** The workers, which stop before (onModuleDestroy), let jobs under way finish. */
  async onApplicationShutdown(): Promise<void> {
    await this.printer.close();
  }

  async handle({ jobId }: JobReference, context: JobContext): Promise<void> {
    await runJobRow(this.repository, jobId, context, async (report, { signal, report: tell, persist }) => {
      await tell(10);
      const content = await this.gathering.gather(report);
      signal.throwIfAborted();
      await tell(40);
      const { content: pdf, pages } = await this.printer.print(await reportHtml(content), signal);
      await tell(90);
      const made = { pages, filename: reportFileName(content), content: Buffer.from(pdf) };
      await persist(() => this.repository.completeWithFile(report, made));
      return undefined;
    });
  }
}
