import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsNumber, Max, Min, ValidateIf } from 'class-validator';

const given = (_: unknown, value: unknown): boolean => value !== undefined;

/** At least one of the two. */
export class AdjustPlantDto {
  @ApiPropertyOptional({
    example: 600,
    minimum: 0.1,
    maximum: 3_600,
    description: 'Plant seconds a wall second; a machine that is too slow for it reaches less',
  })
  @ValidateIf(given)
  @IsNumber()
  @Min(0.1)
  @Max(3_600)
  speed?: number;

  @ApiPropertyOptional({ example: false, description: 'Whether plant time stands still' })
  @ValidateIf(given)
  @IsBoolean()
  paused?: boolean;
}
