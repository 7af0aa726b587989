import type { ClockReading } from '#platform';
import type { PlantCommand, PlantOutcome } from './plant-command.js';
import type { PlantPace } from './plant-pace.js';
import type { PlantRecord, SimulatedPlant } from './simulated-plant.js';

/** The plant as the process that keeps it has it in memory. */
export interface PlantSession {
  readonly plant: SimulatedPlant;
  readonly pace: PlantPace;
  /** False until the history before the first start is stored. */
  live: boolean;
  records: number;
  lotId: number | null;
  lotDueMs: number;
  /** Wall time of the last report. */
  reportedAt: number;
}

/** What has happened since the last report. */
export interface PlantReport {
  records: PlantRecord[];
  handled: { id: number; command: PlantCommand; outcome: PlantOutcome }[];
  /** What the process clock shall say; undefined while the series is behind what it says already. */
  reading: ClockReading | undefined;
}
