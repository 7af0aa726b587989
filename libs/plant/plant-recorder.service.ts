import { Injectable } from '@nestjs/common';
import { SampleWriter } from '#timeseries';
import { type ClockReading, Database, EventLog, Leases, Metrics, ProcessClock } from '#platform';
import { PlantCommandRepository } from './plant-command.repository.js';
import { PLANT_LEASE } from './plant-lease.js';
import { PlantLots } from './plant-lots.service.js';
import type { PlantReport, PlantSession } from './plant-session.js';
import { PLANT_EVENTS } from './plant-status.service.js';
import { PlantStateRepository } from './plant-state.repository.js';

/**
 * Writes what the plant has done: samples, snapshot, clock, lots and commands change in one transaction, and only
 * while this process holds the lease. So whoever continues finds all of it or nothing.
 */
@Injectable()
export class PlantRecorder {
  private readonly recordsWritten;
  /** What events have last published of the plant. */
  private readonly published = new WeakMap<PlantSession, string>();

  constructor(
    private readonly database: Database,
    private readonly leases: Leases,
    private readonly states: PlantStateRepository,
    private readonly commands: PlantCommandRepository,
    private readonly writer: SampleWriter,
    private readonly lots: PlantLots,
    private readonly clock: ProcessClock,
    private readonly events: EventLog,
    metrics: Metrics,
  ) {
    this.recordsWritten = metrics.counter(
      'plant_records_written_total',
      'Records of 53 samples that the live plant wrote',
    );
  }

  /** Writes the row of a plant that has none. @throws LeaseLostError */
  async begin(session: PlantSession): Promise<void> {
    await this.database.transaction(async () => {
      await this.leases.assertHeld(PLANT_LEASE);
      await this.states.insert(rowOf(session));
    });
  }

  /** Writes a report and brings the session up to date with it. @throws LeaseLostError */
  async write(session: PlantSession, { records, handled, reading }: PlantReport): Promise<void> {
    const { plant } = session;
    const reportedAt = Date.now();
    const row = { ...rowOf(session), records: session.records + records.length, reportedAt };
    const lot = await this.database.transaction(async () => {
      await this.leases.assertHeld(PLANT_LEASE);
      const kept = await this.lots.keepUp(session.lotId, session.lotDueMs, plant.timeMs, plant.disturbances);
      if (records.length > 0) await this.writer.writeRecords(records);
      for (const { id, command, outcome } of handled) {
        if (command.kind === 'inject' && outcome === 'applied')
          await this.lots.noteFault(plant.timeMs, command.idv);
        await this.commands.finish(id, outcome);
      }
      await this.states.update({ ...row, ...kept });
      if (reading) await this.clock.set(reading);
      await this.publishChange(session, row);
      return kept;
    });
    Object.assign(session, lot, { records: row.records, reportedAt });
    this.recordsWritten.inc(records.length);
  }

  /** That it has gone on is not published. */
  private async publishChange(
    session: PlantSession,
    { live, speed, paused, disturbances, trip }: PlantCondition,
  ): Promise<void> {
    const condition = JSON.stringify({ live, speed, paused, disturbances, trip });
    if (condition === this.published.get(session)) return;
    await this.events.append(PLANT_EVENTS, 'plant');
    await this.database.afterCommit(() => void this.published.set(session, condition));
  }

  /** Says that the plant runs, when there is nothing else to write. @throws LeaseLostError */
  async reportTime(session: PlantSession, reading: ClockReading): Promise<void> {
    const reportedAt = Date.now();
    await this.database.transaction(async () => {
      await this.leases.assertHeld(PLANT_LEASE);
      await this.states.update({ reportedAt, actualSpeed: session.pace.actualSpeed });
      await this.clock.set(reading);
    });
    session.reportedAt = reportedAt;
  }
}

type PlantCondition = Pick<ReturnType<typeof rowOf>, 'live' | 'speed' | 'paused' | 'disturbances' | 'trip'>;

function rowOf({ plant, pace, ...progress }: PlantSession) {
  const { speed, paused, actualSpeed } = pace;
  return { ...plant.toState(), ...progress, speed, paused, actualSpeed };
}
