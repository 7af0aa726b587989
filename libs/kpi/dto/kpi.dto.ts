import { ApiProperty } from '@nestjs/swagger';
import { figure, figureOrNull } from '#platform';
import { KPI_TERMS_KO, type KpiTerm, type PlantKpi } from '#tep';
import { TREND_BUCKETS, type TrendBucket } from './kpi.query.js';

export class KpiTermDto {
  @ApiProperty({ example: 'G and H produced' })
  label!: string;

  @ApiProperty({ example: 'G·H 생산량' })
  label_ko!: string;

  @ApiProperty({ example: 337_824 })
  value!: number;

  @ApiProperty({ example: 'kg' })
  unit!: string;

  static of({ label, value, unit }: KpiTerm): KpiTermDto {
    return { label, label_ko: KPI_TERMS_KO[label] ?? label, value: figure(value), unit };
  }
}

export class KpiDto {
  @ApiProperty({ example: 'production_rate' })
  name!: string;

  @ApiProperty({ example: 'Production rate' })
  title!: string;

  @ApiProperty({ example: '생산량' })
  title_ko!: string;

  @ApiProperty({ type: Number, nullable: true, example: 14_076 })
  value!: number | null;

  @ApiProperty({ example: 'kg/h' })
  unit!: string;

  @ApiProperty({ example: 'Mass of G and H in the product divided by running time.' })
  definition!: string;

  @ApiProperty({ example: '제품 중 G와 H의 질량을 가동 시간으로 나눈 값.' })
  definition_ko!: string;

  @ApiProperty({ type: KpiTermDto, nullable: true })
  numerator!: KpiTermDto | null;

  @ApiProperty({ type: KpiTermDto, nullable: true })
  denominator!: KpiTermDto | null;

  @ApiProperty({ type: String, nullable: true, description: 'Why there is no value', example: null })
  reason!: string | null;

  @ApiProperty({ type: String, nullable: true, example: null })
  reason_ko!: string | null;

  static of({
    name,
    title,
    titleKo,
    value,
    unit,
    definition,
    definitionKo,
    numerator,
    denominator,
    reason,
    reasonKo,
  }: PlantKpi): KpiDto {
    return {
      name,
      title,
      title_ko: titleKo,
      value: figureOrNull(value),
      unit,
      definition,
      definition_ko: definitionKo,
      numerator: numerator && KpiTermDto.of(numerator),
      denominator: denominator && KpiTermDto.of(denominator),
      reason,
      reason_ko: reasonKo,
    };
  }
}

export class KpiListDto {
  @ApiProperty({ format: 'date-time', example: '2026-03-01T00:00:00.000Z', description: 'Plant time' })
  from!: string;

  @ApiProperty({ format: 'date-time', example: '2026-03-02T00:00:00.000Z', description: 'Plant time' })
  to!: string;

  @ApiProperty({ example: 'Asia/Seoul', description: 'Whose days bare dates were taken for' })
  time_zone!: string;

  @ApiProperty({ type: 'integer', nullable: true, example: null })
  lot_id!: number | null;

  @ApiProperty({ type: [KpiDto] })
  kpis!: KpiDto[];
}

export class KpiPointDto {
  @ApiProperty({
    format: 'date-time',
    example: '2026-03-01T08:00:00.000Z',
    description: 'Begin of the bucket, plant time',
  })
  ts!: string;

  @ApiProperty({ type: Number, nullable: true, example: 14_052 })
  value!: number | null;

  @ApiProperty({ type: Number, nullable: true, example: 14_052 })
  numerator!: number | null;

  @ApiProperty({ type: Number, nullable: true, example: 1 })
  denominator!: number | null;
}

export class KpiTrendDto {
  @ApiProperty({ example: 'production_rate' })
  name!: string;

  @ApiProperty({ example: 'kg/h' })
  unit!: string;

  @ApiProperty({ enum: TREND_BUCKETS, example: 'hour' })
  bucket!: TrendBucket;

  @ApiProperty({ format: 'date-time', description: 'Plant time' })
  from!: string;

  @ApiProperty({ format: 'date-time', description: 'Plant time' })
  to!: string;

  @ApiProperty({ example: 'Asia/Seoul', description: 'By whose clocks hours and days are cut' })
  time_zone!: string;

  @ApiProperty({ type: [KpiPointDto], description: 'Buckets with samples, the oldest first' })
  points!: KpiPointDto[];
}
