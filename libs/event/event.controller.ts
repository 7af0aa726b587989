import { Controller, Get, Headers, Query, Req, Res } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { ApiProblems, type AuthenticatedRequest } from '#platform';
import { EventQuery } from './dto/event.query.js';
import { EVENT_STREAM } from './dto/event-stream.schema.js';
import { EventService } from './event.service.js';

@ApiTags('Events')
@Controller('events')
export class EventController {
  constructor(private readonly events: EventService) {}

  @Get()
  @ApiOperation({
    operationId: 'streamEvents',
    summary: 'Be told what happens as it happens, by server-sent events; resumes without a gap',
  })
  @ApiHeader({
    name: 'Last-Event-ID',
    required: false,
    description: 'Id of the last event that was received; a browser sends it by itself',
  })
  @ApiOkResponse(EVENT_STREAM)
  @ApiProblems(400, 404, 503)
  stream(
    @Query() query: EventQuery,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Req() request: AuthenticatedRequest,
    @Res() response: Response,
  ): Promise<void> {
    return this.events.stream(query, lastEventId, request, response);
  }
}
