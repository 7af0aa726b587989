import type { KernelBackend, Tensor, Tensor2D, Tensor3D, TensorInfo, Tensor1D } from '@tensorflow/tfjs-core';
import type { LstmKernel, LstmShape, LstmTrace, LstmWeights } from './lstm-kernel.js';
import { createTypedArrayLstm } from './lstm-typed-array.js';
import { createWasmLstm } from './lstm-wasm.js';
import { tfCore } from './tensorflow.js';

const { engine, registerGradient, registerKernel, tensor, tidy } = tfCore;

const KERNEL_NAME = 'FusedLstm';
const BACKENDS = ['cpu', 'wasm', 'tensorflow'];

interface FusedLstmAttributes {
  hardGates: boolean;
  keepTrace: boolean;
}

let simd: LstmKernel | undefined;
let plain: LstmKernel | undefined;

/** The fastest arithmetic for a layer of so many units on this engine. */
export function kernelFor(units: number): LstmKernel {
  simd ??= fastestKernel();
  if (units % simd.unitMultiple === 0) return simd;
  return (plain ??= createTypedArrayLstm());
}

function fastestKernel(): LstmKernel {
  try {
    return createWasmLstm();
  } catch (error) {
    if (error instanceof WebAssembly.CompileError) return createTypedArrayLstm();
    throw error;
  }
}

/** What the backend for WebAssembly offers: a look at its values where they lie. */
interface HeapBackend {
  typedArrayFromHeap(info: TensorInfo): Float32Array;
}

/** To be read at once: they may be the backend's own memory, which the next tensor may move. */
function floats(backend: KernelBackend, info: TensorInfo): Float32Array {
  if ('typedArrayFromHeap' in backend) return (backend as unknown as HeapBackend).typedArrayFromHeap(info);
  return backend.readSync(info.dataId) as Float32Array;
}

const knownWeights = new WeakMap<object, Float32Array>();

/**
 * Weights of an inference, copied out of the backend once: the values behind a data id never change, a variable that is
 * assigned gets another id.
 */
function cachedFloats(backend: KernelBackend, info: TensorInfo): Float32Array {
  let values = knownWeights.get(info.dataId);
  if (!values) knownWeights.set(info.dataId, (values = floats(backend, info).slice()));
  return values;
}

/** The kernel of the op: reads the tensors of whatever backend holds them, computes, and returns the result. */
function runKernel(
  backend: KernelBackend,
  inputs: Record<string, TensorInfo>,
  attributes: FusedLstmAttributes,
): TensorInfo[] {
  const shape = lstmShape(inputs.x.shape, inputs.recurrent.shape[0], attributes.hardGates);
  const x = floats(backend, inputs.x);
  const read = attributes.keepTrace ? floats : cachedFloats;
  const weights: LstmWeights = {
    kernel: read(backend, inputs.kernel),
    recurrent: read(backend, inputs.recurrent),
    bias: read(backend, inputs.bias),
  };
  const kernel = kernelFor(shape.units);
  const output = (values: Float32Array, width: number): TensorInfo => {
    const dimensions = [shape.batch, shape.steps, width];
    return { dataId: backend.write(values, dimensions, 'float32'), shape: dimensions, dtype: 'float32' };
  };
  if (!attributes.keepTrace) return [output(kernel.infer(shape, x, weights), shape.units)];
  const trace = kernel.forward(shape, x, weights);
  return [
    output(trace.outputs, shape.units),
    output(trace.cells, shape.units),
    output(trace.gates, 4 * shape.units),
  ];
}

function lstmShape(xShape: number[], units: number, hardGates: boolean): LstmShape {
  const [batch, steps, inputs] = xShape;
  return { batch, steps, inputs, units, hardGates };
}

/** Gradients are thunks: tfjs asks only for those that a trained variable or a wanted input depends on. */
function gradient(dy: Tensor | Tensor[], saved: Tensor[], attributes: object): Record<string, () => Tensor> {
  const [x, kernelWeights, recurrent, outputs, cells, gates] = saved;
  const shape = lstmShape(x.shape, recurrent.shape[0], (attributes as FusedLstmAttributes).hardGates);
  const kernel = kernelFor(shape.units);
  const values = (of: Tensor): Float32Array => floats(engine().backend, of);
  let cached: Float32Array | undefined;
  const dz = (): Float32Array => {
    const trace: LstmTrace = { outputs: values(outputs), cells: values(cells), gates: values(gates) };
    const dOutputs = values(Array.isArray(dy) ? dy[0] : dy);
    return (cached ??= kernel.backward(shape, trace, values(recurrent), dOutputs));
  };
  const width = 4 * shape.units;
  return {
    x: () => tensor(kernel.inputGradient(shape, values(kernelWeights), dz()), x.shape),
    kernel: () => tensor(kernel.kernelGradient(shape, values(x), dz()), [shape.inputs, width]),
    recurrent: () => tensor(kernel.recurrentGradient(shape, values(outputs), dz()), [shape.units, width]),
    bias: () => tensor(kernel.biasGradient(shape, dz()), [width]),
  };
}

let registered = false;

/** Makes the op known to tfjs, once, for every backend that may be in use. */
function registerFusedLstm(): void {
  if (registered) return;
  registered = true;
  for (const backendName of BACKENDS) {
    registerKernel({
      kernelName: KERNEL_NAME,
      backendName,
      kernelFunc: ({ inputs, backend, attrs }) =>
        runKernel(
          backend as KernelBackend,
          inputs as Record<string, TensorInfo>,
          attrs as unknown as FusedLstmAttributes,
        ),
    });
  }
  registerGradient({
    kernelName: KERNEL_NAME,
    inputsToSave: ['x', 'kernel', 'recurrent'],
    outputsToSave: [true, true, true],
    gradFunc: (dy, saved, attrs) => gradient(dy, saved, attrs),
  });
}

/**
 * One LSTM layer over whole sequences as one differentiable operation, from a zero state.
 * x [batch, steps, inputs], kernel [inputs, 4 units], recurrent [units, 4 units], bias [4 units], gates in the order of
 * Keras (input, forget, candidate, output). Returns the outputs of every step, [batch, steps, units].
 */
export function fusedLstm(
  x: Tensor3D,
  kernel: Tensor2D,
  recurrent: Tensor2D,
  bias: Tensor1D,
  hardGates = false,
): Tensor3D {
  registerFusedLstm();
  return tidy(() => {
    const attributes = { hardGates, keepTrace: engine().isTapeOn() };
    const outputs: Tensor[] = engine().runKernel(KERNEL_NAME, { x, kernel, recurrent, bias }, attributes);
    return outputs[0] as Tensor3D;
  });
}
