import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DISTURBANCES, SHUTDOWN_LIMITS, TAG_COUNT } from '#tep';
import {
  EventLog,
  type HealthReading,
  HealthIndicators,
  Heartbeats,
  isoTime,
  isoTimeOrNull,
  Leases,
  Metrics,
  ProcessClock,
} from '#platform';
import { DisturbanceDto } from './dto/disturbance.dto.js';
import type { PlantDto, PlantHolderDto, PlantRunState, PlantShutdownDto } from './dto/plant.dto.js';
import { PLANT_LEASE } from './plant-lease.js';
import type { PlantState } from './plant-state.entity.js';
import { PlantStateRepository } from './plant-state.repository.js';
import { type ActiveDisturbance, type PlantTrip, RECORD_INTERVAL_MS } from './simulated-plant.js';
import { PlantSettings } from './plant.settings.js';

/** The name of the plant in the event log. */
export const PLANT_EVENTS = 'plant';
const HOUR_MS = 3_600_000;
/** A keeper reports every five seconds, and another one takes over within thirty. */
const LATE_AFTER_MS = 10_000;
const DEAD_AFTER_MS = 30_000;

/** How the live plant is, as any process sees it through the database. */
@Injectable()
export class PlantStatus implements OnModuleInit {
  constructor(
    private readonly settings: PlantSettings,
    private readonly states: PlantStateRepository,
    private readonly clock: ProcessClock,
    private readonly leases: Leases,
    private readonly heartbeats: Heartbeats,
    private readonly indicators: HealthIndicators,
    private readonly metrics: Metrics,
    private readonly events: EventLog,
  ) {}

  onModuleInit(): void {
    this.indicators.register('plant', () => this.health(), 'database');
    this.events.register({
      name: PLANT_EVENTS,
      topic: 'plant',
      contents: async ([key]) => new Map([[key, { data: await this.present() }]]),
    });
    if (this.settings.source === 'simulator')
      this.metrics.gauge(
        'plant_time_lag_seconds',
        "Plant seconds between the plant's now and its newest sample",
        [],
        async (gauge) => {
          const state = await this.states.find();
          gauge.set((state && this.lagMs(state) / 1_000) ?? 0);
        },
      );
  }

  /** Everything about the plant at this moment. */
  async read(): Promise<PlantDto> {
    await this.clock.refresh();
    return this.present();
  }

  private async present(): Promise<PlantDto> {
    const state = this.simulated ? await this.states.find() : null;
    return {
      source: this.settings.source,
      state: this.runState(state),
      time: isoTime(this.clock.now()),
      wall_time: isoTime(Date.now()),
      time_zone: this.clock.timeZone,
      speed: state?.speed ?? (this.simulated ? this.settings.speed : 1),
      actual_speed: state?.actualSpeed ?? (this.simulated ? 0 : 1),
      paused: state?.paused ?? false,
      lag_seconds: state && Math.round(this.lagMs(state) / 1_000),
      reported_at: isoTimeOrNull(state?.reportedAt ?? null),
      seed: state?.seed ?? (this.simulated ? this.settings.seed : null),
      first_sample_at: state && state.records > 0 ? isoTime(state.firstMs + RECORD_INTERVAL_MS) : null,
      last_sample_at: state && state.records > 0 ? isoTime(lastRecordMs(state)) : null,
      samples_written: (state?.records ?? 0) * TAG_COUNT,
      disturbances: (state?.disturbances ?? []).map(activeDisturbance),
      shutdown: state?.trip ? shutdownOf(state.trip) : null,
      holder: this.simulated ? await this.holder() : null,
    };
  }

  /**
   * Where the history of a simulated plant that has never been started will begin, if it is started now: from there on its samples
   * overwrite others. Undefined once it has begun, and for a plant outside.
   * @returns epoch milliseconds
   */
  async comingHistoryStart(): Promise<number | undefined> {
    if (!this.simulated || (await this.states.find())) return undefined;
    const now = this.clock.now();
    return now - (now % RECORD_INTERVAL_MS) - this.settings.historyHours * HOUR_MS;
  }

  /** The 21 disturbances and which of them are on. */
  async disturbances(): Promise<DisturbanceDto[]> {
    const state = this.simulated ? await this.states.find() : null;
    const active = new Map((state?.disturbances ?? []).map((disturbance) => [disturbance.idv, disturbance]));
    return DISTURBANCES.map((definition) => DisturbanceDto.of(definition, active.get(definition.idv)));
  }

  /** One of them. */
  async disturbance(idv: number): Promise<DisturbanceDto> {
    const found = (await this.disturbances()).find((disturbance) => disturbance.idv === idv);
    if (!found) throw new RangeError(`There is no disturbance ${idv}`);
    return found;
  }

  private get simulated(): boolean {
    return this.settings.source === 'simulator';
  }

  private runState(state: PlantState | null): PlantRunState {
    if (!this.simulated) return 'external';
    if (!state?.live) return 'starting';
    if (state.trip) return 'shutdown';
    return state.paused ? 'paused' : 'running';
  }

  private lagMs(state: PlantState): number {
    return Math.max(0, this.clock.now() - lastRecordMs(state));
  }

  private async holder(): Promise<PlantHolderDto | null> {
    const [tenure, processes] = await Promise.all([this.leases.tenure(PLANT_LEASE), this.heartbeats.list()]);
    const holder = tenure?.processId;
    if (!holder) return null;
    const known = processes.find(({ processId }) => processId === holder);
    return { process_id: holder, role: known?.role ?? null, host: known?.host ?? null };
  }

  private async health(): Promise<HealthReading> {
    if (!this.simulated) return { status: 'up', source: 'external' };
    const state = await this.states.find();
    if (!state) return { status: 'down', reason: 'no process has started the plant yet' };
    const silentMs = Math.max(0, Date.now() - state.reportedAt);
    const reading = {
      state: this.runState(state),
      time: isoTime(this.clock.now()),
      speed: state.speed,
      reported_seconds_ago: Math.round(silentMs / 1_000),
      late_after_seconds: LATE_AFTER_MS / 1_000,
      dead_after_seconds: DEAD_AFTER_MS / 1_000,
    };
    // A starved keeper reports late, but renews its lease.
    if (silentMs > DEAD_AFTER_MS && !(await this.holder()))
      return { status: 'down', reason: 'no process keeps the plant', ...reading };
    const degraded = silentMs > LATE_AFTER_MS || state.trip !== null || !state.live;
    return { status: degraded ? 'degraded' : 'up', ...reading };
  }
}

function lastRecordMs(state: PlantState): number {
  return state.timeMs - (state.timeMs % RECORD_INTERVAL_MS);
}

function activeDisturbance({ idv, since, until }: ActiveDisturbance): PlantDto['disturbances'][number] {
  const { title, titleKo } = DISTURBANCES[idv - 1];
  return { idv, title, title_ko: titleKo, since: isoTime(since), until: isoTimeOrNull(until) };
}

function shutdownOf({ cause, at }: PlantTrip): PlantShutdownDto {
  const { quantity, limit, unit } = SHUTDOWN_LIMITS[cause];
  const side = cause.endsWith('low') ? 'below' : 'above';
  return { cause, description: `${quantity} ${side} ${limit} ${unit}`, at: isoTime(at) };
}
