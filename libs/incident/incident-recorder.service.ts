import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type SampleFollower, type ScoredBatch, ScoredSamples } from '#anomaly';
import { Database, Metrics } from '#platform';
import { TagDirectory } from '#timeseries';
import { IncidentLedger, type IncidentLedgerState, type NotedIncident } from './incident-ledger.service.js';
import { IncidentRepository } from './incident.repository.js';
import { IncidentTracker, type IncidentTrackerState } from './incident-tracker.js';

/** What the recorder remembers between two batches; a part of the scorer's checkpoint. */
interface RecorderState {
  tracker: IncidentTrackerState;
  ledger: IncidentLedgerState;
}

/** Groups what the detectors find into incidents, in the transaction of the scorer and from its checkpoints. */
@Injectable()
export class IncidentRecorder implements SampleFollower, OnModuleInit {
  readonly name = 'incidents';
  private readonly opened;

  constructor(
    private readonly scored: ScoredSamples,
    private readonly ledger: IncidentLedger,
    private readonly incidents: IncidentRepository,
    private readonly tags: TagDirectory,
    private readonly database: Database,
    metrics: Metrics,
  ) {
    this.opened = metrics.counter('incidents_opened_total', 'Incidents that this process has found');
  }

  onModuleInit(): void {
    this.scored.register(this);
  }

  async follow(batch: ScoredBatch, state: unknown): Promise<RecorderState> {
    const before = (state as RecorderState | undefined) ?? (await this.takeUp(batch.after));
    const tracker = new IncidentTracker(await this.tags.all(), before.tracker);
    let ledger = await this.ledger.begin(before.ledger, batch.after);
    for (const noted of noteIncidents(batch, tracker)) {
      const written = await this.ledger.write(noted, ledger);
      ledger = written.state;
      if (written.isNew) await this.database.afterCommit(() => this.opened.inc());
    }
    return { tracker: tracker.snapshot(), ledger: await this.ledger.end(ledger, batch.to) };
  }

  /** Goes on with the incident that is open although the checkpoint has none, as after an upgrade; others are over. */
  private async takeUp(ts: number): Promise<RecorderState> {
    const [newest, ...others] = await this.incidents.findOpen(ts);
    for (const other of others) await this.ledger.close(other);
    const incident = newest && { ...newest, grave: newest.severity === 'critical' };
    return {
      tracker: IncidentTracker.resuming(incident ?? null),
      ledger: { open: newest?.id ?? null, rescored: [] },
    };
  }
}

/** What became of each incident with the batch, in order; one that changes with every sample is noted once. */
function noteIncidents(
  { samples, tagCodes, detectors }: ScoredBatch,
  tracker: IncidentTracker,
): NotedIncident[] {
  const noted = new Map<number, NotedIncident>();
  for (const sample of samples) {
    for (const change of tracker.step(sample, tagCodes, detectors.at(0))) {
      const { startedAt } = change.incident;
      const diagnoseAt = noted.get(startedAt)?.diagnoseAt ?? [];
      if (change.diagnose) diagnoseAt.push(change.ts);
      noted.set(startedAt, { change, diagnoseAt });
    }
  }
  return [...noted.values()];
}
