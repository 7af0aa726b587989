export {
  Acknowledgeable,
  type Acknowledgement,
  acknowledgementOf,
  NOT_ACKNOWLEDGED,
} from './acknowledgement.js';
export {
  Anomaly,
  ANOMALY_STATES,
  type AnomalyState,
  type Contribution,
  SEVERITIES,
  type Severity,
} from './anomaly.entity.js';
export { AnomalyHttpModule } from './anomaly.http.module.js';
export { AnomalyJobsModule } from './anomaly.jobs.module.js';
export { AnomalyModule } from './anomaly.module.js';
export { AnomalyService } from './anomaly.service.js';
export { Detectors } from './detection/detectors.service.js';
export {
  DetectorStream,
  LONGEST_GAP_MS,
  type SampleBatch,
  SAMPLING_INTERVAL_MS,
} from './detection/detector-stream.js';
export { AnomalyIdParams } from './dto/anomaly-id.params.js';
export { AcknowledgementDto, AnomalyDto, type AnomalyNames, ContributionDto } from './dto/anomaly.dto.js';
export { IncidentAnomalies } from './incident-anomalies.service.js';
export { isMostlyMarked, NO_POSITION, type PlantSamples, PlantSampler } from './sampling/plant-sampler.js';
export { type PlantSampling, PlantWatch } from './sampling/plant-watch.service.js';
export { alignSamples, SampleSource } from './sampling/sample-source.service.js';
export {
  type DetectorScore,
  type SampleFollower,
  type ScoredBatch,
  type ScoredSample,
  ScoredSamples,
} from './scored-samples.service.js';
export { WindowScan } from './window-scan.service.js';
