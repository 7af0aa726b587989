import type { io } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';

/** Topology and weights of a layers model as tfjs would write them, kept in memory. */
export async function modelArtifacts(model: LayersModel): Promise<io.ModelArtifacts> {
  let kept: io.ModelArtifacts | undefined;
  await model.save({
    save: (artifacts) => {
      kept = artifacts;
      return Promise.resolve({
        modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' as const },
      });
    },
  });
  if (kept === undefined) throw new Error('tfjs handed over nothing to save');
  return kept;
}
