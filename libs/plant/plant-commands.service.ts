import { setTimeout } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { DISTURBANCES } from '#tep';
import { AppError } from '#platform';
import type { PlantCommand, PlantRefusal } from './plant-command.js';
import { PlantCommandRepository } from './plant-command.repository.js';
import { PlantSettings } from './plant.settings.js';

const POLL_MS = 40;
const MAX_WAITING = 100;

/** A command was carried out, or waits for a process that keeps the plant. */
export interface CommandResult {
  commandId: number;
  pending: boolean;
}

/** Sends commands to the live plant, whichever process keeps it. */
@Injectable()
export class PlantCommands {
  /** How long a request waits for the plant before it is answered that the command is stored. */
  waitMs = 2_000;

  constructor(
    private readonly settings: PlantSettings,
    private readonly repository: PlantCommandRepository,
  ) {}

  /**
   * Stores a command and waits up to `waitMs` until the plant has handled it.
   * @throws AppError PLANT_NOT_SIMULATED, PLANT_COMMANDS_WAITING, or why the plant refused it
   */
  async send(command: PlantCommand, requestedBy: string): Promise<CommandResult> {
    this.requireSimulator();
    await this.refuseWhenTooManyWait();
    const commandId = await this.repository.insert(command, requestedBy);
    for (
      const until = performance.now() + this.waitMs;
      performance.now() < until;
      await setTimeout(POLL_MS)
    ) {
      const outcome = await this.repository.outcomeOf(commandId);
      if (outcome === 'applied') return { commandId, pending: false };
      if (outcome !== null) throw refusal(outcome, command);
    }
    return { commandId, pending: true };
  }

  private requireSimulator(): void {
    if (this.settings.source === 'simulator') return;
    throw AppError.conflict(
      'PLANT_NOT_SIMULATED',
      'The samples come from outside (PLANT_SOURCE=external); there is no simulated plant to command',
    );
  }

  private async refuseWhenTooManyWait(): Promise<void> {
    if ((await this.repository.countWaiting()) < MAX_WAITING) return;
    throw new AppError({
      kind: 'unavailable',
      code: 'PLANT_COMMANDS_WAITING',
      message: `${MAX_WAITING} commands wait already for a process that keeps the plant`,
      retryAfterSeconds: 5,
    });
  }
}

function refusal(outcome: PlantRefusal, command: PlantCommand): AppError {
  const idv = 'idv' in command ? command.idv : 0;
  switch (outcome) {
    case 'DISTURBANCE_ACTIVE':
      return AppError.conflict(outcome, `Disturbance ${idv} (${DISTURBANCES[idv - 1].title}) is on already`);
    case 'DISTURBANCE_NOT_ACTIVE':
      return new AppError({ kind: 'not_found', code: outcome, message: `Disturbance ${idv} is not on` });
    case 'PLANT_SHUT_DOWN':
      return AppError.conflict(outcome, 'The plant is shut down; restart it first');
    case 'PLANT_NOT_SHUT_DOWN':
      return AppError.conflict(
        outcome,
        'The plant is not shut down; only after a shutdown it can be restarted',
      );
  }
}
