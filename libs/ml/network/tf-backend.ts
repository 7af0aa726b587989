import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type * as Wasm from '@tensorflow/tfjs-backend-wasm';
import { loadLstmsAsFused } from './fused-lstm.layer.js';
import { tfCore } from './tensorflow.js';

const { env, getBackend, ready, setBackend } = tfCore;

const require = createRequire(import.meta.url);
const WASM = '@tensorflow/tfjs-backend-wasm';

export type TensorBackend = 'tensorflow' | 'wasm' | 'cpu';

let chosen: Promise<TensorBackend> | undefined;

/**
 * Chooses the backend of tfjs once for this thread: the native library when it is installed and Node can run it, else
 * WebAssembly, else plain JavaScript. LSTM layers compute with the fused operation from then on.
 */
export function startTensors(): Promise<TensorBackend> {
  return (chosen ??= choose());
}

async function choose(): Promise<TensorBackend> {
  loadLstmsAsFused();
  env().set('PROD', true);
  const backend = (await tryNative()) ?? (await tryWasm()) ?? (await usePlain());
  await ready();
  return backend;
}

/** tfjs-node 4.22 calls util.isNullOrUndefined, which Node 23 removed. */
async function tryNative(): Promise<TensorBackend | undefined> {
  if (Number(process.versions.node.split('.')[0]) >= 23) return undefined;
  const name = '@tensorflow/tfjs-node';
  try {
    await import(name);
  } catch {
    return undefined;
  }
  return getBackend() === 'tensorflow' ? 'tensorflow' : undefined;
}

async function tryWasm(): Promise<TensorBackend | undefined> {
  const { setThreadsCount, setWasmPaths } = require(WASM) as typeof Wasm;
  const main = require.resolve(WASM);
  setWasmPaths(join(dirname(main), '/'));
  setThreadsCount(1);
  return (await setBackend('wasm')) ? 'wasm' : undefined;
}

async function usePlain(): Promise<TensorBackend> {
  require('@tensorflow/tfjs-backend-cpu');
  await setBackend('cpu');
  return 'cpu';
}
