export {
  BRAATZ_COLUMNS,
  compareWithBraatz,
  reproduceBraatzFile,
  type BraatzComparison,
} from './braatz-comparison.js';
export { BRAATZ_RUNS, type BraatzRun } from './braatz-seeds.js';
export { CONTROL_SCHEMES, type ControlledPlant, type ControlSchemeName } from './control-scheme.js';
export { DISTURBANCES, type DisturbanceDefinition, type DisturbanceKind } from './disturbance-catalogue.js';
export { EQUIPMENT, type EquipmentDefinition, type EquipmentKind } from './equipment-catalogue.js';
export { KPI_DEFINITIONS, type KpiDefinition, type PlantKpiName } from './kpi-definitions.js';
export { XMEAS_NOISE } from './measurements.js';
export { readLines, type TextLine } from './line.reader.js';
export { type NumberProfile } from './number-profile.js';
export { openPlantFile, openPlantStream } from './open-plant-file.js';
export { OPERATING_COST_TAGS, operatingCost, type OperatingCost, type TagValues } from './operating-cost.js';
export { plantConstants, type PlantConstants } from './plant-constants.js';
export {
  PlantFileError,
  type MalformedLine,
  type PlantBatch,
  type PlantFile,
  type PlantFileErrorCode,
  type PlantFileFormat,
  type PlantFileOptions,
  type PlantFileReport,
  type PlantPoint,
  type PlantRun,
  type PlantSample,
} from './plant-file.js';
export {
  MODE_1_PRODUCT_KG_PER_HOUR,
  REFERENCE_CENTS_PER_KMOL,
  plantKpis,
  type KpiTerm,
  type PlantKpi,
} from './plant-kpis.js';
export { plantPoints, type PlantClock, type PlantPoints, type TimedPoint } from './plant-points.js';
export { baseCaseState } from './plant-state.js';
export { PlantWideControl } from './plant-wide-control.js';
export {
  MODE_1_SPECIFICATION,
  isFrozen,
  summarisePlantWindow,
  type PlantWindow,
  type PlantWindowOptions,
  type ProductSpecification,
} from './plant-window.js';
export { RIETH_TESTING_ONSET_INDEX, RIETH_TRAINING_ONSET_INDEX } from './rieth-csv.reader.js';
export { RIETH_HEADER, riethCsv, type RiethRun } from './rieth-csv.writer.js';
export { SHUTDOWN_LIMITS, type Shutdown, type ShutdownCause } from './shutdown.js';
export { roundToSignificantDigits } from './significant-digits.js';
export {
  simulateRun,
  simulateRunInSlices,
  type SimulatedRun,
  type SimulatedRunOptions,
} from './simulate-run.js';
export { tagCodeOf } from './tag-alias.js';
export {
  DETECTOR_TAGS,
  TAG_COUNT,
  TAGS,
  tagIndex,
  type AlarmLimits,
  type TagDefinition,
  type TagRole,
} from './tag-catalogue.js';
export {
  HELD_VALVE_FAULT,
  RECORD_LENGTH,
  TepSimulation,
  type TepSimulationOptions,
} from './tep-simulation.js';
export { TEP_SNAPSHOT_VERSION, type TepSnapshot } from './tep-snapshot.js';
