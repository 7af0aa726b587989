import { ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsOptional, Max, Min } from 'class-validator';
import { IsText, PageQuery } from '#platform';
import { ALARM_ENTRY_EVENTS, type AlarmEntryEvent } from '../alarm-entry.entity.js';

export class AlarmJournalQuery extends PageQuery {
  @ApiPropertyOptional({ type: 'integer', example: 12 })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(Number.MAX_SAFE_INTEGER)
  alarm_id?: number;

  @ApiPropertyOptional({ enum: ALARM_ENTRY_EVENTS })
  @IsOptional()
  @IsIn(ALARM_ENTRY_EVENTS)
  event?: AlarmEntryEvent;

  @ApiPropertyOptional({ format: 'date-time', description: 'Only entries from this plant time on' })
  @IsOptional()
  @IsText(40)
  from?: string;

  @ApiPropertyOptional({ format: 'date-time', description: 'Only entries before this plant time' })
  @IsOptional()
  @IsText(40)
  to?: string;
}
