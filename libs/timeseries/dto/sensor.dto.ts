import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { PageDto } from '#platform';
import { LIMIT_STATES, type LimitState } from '../limit-alarm.js';
import { QUALITIES, type QualityName } from '../samples/sample-columns.js';
import { TagDto } from './tag.dto.js';
import { WatchDto } from './watch.dto.js';

export class SensorValueDto {
  @ApiProperty({ format: 'date-time', example: '2026-03-01T08:00:00.000Z', description: 'Plant time' })
  ts!: string;

  @ApiProperty({ example: 2705.1 })
  value!: number;

  @ApiProperty({
    enum: QUALITIES,
    example: 'good',
    description: 'A bad value is shown here and in raw series only; an uncertain one is in no average',
  })
  quality!: QualityName;

  @ApiProperty({
    enum: LIMIT_STATES,
    nullable: true,
    example: 'normal',
    description:
      'Outermost limit the value is beyond; a value on a limit has reached it, and one whose alarm is active is back inside by the deadband only. null when the quality is bad',
  })
  limit_state!: LimitState | null;

  @ApiProperty({ example: false, description: 'Older than three sampling intervals of the tag' })
  stale!: boolean;
}

/** A tag with its latest value. */
export class SensorDto extends TagDto {
  @ApiProperty({ type: SensorValueDto, nullable: true, description: 'null when there is no sample yet' })
  latest!: SensorValueDto | null;

  @ApiProperty({ type: WatchDto, description: 'Whether detectors can judge it' })
  watch!: WatchDto;
}

export class SensorPageDto extends PageDto(SensorDto) {}

/** A tag, with its latest value if that was asked for. */
export class ListedTagDto extends TagDto {
  @ApiPropertyOptional({
    type: SensorValueDto,
    nullable: true,
    description: 'Only with latest=true; null when there is no sample yet',
  })
  latest?: SensorValueDto | null;

  @ApiPropertyOptional({
    type: WatchDto,
    description: 'Only with latest=true: whether detectors can judge it',
  })
  watch?: WatchDto;
}

export class TagPageDto extends PageDto(ListedTagDto) {}
