import { Injectable } from '@nestjs/common';
import { LotService } from '#lot';
import { incidentSeverity } from '#ml';
import { IncidentAnomalies } from '#anomaly';
import { TagDirectory } from '#timeseries';
import type { Incident } from './incident.entity.js';
import { IncidentDiagnosisRepository } from './incident-diagnosis.repository.js';
import { type IncidentFields, IncidentRepository } from './incident.repository.js';
import type { TrackedChange } from './incident-tracker.js';

/** Two incidents that begin this close are the same event, seen before and after late samples came. */
const SAME_EVENT_MS = 3_600_000;
/** An episode of another detector that goes on since longer than this before an incident is not a part of it. */
const LONGEST_LEAD_MS = 24 * 3_600_000;

/** Which rows the scorer is writing to; part of its checkpoint. */
export interface IncidentLedgerState {
  /** Row of the open incident. */
  open: number | null;
  /** Rows from before a rescoring which it may find again. */
  rescored: number[];
}

/** What became of one incident with a batch of samples. */
export interface NotedIncident {
  change: TrackedChange;
  /** Plant times up to which it is to be diagnosed. */
  diagnoseAt: number[];
}

/** Writes incidents as rows and makes anomalies part of them; runs inside the scorer's transaction. */
@Injectable()
export class IncidentLedger {
  constructor(
    private readonly incidents: IncidentRepository,
    private readonly diagnoses: IncidentDiagnosisRepository,
    private readonly anomalies: IncidentAnomalies,
    private readonly lots: LotService,
    private readonly tags: TagDirectory,
  ) {}

  /** Takes note of the rows that lie in the future of the scorer, because it has gone back. */
  async begin(state: IncidentLedgerState, after: number): Promise<IncidentLedgerState> {
    const ahead = (await this.incidents.findDetectedAfter(after)).filter((id) => id !== state.open);
    return { ...state, rescored: [...new Set([...state.rescored, ...ahead])] };
  }

  /** @returns the state after it, and whether there is one more incident */
  async write(
    { change, diagnoseAt }: NotedIncident,
    state: IncidentLedgerState,
  ): Promise<{ state: IncidentLedgerState; isNew: boolean }> {
    const row = await this.rowOf(change);
    const known = state.open ?? (await this.foundAgain(row.startedAt, state));
    if (known !== undefined) await this.incidents.update(known, row);
    const id = known ?? (await this.incidents.insert(row));
    await this.diagnoses.request(id, diagnoseAt);
    await this.anomalies.join(id, row.startedAt, change.ts, LONGEST_LEAD_MS);
    const said = await this.incidents.lockAcknowledgement(id);
    if (said) await this.anomalies.acknowledge(id, said);
    const rescored = state.rescored.filter((other) => other !== id);
    return { state: { open: row.state === 'open' ? id : null, rescored }, isNew: known === undefined };
  }

  /** Removes the rows that the rescored samples up to `to` no longer show, unless somebody has acknowledged them. */
  async end(state: IncidentLedgerState, to: number): Promise<IncidentLedgerState> {
    const waiting: number[] = [];
    for (const row of await this.incidents.findAll(state.rescored)) {
      if (row.detectedAt + SAME_EVENT_MS > to) waiting.push(row.id);
      else if (row.acknowledgedAt === null) await this.remove(row.id);
      else await this.close(row);
    }
    return { ...state, rescored: waiting };
  }

  /** Ends an incident that nobody follows any more where it last showed. */
  async close(row: Incident): Promise<void> {
    if (row.state === 'closed') return;
    const { lastSignAt, firstTags } = row;
    await this.incidents.update(row.id, { state: 'closed', endedAt: lastSignAt, firstTags });
  }

  private async remove(id: number): Promise<void> {
    await this.anomalies.leave(id);
    await this.incidents.delete(id);
  }

  private async rowOf({ kind, incident }: TrackedChange): Promise<IncidentFields> {
    const { openedBy, startedAt, detectedAt, lastSignAt, endedAt, peakAt, peakRatio, firstTags } = incident;
    return {
      state: kind === 'closed' ? 'closed' : 'open',
      severity: incidentSeverity(incident),
      openedBy,
      equipmentId: (await this.tags.all()).get(firstTags[0]?.tag ?? '')?.equipmentId ?? null,
      lotId: (await this.lots.lotAt(startedAt))?.id ?? null,
      startedAt,
      detectedAt,
      lastSignAt,
      endedAt,
      peakAt,
      peakRatio,
      firstTags,
    };
  }

  /** Of the rows from before, the one that began closest to it. */
  private async foundAgain(
    startedAt: number,
    { rescored }: IncidentLedgerState,
  ): Promise<number | undefined> {
    const distance = (row: Incident): number => Math.abs(row.startedAt - startedAt);
    return (await this.incidents.findAll(rescored))
      .filter((row) => distance(row) <= SAME_EVENT_MS)
      .sort((a, b) => distance(a) - distance(b))
      .at(0)?.id;
  }
}
