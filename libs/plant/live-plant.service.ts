import { setImmediate, setTimeout } from 'node:timers/promises';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { PlantRegistration } from '#equipment';
import {
  isoTime,
  type LeasedWork,
  LeaseLostError,
  LeaseRunner,
  loggerOf,
  Metrics,
  OutageLog,
  ProcessClock,
  ProgressLog,
} from '#platform';
import { applyPlantCommand } from './plant-command.js';
import { PlantCommandRepository } from './plant-command.repository.js';
import { PLANT_LEASE } from './plant-lease.js';
import { MAX_CATCH_UP_MS, PlantPace } from './plant-pace.js';
import { PlantRecorder } from './plant-recorder.service.js';
import type { PlantSession } from './plant-session.js';
import { PlantStateRepository, type StoredPlant } from './plant-state.repository.js';
import { type PlantRecord, RECORD_INTERVAL_MS, SimulatedPlant } from './simulated-plant.js';
import { PlantSettings } from './plant.settings.js';

const HOUR_MS = 3_600_000;
/** Wall time between two looks at clock and commands. */
const TICK_MS = 250;
const REST_AFTER_ERROR_MS = 1_000;
/** Half of what other processes extrapolate the clock by, and less than anybody waits before calling it dead. */
const REPORT_EVERY_MS = 5_000;
/** Plant time simulated without a breath: two to four milliseconds. */
const SLICE_MS = 900_000;
/** 1,060 samples a transaction. */
const RECORDS_PER_TRANSACTION = 20;
const COMMANDS_PER_TICK = 50;
/** Wall time a tick may take, so that commands are heard in a plant that cannot follow its speed. */
const TICK_BUDGET_MS = 500;

/**
 * Keeps the plant running, in the one process that holds the lease. Plant time follows the wall clock at the wanted
 * speed; while no process keeps the plant, it stands still.
 */
@Injectable()
export class LivePlant implements LeasedWork, OnApplicationBootstrap {
  readonly name = PLANT_LEASE;
  private readonly logger = loggerOf('plant');
  private readonly outages = new OutageLog(this.logger);
  private readonly tickDuration;
  private readonly timeGivenUp;
  private session: PlantSession | undefined;
  private stopped = new AbortController();
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly settings: PlantSettings,
    private readonly runner: LeaseRunner,
    private readonly registration: PlantRegistration,
    private readonly states: PlantStateRepository,
    private readonly commands: PlantCommandRepository,
    private readonly recorder: PlantRecorder,
    private readonly clock: ProcessClock,
    metrics: Metrics,
  ) {
    this.tickDuration = metrics.histogram(
      'plant_tick_duration_seconds',
      'Time the live plant takes to simulate and write what fell due',
      [],
      [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
    );
    this.timeGivenUp = metrics.counter(
      'plant_wall_seconds_given_up_total',
      'Wall time the live plant did not follow because the machine was too slow or asleep',
    );
  }

  async onApplicationBootstrap(): Promise<void> {
    if (this.settings.source === 'external') {
      await this.registration.register();
      await this.clock.release();
    } else await this.runner.compete(this);
  }

  async start(): Promise<void> {
    await this.registration.register();
    this.stopped = new AbortController();
    this.running = this.run(this.stopped.signal);
  }

  async stop(): Promise<void> {
    this.stopped.abort();
    await this.running;
  }

  private async run(stopped: AbortSignal): Promise<void> {
    while (!stopped.aborted) {
      let rest = TICK_MS;
      try {
        this.session ??= await this.open(stopped);
        if (!stopped.aborted) await this.tick(this.session);
        this.outages.worked();
      } catch (error) {
        this.forget(error);
        rest = REST_AFTER_ERROR_MS;
      }
      await setTimeout(rest, undefined, { signal: stopped, ref: false }).catch(() => undefined);
    }
    if (this.session?.live) await this.standStill(this.session).catch((error: unknown) => this.forget(error));
    this.session = undefined;
  }

  /** What is in memory may be ahead of the database now: the next turn continues from the database. */
  private forget(error: unknown): void {
    this.session = undefined;
    if (error instanceof LeaseLostError) this.logger.warn('another process keeps the plant now');
    else this.outages.failed(error, 'the plant lost step; it continues from its last snapshot');
  }

  /** The plant where the process clock says it is: a first start makes its history, a later one catches up. */
  private async open(stopped: AbortSignal): Promise<PlantSession> {
    await this.clock.refresh();
    const stored = await this.states.findWithSnapshot();
    const session = stored ? this.continue(stored) : await this.begin();
    const from = session.plant.timeMs;
    let wallMs: number;
    do {
      wallMs = Date.now();
      await this.catchUp(session, this.clock.now(), stopped);
    } while (!stopped.aborted && Date.now() - wallMs > MAX_CATCH_UP_MS);
    if (stopped.aborted) return session;
    const { plant, pace } = session;
    session.live = true;
    pace.restartAt(plant.timeMs, wallMs);
    await this.recorder.write(session, { records: [], handled: [], reading: pace.readingAt(plant.timeMs) });
    this.logger.info(
      { plant_time: isoTime(plant.timeMs), caught_up_hours: (plant.timeMs - from) / HOUR_MS },
      stored ? 'plant continues' : 'plant started',
    );
    return session;
  }

  private async begin(): Promise<PlantSession> {
    const { seed, speed, historyHours } = this.settings;
    const now = this.clock.now();
    const firstMs = now - (now % RECORD_INTERVAL_MS) - historyHours * HOUR_MS;
    const session = {
      plant: SimulatedPlant.begin(firstMs, seed),
      pace: new PlantPace(firstMs, Date.now(), { speed, paused: false }),
      live: false,
      records: 0,
      lotId: null,
      lotDueMs: firstMs,
      reportedAt: Date.now(),
    };
    await this.recorder.begin(session);
    return session;
  }

  private continue(stored: StoredPlant): PlantSession {
    const { live, records, lotId, lotDueMs, reportedAt } = stored;
    const pace = new PlantPace(stored.timeMs, Date.now(), stored);
    return { plant: this.restore(stored), pace, live, records, lotId, lotDueMs, reportedAt };
  }

  private restore(stored: StoredPlant): SimulatedPlant {
    const { firstMs, originMs, timeMs, seed, reseeds, disturbances, trip, snapshot } = stored;
    const state = { firstMs, originMs, timeMs, seed, reseeds, disturbances, trip };
    try {
      return SimulatedPlant.resume({ ...state, snapshot });
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      this.logger.warn(
        { reason: error.message },
        'the snapshot cannot be read: the plant begins at the base case',
      );
      return SimulatedPlant.replace(state);
    }
  }

  /** Brings the series to a time the process clock has reached already, an hour at a time. */
  private async catchUp(session: PlantSession, dueMs: number, stopped: AbortSignal): Promise<void> {
    const fromMs = session.plant.timeMs;
    const hours = Math.round((dueMs - fromMs) / HOUR_MS);
    const progress = new ProgressLog(this.logger, `simulating the last ${hours} hours`);
    while (session.plant.timeMs < dueMs && !stopped.aborted) {
      if (hours > 0) progress.reached((session.plant.timeMs - fromMs) / (dueMs - fromMs));
      const records = await this.advance(session, Math.min(dueMs, session.plant.timeMs + HOUR_MS), {
        keepsClock: false,
      });
      await this.recorder.write(session, { records, handled: [], reading: undefined });
    }
  }

  private async tick(session: PlantSession): Promise<void> {
    const started = performance.now();
    const { plant, pace } = session;
    const { dueMs, givenUpMs } = pace.moveTo(Date.now());
    const changes = plant.changes;
    const inTime = (): boolean => performance.now() - started < TICK_BUDGET_MS;
    const records = await this.advance(session, dueMs, { keepsClock: true, inTime });
    const missedMs = plant.timeMs < dueMs ? pace.fallBackTo(plant.timeMs, Date.now()) : 0;
    const handled = (await this.commands.findWaiting(COMMANDS_PER_TICK)).map(({ id, body }) => {
      return { id, command: body, outcome: applyPlantCommand(body, plant, pace) };
    });
    const reading = pace.readingAt(plant.timeMs);
    if (records.length > 0 || handled.length > 0 || plant.changes > changes)
      await this.recorder.write(session, { records, handled, reading });
    else if (Date.now() - session.reportedAt >= REPORT_EVERY_MS)
      await this.recorder.reportTime(session, reading);
    this.timeGivenUp.inc((givenUpMs + missedMs) / 1_000);
    this.tickDuration.observe((performance.now() - started) / 1_000);
  }

  /**
   * Simulates up to `dueMs` in slices and writes full transactions on the way; a new stretch begins with a new one.
   * @param keepsClock whether the process clock follows
   * @param inTime asked between two slices; it stops short once the answer is no
   * @returns the records that are not written yet
   */
  private async advance(
    session: PlantSession,
    dueMs: number,
    { keepsClock, inTime = () => true }: { keepsClock: boolean; inTime?: () => boolean },
  ): Promise<PlantRecord[]> {
    const { plant, pace } = session;
    let records: PlantRecord[] = [];
    while (plant.timeMs < dueMs && inTime()) {
      records.push(...plant.advance(Math.min(dueMs, plant.nextStretchMs, plant.timeMs + SLICE_MS)));
      if (records.length >= RECORDS_PER_TRANSACTION || plant.timeMs >= session.lotDueMs) {
        const reading = keepsClock ? pace.readingAt(plant.timeMs) : undefined;
        await this.recorder.write(session, { records, handled: [], reading });
        records = [];
      }
      if (plant.timeMs < dueMs) await setImmediate();
    }
    return records;
  }

  /** The last report of this process: until another one keeps the plant, its time stands still here. */
  private async standStill(session: PlantSession): Promise<void> {
    const { plant, pace } = session;
    const records = await this.advance(session, pace.moveTo(Date.now()).dueMs, { keepsClock: true });
    const reading = { timeMs: plant.timeMs, wallMs: Date.now(), rate: 0 };
    await this.recorder.write(session, { records, handled: [], reading });
  }
}
