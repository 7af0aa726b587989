/** The door of what computes with tfjs, which takes a third of a second and 30 MB to load: no process that answers requests needs it. */
export * from './evaluation/diagnosis-evaluation.js';
export { buildDiagnosisNetwork, traceNetwork } from './diagnosis/network.js';
export { DiagnosisModel, type DiagnosisTrace } from './diagnosis/model.js';
export { trainDiagnosis, type DiagnosisTrainingOptions } from './training/diagnosis-training.js';
export * from './training/diagnosis-version.js';
export * from './evaluation/forecast-evaluation.js';
export { ForecastModel } from './forecast/model.js';
export { trainForecast, type ForecastTrainingOptions } from './training/forecast-training.js';
export { trainForecastVersion } from './training/forecast-version.js';
export { fusedLstm } from './network/fused-lstm.js';
export { fusedLstmLayer } from './network/fused-lstm.layer.js';
export * from './prediction/load-models.js';
export * from './evaluation/model-evaluation.js';
export * from './training/model-training.js';
export { startTensors, type TensorBackend } from './network/tf-backend.js';
export * from './training/train-model.js';
