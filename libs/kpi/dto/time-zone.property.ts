import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { IsTimeZone } from '#platform';

/** The `time_zone` of a request: whose days and hours are meant. */
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
