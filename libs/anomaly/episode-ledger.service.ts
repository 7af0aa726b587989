import { Injectable } from '@nestjs/common';
import { type DetectorName, type EpisodeChange, episodeSeverity } from '#ml';
import { LotService } from '#lot';
import { isStillReferenced } from '#platform';
import { TagDirectory } from '#timeseries';
import { NOT_ACKNOWLEDGED } from './acknowledgement.js';
import type { Anomaly } from './anomaly.entity.js';
import { AnomalyRepository } from './anomaly.repository.js';
import { contributionsOf } from './contributions.js';
import type { DetectorStream } from './detection/detector-stream.js';

/** Two episodes that begin this close are the same event, seen before and after late samples came. */
const SAME_EVENT_MS = 3_600_000;

/** Which rows the scorer is writing to; part of its checkpoint. */
export interface LedgerState {
  /** Row of the open episode of each detector. */
  open: Partial<Record<DetectorName, number>>;
  /** Rows from before a rescoring which it may find again, until it has passed `until`. */
  rescored: { until: number; ids: number[] } | null;
}

/** Writes episodes as anomaly rows; runs inside the scorer's transaction. */
@Injectable()
export class EpisodeLedger {
  constructor(
    private readonly anomalies: AnomalyRepository,
    private readonly lots: LotService,
    private readonly tags: TagDirectory,
  ) {}

  /** Writes what became of an episode. @returns the state after it */
  async write(
    stream: DetectorStream,
    { kind, episode }: EpisodeChange,
    ts: number,
    state: LedgerState,
  ): Promise<LedgerState> {
    const { name, version } = stream.loaded;
    const contributions = contributionsOf(episode, stream.tagCodes);
    const row = {
      detector: name,
      modelVersion: version,
      equipmentId: (await this.tags.all()).get(contributions[0]?.tag ?? '')?.equipmentId ?? null,
      lotId: (await this.lots.lotAt(episode.startedAt))?.id ?? null,
      state: kind === 'closed' ? ('closed' as const) : ('open' as const),
      severity: episodeSeverity(episode.peak / stream.limit, (episode.endedAt ?? ts) - episode.startedAt),
      startedAt: episode.startedAt,
      detectedAt: episode.detectedAt,
      endedAt: episode.endedAt,
      peakAt: episode.peakAt,
      peakScore: episode.peak,
      threshold: stream.limit,
      sampleCount: episode.sampleCount,
      contributions,
    };
    const known = state.open[name] ?? (await this.foundAgain(name, episode.startedAt, state));
    if (known !== undefined) await this.anomalies.update(known, row);
    const id = known ?? (await this.anomalies.insert({ ...row, ...NOT_ACKNOWLEDGED }));
    return {
      open: { ...state.open, [name]: kind === 'closed' ? undefined : id },
      rescored: state.rescored && {
        ...state.rescored,
        ids: state.rescored.ids.filter((other) => other !== id),
      },
    };
  }

  /** Notes which rows a rescoring that starts after `ts` may find again. */
  async beginRescoring(
    streams: readonly DetectorStream[],
    ts: number,
    until: number,
    open: LedgerState['open'],
  ): Promise<LedgerState> {
    const kept = new Set(Object.values(open));
    const unsettled = await Promise.all(
      streams.map((stream) => this.anomalies.findUnsettled(stream.loaded.name, ts)),
    );
    const ids = unsettled
      .flat()
      .map(({ id }) => id)
      .filter((id) => !kept.has(id));
    return { open, rescored: { until, ids } };
  }

  /** Removes the rows which the rescored samples no longer show, unless somebody has acknowledged or reported them. */
  async endRescoring(state: LedgerState): Promise<LedgerState> {
    for (const id of state.rescored?.ids ?? []) {
      const row = await this.anomalies.find(id);
      if (!row || row.acknowledgedAt !== null) continue;
      await this.anomalies.delete([id]).catch((error: unknown) => {
        if (!isStillReferenced(error)) throw error;
      });
    }
    return { ...state, rescored: null };
  }

  /** Ends the open rows of detectors that are no longer in use or start afresh. */
  async closeOrphans(
    streams: readonly DetectorStream[],
    position: number,
    state: LedgerState,
  ): Promise<LedgerState> {
    const open = new Set(Object.values(state.open));
    const inUse = new Set(streams.map(({ loaded }) => loaded.name));
    for (const row of await this.anomalies.findOpen()) {
      if (open.has(row.id) && inUse.has(row.detector)) continue;
      await this.anomalies.update(row.id, { ...endOf(row, position), contributions: row.contributions });
    }
    return {
      ...state,
      open: Object.fromEntries(
        Object.entries(state.open).filter(([name]) => inUse.has(name as DetectorName)),
      ),
    };
  }

  private async foundAgain(
    name: DetectorName,
    startedAt: number,
    { rescored }: LedgerState,
  ): Promise<number | undefined> {
    for (const id of rescored?.ids ?? []) {
      const row = await this.anomalies.find(id);
      if (row?.detector === name && Math.abs(row.startedAt - startedAt) <= SAME_EVENT_MS) return id;
    }
    return undefined;
  }
}

function endOf(row: Anomaly, position: number): Pick<Anomaly, 'state' | 'endedAt'> {
  return { state: 'closed', endedAt: Math.max(position, row.peakAt) };
}
