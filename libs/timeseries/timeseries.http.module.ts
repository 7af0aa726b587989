import { Module } from '@nestjs/common';
import { EquipmentModule } from '#equipment';
import { LotModule } from '#lot';
import { IngestDoor } from './ingest/ingest-door.service.js';
import { IngestService } from './ingest/ingest.service.js';
import { LotSummaryController } from './series/lot-summary.controller.js';
import { LotSummaryService } from './series/lot-summary.service.js';
import { SensorController } from './sensor.controller.js';
import { SensorService } from './sensor.service.js';
import { SeriesService } from './series/series.service.js';
import { TagController } from './tag.controller.js';
import { TagSettingsService } from './tag-settings.service.js';
import { TimeseriesController } from './timeseries.controller.js';
import { TimeseriesModule } from './timeseries.module.js';

/** The routes of samples: series, ingest, tags, sensors and lot summaries. */
@Module({
  imports: [EquipmentModule, LotModule, TimeseriesModule],
  controllers: [TimeseriesController, TagController, SensorController, LotSummaryController],
  providers: [SeriesService, IngestService, IngestDoor, SensorService, TagSettingsService, LotSummaryService],
})
export class TimeseriesHttpModule {}
