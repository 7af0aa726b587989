import type { PlantPace } from './plant-pace.js';
import type { SimulatedPlant } from './simulated-plant.js';

/** What people can ask the live plant to do. */
export type PlantCommand =
  | { kind: 'inject'; idv: number; durationMs: number | null }
  | { kind: 'clear'; idv: number }
  | { kind: 'adjust'; speed?: number | undefined; paused?: boolean | undefined }
  | { kind: 'restart' };

/** Why a command could not be carried out. */
export type PlantRefusal =
  'DISTURBANCE_ACTIVE' | 'DISTURBANCE_NOT_ACTIVE' | 'PLANT_SHUT_DOWN' | 'PLANT_NOT_SHUT_DOWN';

export type PlantOutcome = 'applied' | PlantRefusal;

/** Carries a command out at the plant time reached. */
export function applyPlantCommand(
  command: PlantCommand,
  plant: SimulatedPlant,
  pace: PlantPace,
): PlantOutcome {
  switch (command.kind) {
    case 'inject':
      if (plant.trip) return 'PLANT_SHUT_DOWN';
      return plant.inject(command.idv, command.durationMs) ? 'applied' : 'DISTURBANCE_ACTIVE';
    case 'clear':
      return plant.clear(command.idv) ? 'applied' : 'DISTURBANCE_NOT_ACTIVE';
    case 'adjust':
      pace.adjust({
        speed: command.speed ?? pace.speed,
        paused: command.paused ?? pace.paused,
      });
      return 'applied';
    case 'restart':
      if (!plant.trip) return 'PLANT_NOT_SHUT_DOWN';
      plant.restart();
      return 'applied';
  }
}
