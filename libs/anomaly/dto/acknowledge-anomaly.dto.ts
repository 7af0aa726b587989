import { ApiProperty } from '@nestjs/swagger';
import { IsNotEmpty, IsString, MaxLength } from 'class-validator';

export class AcknowledgeAnomalyDto {
  @ApiProperty({ example: 'Cooling water pump B switched on', maxLength: 2000 })
  @IsString()
  @IsNotEmpty()
  @MaxLength(2_000)
  comment!: string;
}
