import { Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { AppError } from '#platform';
import type { IngestReplyDto } from './dto/ingest.dto.js';
import { IngestService, type StreamFormat } from './ingest.service.js';
import { requestBytes } from './request-bytes.js';

export const MAX_STREAM_BYTES = 67_108_864;
export const MAX_STREAM_TIME_MS = 90_000;
const MAX_STREAM_IDLE_MS = 15_000;
/** From here on what has come is written instead of being kept for more to join it. */
const LULL_MS = 100;
/** Streams a process reads at a time; each holds some chunks in memory and wants the database. */
export const MAX_STREAMS = 4;
const STREAM_FORMATS: Record<string, StreamFormat> = { 'application/x-ndjson': 'ndjson', 'text/csv': 'csv' };

/** Decides how a request with samples is read, and how many at a time. */
@Injectable()
export class IngestDoor {
  private open = 0;

  constructor(private readonly ingest: IngestService) {}

  /** @throws AppError of IngestService, TOO_MANY_STREAMS, BODY_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE and of requestBytes */
  take(request: Request): Promise<IngestReplyDto> {
    const [mediaType, ...parameters] = (request.headers['content-type'] ?? '').toLowerCase().split(';');
    const format = STREAM_FORMATS[mediaType.trim()];
    return format === undefined
      ? this.ingest.batch(request.body)
      : this.takeStream(request, format, parameters.join(';'));
  }

  private async takeStream(
    request: Request,
    format: StreamFormat,
    parameters: string,
  ): Promise<IngestReplyDto> {
    requirePlainUtf8(request, parameters);
    requireFits(request);
    return this.withSlot(() => this.ingest.stream(requestBytes(request, LIMITS), format));
  }

  private async withSlot<T>(read: () => Promise<T>): Promise<T> {
    if (this.open >= MAX_STREAMS)
      throw new AppError({
        kind: 'too_many_requests',
        code: 'TOO_MANY_STREAMS',
        message: `${MAX_STREAMS} streams are being read already`,
        retryAfterSeconds: 5,
      });
    this.open++;
    try {
      return await read();
    } finally {
      this.open--;
    }
  }
}

const LIMITS = {
  maxBytes: MAX_STREAM_BYTES,
  timeMs: MAX_STREAM_TIME_MS,
  idleMs: MAX_STREAM_IDLE_MS,
  lullMs: LULL_MS,
};

function requirePlainUtf8(request: Request, parameters: string): void {
  const encoding = request.headers['content-encoding'] ?? 'identity';
  const charset = /charset="?([^";\s]+)/.exec(parameters)?.[1] ?? 'utf-8';
  if (encoding === 'identity' && /^utf-?8$/.test(charset)) return;
  throw new AppError({
    kind: 'unsupported_media_type',
    code: 'UNSUPPORTED_MEDIA_TYPE',
    message: 'A stream is read as plain UTF-8, neither compressed nor in another character set',
  });
}

function requireFits(request: Request): void {
  if (Number(request.headers['content-length'] ?? 0) <= MAX_STREAM_BYTES) return;
  throw new AppError({
    kind: 'too_large',
    code: 'BODY_TOO_LARGE',
    message: `A stream may have ${MAX_STREAM_BYTES} bytes; split it`,
  });
}
