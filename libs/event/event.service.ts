import { Injectable } from '@nestjs/common';
import type { Response } from 'express';
import { EquipmentService } from '#equipment';
import { AppError, type AuthenticatedRequest, loggerOf, OutageLog } from '#platform';
import { TagDirectory } from '#timeseries';
import type { EventQuery } from './dto/event.query.js';
import { eventFrame } from './event-frame.js';
import type { EventStream } from './event-stream.js';
import { EventStreams } from './event-streams.service.js';
import { StreamFilter } from './stream-filter.js';

const ID = /^\d{1,15}$/;

@Injectable()
export class EventService {
  private readonly outages = new OutageLog(loggerOf('events'));

  constructor(
    private readonly streams: EventStreams,
    private readonly equipment: EquipmentService,
    private readonly tags: TagDirectory,
  ) {}

  /**
   * Answers with a stream of events.
   * @param lastEventId of a client that comes back
   * @throws AppError EQUIPMENT_NOT_FOUND, TAG_NOT_FOUND, EVENT_STREAMS_FULL, as long as nothing is sent
   */
  async stream(
    { types, tags, eq_id: eqId, since }: EventQuery,
    lastEventId: string | undefined,
    request: AuthenticatedRequest,
    response: Response,
  ): Promise<void> {
    if (eqId !== undefined) await this.equipment.require(eqId);
    const known = await this.tags.all();
    for (const tag of tags ?? []) if (!known.has(tag)) throw AppError.notFound('TAG', 'tag', tag);
    const filter = new StreamFilter({ types, tags, eqId });
    // A browser cannot help what it remembers: an id that is none is answered like one that is forgotten.
    const given = lastEventId ? (ID.test(lastEventId) ? Number(lastEventId) : Number.NaN) : since;
    const stream = await this.streams.open(request, response);
    await this.untilItFails(stream, () => this.streams.follow(stream, filter, given));
  }

  /** The head of a stream is sent: what goes wrong then can only be reported in it, and its client comes back. */
  async untilItFails(stream: EventStream, work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this.outages.worked();
    } catch (error) {
      this.outages.failed(error, 'a stream of events was given up');
      stream.end('failed', eventFrame({ event: 'restart', data: '{}' }));
    }
  }
}
