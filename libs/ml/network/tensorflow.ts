import { createRequire } from 'node:module';
import type * as Core from '@tensorflow/tfjs-core';
import type * as Layers from '@tensorflow/tfjs-layers';

const require = createRequire(import.meta.url);

/**
 * TensorFlow.js is CommonJS, and every thread that computes loads it anew. Before Node imports names from a file of that kind it
 * looks through all of its text for them: 0.3 s of processor time, where loading it takes 0.1 s.
 */
export const tfCore = require('@tensorflow/tfjs-core') as typeof Core;
export const tfLayers = require('@tensorflow/tfjs-layers') as typeof Layers;
