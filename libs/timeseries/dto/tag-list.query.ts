import { ApiPropertyOptional, OmitType } from '@nestjs/swagger';
import { Expose, Transform } from 'class-transformer';
import { IsIn, IsInt, IsOptional, Max, Min } from 'class-validator';
import { DEFAULT_PAGE_SIZE, IsText, MAX_PAGE_SIZE, PageQuery, QueryBoolean } from '#platform';

const ROLES = ['measurement', 'analyser', 'manipulated'] as const;

export class TagListQuery extends OmitType(PageQuery, ['limit']) {
  @ApiPropertyOptional({ example: 'REACTOR', description: 'Only tags of this equipment' })
  @IsOptional()
  @IsText(40)
  eq_id?: string;

  @ApiPropertyOptional({ enum: ROLES, description: 'Only tags of this role' })
  @IsOptional()
  @IsIn(ROLES)
  role?: string;

  @ApiPropertyOptional({ example: 'pressure', description: 'Only tags with this in their code or name' })
  @IsOptional()
  @IsText(60)
  q?: string;

  @QueryBoolean(
    'Whether each tag comes with its latest value, as far as there is one, and what limit that has reached',
  )
  latest?: boolean;

  /** With latest values a plant is wanted whole. */
  @ApiPropertyOptional({
    type: 'integer',
    description: `Tags per page, at most ${MAX_PAGE_SIZE}; ${DEFAULT_PAGE_SIZE} when left out, with latest=true ${MAX_PAGE_SIZE}`,
    minimum: 1,
    maximum: MAX_PAGE_SIZE,
  })
  @Expose()
  @Transform(({ value, obj }: { value: unknown; obj: { latest?: unknown } }) =>
    value === undefined ? (obj.latest === 'true' ? MAX_PAGE_SIZE : DEFAULT_PAGE_SIZE) : Number(value),
  )
  @IsInt()
  @Min(1)
  @Max(MAX_PAGE_SIZE)
  limit: number = DEFAULT_PAGE_SIZE;
}
