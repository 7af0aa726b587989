import { Module } from '@nestjs/common';
import { PredictionModule, PredictorModule } from '#prediction';
import { IncidentDiagnoser } from './incident-diagnoser.service.js';
import { IncidentLedger } from './incident-ledger.service.js';
import { IncidentModule } from './incident.module.js';
import { IncidentRecorder } from './incident-recorder.service.js';

/** Groups anomalies along with the scorer, wherever that runs, and diagnoses incidents, in one process at a time. */
@Module({
  imports: [IncidentModule, PredictionModule, PredictorModule],
  providers: [IncidentDiagnoser, IncidentLedger, IncidentRecorder],
})
export class IncidentJobsModule {}
