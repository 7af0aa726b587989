import { Module } from '@nestjs/common';
import { EquipmentModule } from '#equipment';
import { LotModule } from '#lot';
import { LimitStates } from './limit-states.service.js';
import { FineRollupBackfill } from './rollup/fine-rollup-backfill.service.js';
import { FineRollups } from './rollup/fine-rollups.service.js';
import { RollupRepository } from './rollup/rollup.repository.js';
import { SampleEraser } from './retention/sample-eraser.service.js';
import { SampleFeed } from './samples/sample-feed.service.js';
import { SampleRepository } from './samples/sample.repository.js';
import { SampleRetention } from './retention/sample-retention.service.js';
import { SamplingSurvey } from './samples/sampling-survey.service.js';
import { SampleWriter } from './ingest/sample-writer.service.js';
import { RollupSeriesRepository } from './series/rollup-series.repository.js';
import { SeriesRepository } from './series/series.repository.js';
import { SeriesReader } from './series/series-reader.service.js';
import { TagDirectory } from './samples/tag-directory.service.js';

/** Samples and their rollups, without HTTP: what the plant, the detectors and the workers use. */
@Module({
  imports: [EquipmentModule, LotModule],
  providers: [
    SampleRepository,
    RollupRepository,
    FineRollups,
    FineRollupBackfill,
    TagDirectory,
    LimitStates,
    SampleFeed,
    SamplingSurvey,
    SampleWriter,
    SeriesRepository,
    RollupSeriesRepository,
    SeriesReader,
    SampleRetention,
    SampleEraser,
  ],
  exports: [
    TagDirectory,
    LimitStates,
    SampleFeed,
    SamplingSurvey,
    SampleWriter,
    SeriesReader,
    SampleRetention,
    FineRollupBackfill,
    SampleEraser,
  ],
})
export class TimeseriesModule {}
