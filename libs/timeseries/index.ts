export { FineRollupBackfill } from './rollup/fine-rollup-backfill.service.js';
export { BUCKETS_MS, bucketOf } from './rollup/rollup.js';
export {
  BAD_QUALITY,
  type LatestSample,
  QUALITIES,
  type QualityName,
  type SamplePoint,
  type SampleRecord,
} from './samples/sample-columns.js';
export { SampleEraser } from './retention/sample-eraser.service.js';
export {
  type FeedPage,
  type IngestEntry,
  SampleFeed,
  SAMPLE_SWEEPS,
  SAMPLES,
  type WriteListener,
} from './samples/sample-feed.service.js';
export {
  ALARM_LIMITS,
  type AlarmDelays,
  type AlarmLimit,
  type AlarmSettings,
  AT_REST,
  delayedCondition,
  isWithinDeadband,
  type LimitCondition,
  limitOf,
  limitsHeldIn,
  limitState,
  type LimitState,
} from './limit-alarm.js';
export { type ActiveLimits, LimitStates } from './limit-states.service.js';
export { SampleRetention } from './retention/sample-retention.service.js';
export { SampleWriter, type WriteResult } from './ingest/sample-writer.service.js';
export { type MatrixQualities, MAX_MATRIX_CELLS, type SampleMatrix } from './series/sample-matrix.js';
export { SERIES_METHODS, type SeriesMethod } from './series/downsampling.js';
export {
  type SampleWindow,
  SeriesReader,
  type SeriesRequest,
  type ThinnedSeries,
} from './series/series-reader.service.js';
export { LOOK_BACK_MS, SamplingSurvey } from './samples/sampling-survey.service.js';
export {
  DECIDING_TIMES,
  isUnwatched,
  samplingOf,
  samplingSentence,
  type SamplingState,
  type TagSampling,
  type UnwatchedState,
} from './samples/sampling.js';
export { TagDirectory } from './samples/tag-directory.service.js';
export type { TagStatistics } from './series/tag-statistics.js';
export { unwatched, UNWATCHED_REASONS, type UnwatchedReason, WatchDto, watched } from './dto/watch.dto.js';
export type { SensorDto } from './dto/sensor.dto.js';
export { TimeseriesHttpModule } from './timeseries.http.module.js';
export { TimeseriesModule } from './timeseries.module.js';
