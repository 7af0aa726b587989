import { Module } from '@nestjs/common';
import { LotModule } from '#lot';
import { TimeseriesModule } from '#timeseries';
import { AnomalyModule } from './anomaly.module.js';
import { EpisodeLedger } from './episode-ledger.service.js';
import { SampleScorer } from './sample-scorer.service.js';
import { ScorerLease } from './scorer-lease.service.js';
import { ScorerPosition } from './scorer-position.service.js';
import { ScorerSamples } from './scorer-samples.service.js';
import { ScorerStreams } from './scorer-streams.service.js';

/** Scores every sample as it arrives, in one process at a time. */
@Module({
  imports: [AnomalyModule, LotModule, TimeseriesModule],
  providers: [EpisodeLedger, SampleScorer, ScorerLease, ScorerPosition, ScorerSamples, ScorerStreams],
})
export class AnomalyJobsModule {}
