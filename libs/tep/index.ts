export {
  BRAATZ_COLUMNS,
  compareWithBraatz,
  reproduceBraatzFile,
  type BraatzComparison,
} from './simulation/braatz-comparison.js';
export { BRAATZ_RUNS, type BraatzRun } from './catalogue/braatz-seeds.js';
export { CONTROL_SCHEMES, type ControlledPlant, type ControlSchemeName } from './control/control-scheme.js';
export { DISTURBANCES, type DisturbanceDefinition, type DisturbanceKind } from './catalogue/disturbances.js';
export { EQUIPMENT, type EquipmentDefinition, type EquipmentKind } from './catalogue/equipment.js';
export { KPI_TERMS_KO } from './catalogue/kpi-terms.js';
export { KPI_DEFINITIONS, type KpiDefinition, type PlantKpiName } from './catalogue/kpis.js';
export { XMEAS_NOISE } from './plant/measurements.js';
export { readLines, type TextLine } from './files/line.reader.js';
export { isEncoding, NotTextError } from './files/text-decoding.js';
export { TimeZone } from './files/time-zone.js';
export { type NumberProfile } from './plant/number-profile.js';
export { openPlantFile, openPlantStream } from './files/open-plant-file.js';
export {
  OPERATING_COST_TAGS,
  operatingCost,
  type OperatingCost,
  type TagValues,
} from './accounting/operating-cost.js';
export { plantConstants, type PlantConstants } from './plant/constants.js';
export {
  PlantFileError,
  type FileDialect,
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
} from './files/plant-file.js';
export {
  MODE_1_PRODUCT_KG_PER_HOUR,
  REFERENCE_CENTS_PER_KMOL,
  plantKpis,
  type KpiTerm,
  type PlantKpi,
} from './accounting/plant-kpis.js';
export { plantPoints, type PlantClock, type PlantPoints, type TimedPoint } from './files/plant-points.js';
export { baseCaseState } from './plant/state.js';
export { PlantWideControl } from './control/plant-wide-control.js';
export {
  MODE_1_SPECIFICATION,
  isFrozen,
  summarisePlantWindow,
  type PlantWindow,
  type PlantWindowOptions,
  type ProductSpecification,
} from './accounting/plant-window.js';
export { standstillsIn, type MeasuredInstant, type Standstill } from './accounting/standstill.js';
export { RIETH_TESTING_ONSET_INDEX, RIETH_TRAINING_ONSET_INDEX } from './files/rieth-csv.reader.js';
export { RIETH_HEADER, riethCsv, type RiethRun } from './files/rieth-csv.writer.js';
export { SHUTDOWN_LIMITS, type Shutdown, type ShutdownCause } from './plant/shutdown.js';
export { STREAMS, type StreamDefinition, type StreamPhase } from './catalogue/streams.js';
export { roundToSignificantDigits } from './files/significant-digits.js';
export {
  simulateRun,
  simulateRunInSlices,
  type DisturbanceSpell,
  type SimulatedRun,
  type SimulatedRunOptions,
} from './simulation/simulate-run.js';
export { tagCodeOf } from './catalogue/tag-alias.js';
export {
  DETECTOR_TAGS,
  RECORDING_INTERVAL_MS,
  TAG_COUNT,
  TAGS,
  tagIndex,
  type AlarmLimits,
  type TagDefinition,
  type TagRole,
} from './catalogue/tags.js';
export {
  HELD_VALVE_FAULT,
  RECORD_LENGTH,
  TepSimulation,
  type TepSimulationOptions,
} from './simulation/tep-simulation.js';
export { TEP_SNAPSHOT_VERSION, type TepSnapshot } from './simulation/tep-snapshot.js';
