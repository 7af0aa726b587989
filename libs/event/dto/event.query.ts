import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsIn,
  IsInt,
  IsOptional,
  Length,
  Max,
  Min,
} from 'class-validator';
import { IsText } from '#platform';
import { EVENT_TYPES, type EventType } from '../event-types.js';

const MAX_TAGS = 60;

const Listed = (atMost: number): PropertyDecorator =>
  Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' ? value.split(',', atMost + 1).map((each) => each.trim()) : value,
  );

export class EventQuery {
  @ApiPropertyOptional({
    type: String,
    example: 'samples,incidents',
    description: `What the stream tells of, separated by commas: ${EVENT_TYPES.join(', ')}. All when left out`,
  })
  @IsOptional()
  @Listed(EVENT_TYPES.length)
  @IsArray({ message: 'types must be names separated by commas' })
  @ArrayMinSize(1)
  @ArrayUnique()
  @IsIn(EVENT_TYPES, { each: true })
  types?: EventType[];

  @ApiPropertyOptional({
    type: String,
    example: 'XMEAS_07,XMEAS_09',
    description: `Samples of these tags only, 1 to ${MAX_TAGS}, separated by commas`,
  })
  @IsOptional()
  @Listed(MAX_TAGS)
  @IsArray({ message: 'tags must be codes separated by commas' })
  @ArrayMinSize(1)
  @ArrayMaxSize(MAX_TAGS)
  @ArrayUnique()
  @IsText(40, { each: true })
  @Length(1, 40, { each: true, message: 'tags must be codes separated by commas' })
  tags?: string[];

  @ApiPropertyOptional({
    example: 'REACTOR',
    description: 'Samples, incidents, anomalies, alarms and health of this equipment only',
  })
  @IsOptional()
  @IsText(40)
  eq_id?: string;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 0,
    example: 1204,
    description: 'Resume behind the event with this id; the header Last-Event-ID goes before it',
  })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(Number.MAX_SAFE_INTEGER)
  since?: number;
}
