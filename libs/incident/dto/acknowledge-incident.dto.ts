import { ApiProperty } from '@nestjs/swagger';
import { IsNotEmpty } from 'class-validator';
import { IsText } from '#platform';

export class AcknowledgeIncidentDto {
  @ApiProperty({ example: 'A feed is back: the supplier had closed a valve', maxLength: 2000 })
  @IsText(2_000, { lineBreaks: true })
  @IsNotEmpty()
  comment!: string;
}
