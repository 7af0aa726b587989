import { IsIn, IsInt, IsNumber, Max, Min } from 'class-validator';
import { IsTimeZone, numberOf, Variable } from '#platform/start';

/** Where the samples come from, how a simulated plant begins, and whose clocks it goes by. */
export class PlantSettings {
  @Variable('PLANT_SOURCE')
  @IsIn(['simulator', 'external'])
  readonly source: 'simulator' | 'external' = 'simulator';

  /** Plant seconds a second, at the first start. */
  @Variable('PLANT_SPEED', numberOf)
  @IsNumber()
  @Min(0.1)
  @Max(3_600)
  readonly speed: number = 60;

  @Variable('PLANT_SEED', numberOf)
  @IsInt()
  @Min(1)
  @Max(8_589_934_592)
  readonly seed: number = 1_431_655_765;

  /** What is simulated and stored at the first start. */
  @Variable('PLANT_HISTORY_HOURS', numberOf)
  @IsInt()
  @Min(0)
  @Max(720)
  readonly historyHours: number = 24;

  /** IANA name, or a fixed offset. */
  @Variable('PLANT_TIME_ZONE')
  @IsTimeZone()
  readonly timeZone: string = 'UTC';
}
