import { fromProjectRoot, Variable } from '#platform/start';

/** Where the models are: those of the detectors, and all others beside them. */
export class AnomalySettings {
  @Variable('MODELS_DIR', fromProjectRoot)
  readonly modelsDir: string = fromProjectRoot('models');
}
