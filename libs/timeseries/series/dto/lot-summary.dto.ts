import { ApiProperty } from '@nestjs/swagger';
import { LotDto } from '#lot';

export class TagSummaryDto {
  @ApiProperty({ example: 'XMEAS_07' })
  tag!: string;

  @ApiProperty({ example: 'Reactor pressure' })
  name!: string;

  @ApiProperty({ example: 'kPa gauge' })
  unit!: string;

  @ApiProperty({
    type: 'integer',
    example: 480,
    description: 'Good samples; mean, std, min and max are theirs alone',
  })
  count!: number;

  @ApiProperty({ type: 'integer', example: 0, description: 'Samples of uncertain quality' })
  uncertain_count!: number;

  @ApiProperty({ type: 'integer', example: 0, description: 'Samples of bad quality' })
  bad_count!: number;

  @ApiProperty({
    example: 1,
    description:
      'Samples there are, bad ones left out, of those the sampling interval asks for; 1 when all are there',
  })
  coverage!: number;

  @ApiProperty({ type: Number, nullable: true, example: 2705.2 })
  mean!: number | null;

  @ApiProperty({
    type: Number,
    nullable: true,
    example: 6.1,
    description: 'Sample standard deviation (n − 1)',
  })
  std!: number | null;

  @ApiProperty({ type: Number, nullable: true, example: 2683.4 })
  min!: number | null;

  @ApiProperty({ type: Number, nullable: true, example: 2724.9 })
  max!: number | null;
}

export class LotSummaryDto {
  @ApiProperty({ type: LotDto })
  lot!: LotDto;

  @ApiProperty({ example: 86_400, description: 'Length of the lot, up to now of the plant while it is open' })
  duration_s!: number;

  @ApiProperty({ type: 'integer', example: 25_440, description: 'Good samples of all tags' })
  sample_count!: number;

  @ApiProperty({ example: 1, description: 'Mean coverage of the tags' })
  coverage!: number;

  @ApiProperty({ type: [TagSummaryDto], description: 'Every tag of the plant, in its order' })
  tags!: TagSummaryDto[];
}
