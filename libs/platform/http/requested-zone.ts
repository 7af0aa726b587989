import { isTimeZone, zoneOffsetMs } from '#calendar';
import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { IsTimeZone } from '../config/is-time-zone.js';

/** A window of time as a request names it. */
export interface RequestedWindow {
  time_zone?: string;
  from?: string;
  to?: string;
}

const OFFSET = /T.*([+-]\d{2}:\d{2})$/;

/** The `time_zone` of a request. */
export function TimeZoneProperty(): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({
      type: String,
      example: 'Asia/Seoul',
      description:
        'Whose days, hours and clocks are meant: an IANA name, or an offset such as `+09:00`. When left out, the offset ' +
        '`from` or `to` is written with, else the zone of the plant (`time_zone` of `GET /plant`)',
    }),
    IsOptional(),
    IsTimeZone(),
  );
}

/**
 * The zone a request means: the one it names, else the offset its times are written with (`Z` and `+00:00`, which
 * programs write whatever they mean, name none), else the plant's.
 */
export function requestedZone({ time_zone, from, to }: RequestedWindow, plantZone: string): string {
  return time_zone ?? offsetOf(from, plantZone) ?? offsetOf(to, plantZone) ?? plantZone;
}

/** The plant's zone where its clocks show that offset: then its summer time is meant, too. */
function offsetOf(time: string | undefined, plantZone: string): string | undefined {
  const offset = OFFSET.exec(time ?? '')?.[1];
  if (time === undefined || offset === undefined || !isTimeZone(offset)) return undefined;
  const at = Date.parse(time);
  if (Number.isNaN(at) || zoneOffsetMs(at, offset) === 0) return undefined;
  return zoneOffsetMs(at, offset) === zoneOffsetMs(at, plantZone) ? plantZone : offset;
}
