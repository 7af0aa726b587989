import type { QualityName } from '../samples/sample-columns.js';
import type { SeriesDto, TagSeriesDto } from './dto/series.dto.js';

/** What `GET /timeseries` answers, before it is written as JSON or CSV: points are numbers in columns, not yet objects. */
export interface SeriesReply extends Omit<SeriesDto, 'series'> {
  series: TagSeries[];
}

/** One tag's points and what is said of them. */
export interface TagSeries {
  head: Omit<TagSeriesDto, 'points'>;
  /** Epoch milliseconds, ascending. */
  times: Float64Array;
  values: Float64Array;
  /** The quality that is written with a point; undefined where none is. */
  qualityOf: (point: number) => QualityName | undefined;
}
