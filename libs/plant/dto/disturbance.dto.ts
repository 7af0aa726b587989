import { ApiProperty } from '@nestjs/swagger';
import type { DisturbanceDefinition, DisturbanceKind } from '#tep';
import { isoTime, isoTimeOrNull, PageDto } from '#platform';
import type { ActiveDisturbance } from '../simulated-plant.js';

const KINDS = [
  'step',
  'random',
  'drift',
  'sticking',
  'intermittent',
  'closed_loop',
] satisfies DisturbanceKind[];

export class DisturbanceDto {
  @ApiProperty({ type: 'integer', example: 4, minimum: 1, maximum: 21 })
  idv!: number;

  @ApiProperty({ example: 'Reactor cooling-water inlet temperature' })
  title!: string;

  @ApiProperty({ example: '반응기 냉각수 입구 온도' })
  title_ko!: string;

  @ApiProperty({ enum: KINDS, example: 'step' })
  kind!: DisturbanceKind;

  @ApiProperty({ example: 'REACTOR', description: 'Where the cause sits; it may show elsewhere first' })
  eq_id!: string;

  @ApiProperty({
    type: [String],
    example: ['XMV_10', 'XMEAS_09', 'XMEAS_21'],
    description: 'Tags that should move first or most, strongest first',
  })
  expected_tags!: string[];

  @ApiProperty({ example: 'The cooling water enters the reactor 5 °C warmer.' })
  cause!: string;

  @ApiProperty({ example: '반응기 냉각수가 5 °C 더 따뜻하게 들어온다.' })
  cause_ko!: string;

  @ApiProperty({ example: true, description: 'Whether it is on' })
  active!: boolean;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    example: '2026-03-01T08:00:00.000Z',
    description: 'Plant time at which it was switched on',
  })
  since!: string | null;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    example: null,
    description: 'Plant time at which it ends by itself',
  })
  until!: string | null;

  static of(definition: DisturbanceDefinition, active: ActiveDisturbance | undefined): DisturbanceDto {
    return {
      idv: definition.idv,
      title: definition.title,
      title_ko: definition.titleKo,
      kind: definition.kind,
      eq_id: definition.equipmentCode,
      expected_tags: [...definition.expectedTags],
      cause: definition.cause,
      cause_ko: definition.causeKo,
      active: active !== undefined,
      since: active ? isoTime(active.since) : null,
      until: active ? isoTimeOrNull(active.until) : null,
    };
  }
}

export class DisturbancePageDto extends PageDto(DisturbanceDto) {}
