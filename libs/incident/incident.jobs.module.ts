import { Module } from '@nestjs/common';
import { AnomalyModule } from '#anomaly';
import { LotModule } from '#lot';
import { PredictionModule, PredictorModule } from '#prediction';
import { TimeseriesModule } from '#timeseries';
import { IncidentDiagnoser } from './incident-diagnoser.service.js';
import { IncidentLedger } from './incident-ledger.service.js';
import { IncidentModule } from './incident.module.js';
import { IncidentRecorder } from './incident-recorder.service.js';

/** Groups anomalies along with the scorer, wherever that runs, and diagnoses incidents, in one process at a time. */
@Module({
  imports: [IncidentModule, AnomalyModule, LotModule, PredictionModule, PredictorModule, TimeseriesModule],
  providers: [IncidentDiagnoser, IncidentLedger, IncidentRecorder],
})
export class IncidentJobsModule {}
