import { Injectable } from '@nestjs/common';
import { STREAMS } from '#tep';
import { API_PREFIX, AppError, type Page } from '#platform';
import type { AdjustPlantDto } from './dto/adjust-plant.dto.js';
import type { DisturbanceDto } from './dto/disturbance.dto.js';
import type { InjectDisturbanceDto } from './dto/inject-disturbance.dto.js';
import { PendingCommandDto } from './dto/pending-command.dto.js';
import type { PlantDto } from './dto/plant.dto.js';
import { StreamDto } from './dto/stream.dto.js';
import type { PlantCommand } from './plant-command.js';
import { PlantCommands } from './plant-commands.service.js';
import { PlantStatus } from './plant-status.service.js';

const MINUTE_MS = 60_000;

/** What the routes do: ask how the plant is, or send it a command and show how it is then. */
@Injectable()
export class PlantService {
  constructor(
    private readonly status: PlantStatus,
    private readonly commands: PlantCommands,
  ) {}

  read(): Promise<PlantDto> {
    return this.status.read();
  }

  /** The whole catalogue in one page. */
  async listDisturbances(): Promise<Page<DisturbanceDto>> {
    return { items: await this.status.disturbances(), next_cursor: null };
  }

  /** How the units are connected, in one page. */
  listStreams(): Page<StreamDto> {
    return { items: STREAMS.map((stream) => StreamDto.of(stream)), next_cursor: null };
  }

  /** @throws AppError VALIDATION_FAILED, PLANT_NOT_SIMULATED, PLANT_COMMANDS_WAITING */
  async adjust({ speed, paused }: AdjustPlantDto, caller: string): Promise<PlantDto | PendingCommandDto> {
    if (speed === undefined && paused === undefined)
      throw AppError.invalid('speed', 'or paused must be given');
    return this.send({ kind: 'adjust', speed, paused }, caller, () => this.status.read());
  }

  /** @throws AppError PLANT_NOT_SHUT_DOWN, PLANT_NOT_SIMULATED, PLANT_COMMANDS_WAITING */
  async restart(caller: string): Promise<PlantDto | PendingCommandDto> {
    return this.send({ kind: 'restart' }, caller, () => this.status.read());
  }

  /** @throws AppError DISTURBANCE_ACTIVE, PLANT_SHUT_DOWN, PLANT_NOT_SIMULATED, PLANT_COMMANDS_WAITING */
  async inject(
    { idv, duration_minutes: minutes }: InjectDisturbanceDto,
    caller: string,
  ): Promise<DisturbanceDto | PendingCommandDto> {
    const durationMs = minutes === undefined ? null : Math.round(minutes * MINUTE_MS);
    return this.send({ kind: 'inject', idv, durationMs }, caller, () => this.status.disturbance(idv));
  }

  /** @throws AppError DISTURBANCE_NOT_ACTIVE, PLANT_NOT_SIMULATED, PLANT_COMMANDS_WAITING */
  async clear(idv: number, caller: string): Promise<undefined | PendingCommandDto> {
    return this.send({ kind: 'clear', idv }, caller, () => Promise.resolve(undefined));
  }

  private async send<T>(
    command: PlantCommand,
    caller: string,
    reached: () => Promise<T>,
  ): Promise<T | PendingCommandDto> {
    const { commandId, pending } = await this.commands.send(command, caller);
    if (!pending) return reached();
    return Object.assign(new PendingCommandDto(), {
      command_id: commandId,
      pending: true as const,
      status_url: `${API_PREFIX}/plant`,
    });
  }
}
