import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, Max, Min } from 'class-validator';

/** The path parameter of everything below /lots/{lot_id}. */
export class LotIdParams {
  @ApiProperty({ type: 'integer', example: 12, description: 'Id of the lot', minimum: 1 })
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(Number.MAX_SAFE_INTEGER)
  lot_id!: number;
}
