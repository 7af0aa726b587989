import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString } from 'class-validator';

export class CloseLotDto {
  @ApiPropertyOptional({
    example: '2026-03-02T00:00:00Z',
    format: 'date-time',
    description: 'First moment after the lot, plant time; now by default, never after it',
  })
  @IsOptional()
  @IsString()
  at?: string;
}
