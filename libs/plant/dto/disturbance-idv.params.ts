import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, Max, Min } from 'class-validator';

/** The path parameter of one disturbance. */
export class DisturbanceIdvParams {
  @ApiProperty({
    type: 'integer',
    example: 4,
    minimum: 1,
    maximum: 21,
    description: 'Number of the disturbance',
  })
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(21)
  idv!: number;
}
