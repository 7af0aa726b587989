import { timeOfDayMs } from '#calendar';
import { IsInt, Matches, Max, Min } from 'class-validator';
import { numberOf, Variable } from '#platform/start';

/** What reports are of, and how they are printed. */
export class ReportSettings {
  @Variable('PRODUCTION_DAY_START')
  @Matches(/^([01]\d|2[0-3]):[0-5]\d$/, {
    message: 'PRODUCTION_DAY_START must be a time of day, 00:00 to 23:59, e.g. 07:00',
  })
  readonly productionDayStart: string = '07:00';

  /** Undefined: the browser that comes with the packages. */
  @Variable('CHROMIUM_PATH')
  readonly chromiumPath: string | undefined = undefined;

  /** What one try at a report may take in all. */
  @Variable('REPORT_TIMEOUT_S', numberOf)
  @IsInt()
  @Min(10)
  @Max(3_600)
  readonly timeoutS: number = 600;

  /** When the days of production begin, in milliseconds after midnight. */
  get productionDayStartMs(): number {
    return timeOfDayMs(this.productionDayStart) ?? 0;
  }

  get timeoutMs(): number {
    return this.timeoutS * 1_000;
  }
}
