import type { io } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { modelArtifacts } from './model-artifacts.js';
import { decodeJson, encodeJson, file, type ModelFiles, ownBuffer } from './model-files.js';
import { tfLayers } from '../network/tensorflow.js';

const { loadLayersModel } = tfLayers;

const MODEL = 'model.json';
const WEIGHTS = 'weights.bin';

interface LayersModelJson {
  modelTopology: object;
  weightsManifest: { paths: string[]; weights: io.WeightsManifestEntry[] }[];
}

/** model.json and weights.bin in the format of tfjs, loadable with `loadLayersModel` anywhere. */
export async function layersModelFiles(model: LayersModel): Promise<Map<string, Uint8Array>> {
  const { modelTopology, weightSpecs, weightData } = await modelArtifacts(model);
  if (!(weightData instanceof ArrayBuffer)) throw new TypeError('tfjs handed the weights over in pieces');
  const json = {
    format: 'layers-model',
    modelTopology,
    weightsManifest: [{ paths: [WEIGHTS], weights: weightSpecs }],
  };
  return new Map([
    [MODEL, encodeJson(json)],
    [WEIGHTS, new Uint8Array(weightData)],
  ]);
}

/** @throws ModelStoreError model_corrupt when a file is missing */
export async function layersModelFromFiles(files: ModelFiles): Promise<LayersModel> {
  const { modelTopology, weightsManifest } = decodeJson(file(files, MODEL)) as LayersModelJson;
  const weightData = ownBuffer(file(files, WEIGHTS));
  const weightSpecs = weightsManifest.flatMap((group) => group.weights);
  return loadLayersModel({ load: () => Promise.resolve({ modelTopology, weightSpecs, weightData }) });
}
