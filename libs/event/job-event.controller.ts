import { Controller, Get, Headers, Param, Req, Res } from '@nestjs/common';
import { ApiHeader, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { ApiProblems, type AuthenticatedRequest, JobIdParams } from '#platform';
import { EVENT_STREAM } from './dto/event-stream.schema.js';
import { JobEventService } from './job-event.service.js';

const LAST_EVENT_ID = {
  name: 'Last-Event-ID',
  required: false,
  description: '`done` when the end was received; a browser sends it by itself',
};
const SEEN_ALREADY = { description: 'The job is finished and its end was received: do not come back' };

@ApiTags('Events')
@Controller()
export class JobEventController {
  constructor(private readonly jobs: JobEventService) {}

  @Get('predictions/:job_id/events')
  @ApiOperation({
    operationId: 'streamPrediction',
    summary: 'Be told how far a prediction is; ends with its result',
  })
  @ApiHeader(LAST_EVENT_ID)
  @ApiOkResponse(EVENT_STREAM)
  @ApiNoContentResponse(SEEN_ALREADY)
  @ApiProblems(400, 404, 503)
  ofPrediction(
    @Param() { job_id }: JobIdParams,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Req() request: AuthenticatedRequest,
    @Res() response: Response,
  ): Promise<void> {
    return this.jobs.ofPrediction(job_id, lastEventId, request, response);
  }

  @Get('reports/:job_id/events')
  @ApiOperation({ operationId: 'streamReport', summary: 'Be told how far a report is; ends when it is over' })
  @ApiHeader(LAST_EVENT_ID)
  @ApiOkResponse(EVENT_STREAM)
  @ApiNoContentResponse(SEEN_ALREADY)
  @ApiProblems(400, 404, 503)
  ofReport(
    @Param() { job_id }: JobIdParams,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Req() request: AuthenticatedRequest,
    @Res() response: Response,
  ): Promise<void> {
    return this.jobs.ofReport(job_id, lastEventId, request, response);
  }
}
