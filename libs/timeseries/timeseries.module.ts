import { Module } from '@nestjs/common';
import { EquipmentModule } from '#equipment';
import { LotModule } from '#lot';
import { RollupRepository } from './rollup.repository.js';
import { SampleEraser } from './sample-eraser.service.js';
import { SampleFeed } from './sample-feed.service.js';
import { SampleRepository } from './sample.repository.js';
import { SampleRetention } from './sample-retention.service.js';
import { SampleWriter } from './sample-writer.service.js';
import { SeriesRepository } from './series.repository.js';
import { SeriesReader } from './series-reader.service.js';
import { TagDirectory } from './tag-directory.service.js';

/** Samples and their rollups, without HTTP: what the plant, the detectors and the workers use. */
@Module({
  imports: [EquipmentModule, LotModule],
  providers: [
    SampleRepository,
    RollupRepository,
    TagDirectory,
    SampleFeed,
    SampleWriter,
    SeriesRepository,
    SeriesReader,
    SampleRetention,
    SampleEraser,
  ],
  exports: [TagDirectory, SampleFeed, SampleWriter, SeriesReader, SampleRetention, SampleEraser],
})
export class TimeseriesModule {}
