import { ApiProperty } from '@nestjs/swagger';
import type { StreamDefinition, StreamPhase } from '#tep';
import { PageDto } from '#platform';

const PHASES = ['gas', 'liquid', 'mixed'] satisfies StreamPhase[];

export class StreamDto {
  @ApiProperty({
    type: 'integer',
    nullable: true,
    example: 1,
    description: 'Its number on the flowsheet; null where it has none',
  })
  stream!: number | null;

  @ApiProperty({ example: 'A feed' })
  name!: string;

  @ApiProperty({ example: 'A 공급' })
  name_ko!: string;

  @ApiProperty({ enum: PHASES, example: 'gas' })
  phase!: StreamPhase;

  @ApiProperty({
    type: String,
    nullable: true,
    example: 'FEED',
    description: 'Equipment it leaves; null where several streams join',
  })
  from_eq_id!: string | null;

  @ApiProperty({ example: 'REACTOR', description: 'Equipment it enters' })
  to_eq_id!: string;

  @ApiProperty({
    type: [String],
    example: ['XMEAS_01', 'XMV_03'],
    description: 'What measures and what throttles it, flow first',
  })
  tags!: string[];

  static of({ stream, name, nameKo, phase, from, to, tags }: StreamDefinition): StreamDto {
    return { stream, name, name_ko: nameKo, phase, from_eq_id: from, to_eq_id: to, tags: [...tags] };
  }
}

export class StreamPageDto extends PageDto(StreamDto) {}
