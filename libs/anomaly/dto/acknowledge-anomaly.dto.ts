import { ApiProperty } from '@nestjs/swagger';
import { IsNotEmpty } from 'class-validator';
import { IsText } from '#platform';

export class AcknowledgeAnomalyDto {
  @ApiProperty({ example: 'Cooling water pump B switched on', maxLength: 2000 })
  @IsText(2_000, { lineBreaks: true })
  @IsNotEmpty()
  comment!: string;
}
