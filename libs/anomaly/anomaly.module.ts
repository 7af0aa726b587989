import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { EquipmentModule } from '#equipment';
import { LotModule } from '#lot';
import { ModelStore } from '#ml';
import { TimeseriesModule } from '#timeseries';
import { Anomaly } from './anomaly.entity.js';
import { AnomalyRepository } from './anomaly.repository.js';
import { AnomalyService } from './anomaly.service.js';
import { AnomalySettings } from './anomaly.settings.js';
import { Detectors } from './detection/detectors.service.js';
import { IncidentAnomalies } from './incident-anomalies.service.js';
import { openModelStore } from './detection/open-model-store.js';
import { PlantWatch } from './sampling/plant-watch.service.js';
import { SampleSource } from './sampling/sample-source.service.js';
import { ScoredSamples } from './scored-samples.service.js';
import { ScorerStateRepository } from './scorer-state.repository.js';
import { ScorerStatus } from './scorer-status.service.js';
import { WindowScan } from './window-scan.service.js';

/** Anomalies and detectors on demand, without HTTP. */
@Module({
  imports: [TypeOrmModule.forFeature([Anomaly]), EquipmentModule, LotModule, TimeseriesModule],
  providers: [
    AnomalyRepository,
    AnomalyService,
    Detectors,
    IncidentAnomalies,
    { provide: ModelStore, inject: [AnomalySettings], useFactory: openModelStore },
    PlantWatch,
    SampleSource,
    ScoredSamples,
    ScorerStateRepository,
    ScorerStatus,
    WindowScan,
  ],
  exports: [
    AnomalyRepository,
    AnomalyService,
    Detectors,
    IncidentAnomalies,
    ModelStore,
    PlantWatch,
    SampleSource,
    ScoredSamples,
    ScorerStateRepository,
    WindowScan,
  ],
})
export class AnomalyModule {}
