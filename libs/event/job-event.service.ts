import { Injectable } from '@nestjs/common';
import type { Response } from 'express';
import { type AuthenticatedRequest, isFinished, jobDto, type JobRow } from '#platform';
import { PredictionService } from '#prediction';
import { ReportService } from '#report';
import { eventFrame } from './event-frame.js';
import { EventService } from './event.service.js';
import type { EventStream } from './event-stream.js';
import { EventStreams } from './event-streams.service.js';

/** Id of the last event of a job's stream. A browser that comes back with it has seen the end. */
const DONE = 'done';

/** Jobs of one kind. */
interface FollowedJobs<Row extends JobRow> {
  /** @throws AppError …_NOT_FOUND */
  require(jobId: string): Promise<Row>;
  /** As its own route answers it. */
  present(row: Row): Promise<object>;
}

/** Streams that report how far one job is and end with it. */
@Injectable()
export class JobEventService {
  constructor(
    private readonly streams: EventStreams,
    private readonly events: EventService,
    private readonly predictions: PredictionService,
    private readonly reports: ReportService,
  ) {}

  /** @throws AppError PREDICTION_NOT_FOUND, EVENT_STREAMS_FULL, as long as nothing is sent */
  ofPrediction(
    jobId: string,
    lastEventId: string | undefined,
    request: AuthenticatedRequest,
    response: Response,
  ): Promise<void> {
    return this.stream(this.predictions, jobId, lastEventId, request, response);
  }

  /** @throws AppError REPORT_NOT_FOUND, EVENT_STREAMS_FULL, as long as nothing is sent */
  ofReport(
    jobId: string,
    lastEventId: string | undefined,
    request: AuthenticatedRequest,
    response: Response,
  ): Promise<void> {
    return this.stream(this.reports, jobId, lastEventId, request, response);
  }

  private async stream<Row extends JobRow>(
    jobs: FollowedJobs<Row>,
    jobId: string,
    lastEventId: string | undefined,
    request: AuthenticatedRequest,
    response: Response,
  ): Promise<void> {
    await jobs.require(jobId);
    // The only answer that keeps a browser from coming back for ever.
    if (lastEventId === DONE) return void response.status(204).end();
    const stream = await this.streams.open(request, response);
    await this.events.untilItFails(stream, () => this.follow(stream, jobs, jobId));
  }

  private async follow<Row extends JobRow>(
    stream: EventStream,
    jobs: FollowedJobs<Row>,
    jobId: string,
  ): Promise<void> {
    let sent = '';
    while (!stream.closed.aborted) {
      // Before the row is read: what changes behind that is not missed.
      const changed = this.streams.changeOf(jobId, stream.closed);
      const row = await jobs.require(jobId);
      const data = JSON.stringify(jobDto(row));
      if (data !== sent) stream.write(eventFrame({ event: 'jobs', data }));
      sent = data;
      if (isFinished(row.status)) {
        const answer = JSON.stringify(await jobs.present(row));
        return stream.end('done', eventFrame({ id: DONE, event: 'done', data: answer }));
      }
      await changed;
    }
  }
}
