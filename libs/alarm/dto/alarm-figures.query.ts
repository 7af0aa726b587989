import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { IsText } from '#platform';

export class AlarmFiguresQuery {
  @ApiPropertyOptional({
    format: 'date-time',
    description: 'Begin of the period, plant time; a day before its end when left out, at most 31 days',
  })
  @IsOptional()
  @IsText(40)
  from?: string;

  @ApiPropertyOptional({
    format: 'date-time',
    description: 'End of the period, plant time; now when left out or later',
  })
  @IsOptional()
  @IsText(40)
  to?: string;
}
