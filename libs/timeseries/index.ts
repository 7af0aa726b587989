export { BUCKETS_MS, bucketOf } from './rollup.js';
export { QUALITIES, type QualityName, type SamplePoint, type SampleRecord } from './sample-columns.js';
export { SampleEraser } from './sample-eraser.service.js';
export { type FeedNews, type IngestEntry, SampleFeed, type WriteListener } from './sample-feed.service.js';
export { LIMIT_STATES, type LimitState, limitStateOf } from './limit-state.js';
export { SampleRetention } from './sample-retention.service.js';
export { SampleWriter, type WriteResult } from './sample-writer.service.js';
export type { LatestSample } from './sample.repository.js';
export { MAX_MATRIX_CELLS, type SampleMatrix } from './sample-matrix.js';
export { SERIES_METHODS, type SeriesMethod } from './downsampling.js';
export {
  type SampleWindow,
  SeriesReader,
  type SeriesRequest,
  type ThinnedSeries,
} from './series-reader.service.js';
export { TagDirectory } from './tag-directory.service.js';
export type { TagStatistics } from './tag-statistics.js';
export { TimeseriesHttpModule } from './timeseries.http.module.js';
export { TimeseriesModule } from './timeseries.module.js';
