import { ApiProperty } from '@nestjs/swagger';
import { IsNotEmpty, IsString, MaxLength } from 'class-validator';

export class AcknowledgeIncidentDto {
  @ApiProperty({ example: 'A feed is back: the supplier had closed a valve', maxLength: 2000 })
  @IsString()
  @IsNotEmpty()
  @MaxLength(2_000)
  comment!: string;
}
