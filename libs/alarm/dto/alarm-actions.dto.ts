import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsInt,
  IsNotEmpty,
  IsOptional,
  Max,
  Min,
} from 'class-validator';
import { IsText } from '#platform';

const MOST_AT_ONCE = 500;

export class CommentAlarmDto {
  @ApiProperty({ example: 'Cooling water pump B switched on', maxLength: 2000 })
  @IsText(2_000, { lineBreaks: true })
  @IsNotEmpty()
  comment!: string;
}

export class AcknowledgeAlarmsDto extends CommentAlarmDto {
  @ApiProperty({
    type: 'array',
    items: { type: 'integer' },
    example: [12, 17],
    minItems: 1,
    maxItems: MOST_AT_ONCE,
  })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_AT_ONCE)
  @IsInt({ each: true })
  @Min(1, { each: true })
  @Max(Number.MAX_SAFE_INTEGER, { each: true })
  alarm_ids!: number[];
}

export class AlarmReasonDto {
  @ApiProperty({ example: 'The transmitter is being calibrated', maxLength: 2000 })
  @IsText(2_000)
  @IsNotEmpty()
  reason!: string;
}

export class ShelveAlarmDto extends AlarmReasonDto {
  @ApiProperty({
    format: 'date-time',
    example: '2026-03-01T16:00:00Z',
    description: 'When the shelf ends, plant time; at most 24 h ahead',
  })
  @IsText(40)
  @IsNotEmpty()
  until!: string;
}

/** What may be said when something is put back. */
export class PutBackAlarmDto {
  @ApiPropertyOptional({ example: 'Calibrated', maxLength: 2000 })
  @IsOptional()
  @IsText(2_000, { lineBreaks: true })
  comment?: string;
}
