import { IsInt, Max, Min } from 'class-validator';
import { numberOf, Variable } from '#platform/start';

/** How long samples are kept. */
export class TimeseriesSettings {
  /** Days of plant time. */
  @Variable('RAW_RETENTION_DAYS', numberOf)
  @IsInt()
  @Min(1)
  @Max(3_650)
  readonly rawRetentionDays: number = 90;
}
