import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsInt, IsNumber, Max, Min, ValidateIf } from 'class-validator';

const MAX_DURATION_MINUTES = 43_200;

export class InjectDisturbanceDto {
  @ApiProperty({
    type: 'integer',
    example: 4,
    minimum: 1,
    maximum: 21,
    description: 'Number of the disturbance',
  })
  @IsInt()
  @Min(1)
  @Max(21)
  idv!: number;

  @ApiPropertyOptional({
    type: 'integer',
    example: 240,
    minimum: 1,
    maximum: MAX_DURATION_MINUTES,
    description: 'Plant minutes after which it ends by itself, at most 30 days; without it, it stays on',
  })
  @ValidateIf((_, value: unknown) => value !== undefined)
  @IsNumber()
  @Min(1)
  @Max(MAX_DURATION_MINUTES)
  duration_minutes?: number;
}
