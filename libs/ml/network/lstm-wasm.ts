import { readFileSync } from 'node:fs';
import {
  lastSteps,
  type LstmKernel,
  type LstmShape,
  type LstmStack,
  type LstmTrace,
  type LstmWeights,
  setLastSteps,
} from './lstm-kernel.js';

const BINARY = new URL('../../../../libs/ml/wasm/lstm.wasm', import.meta.url);
const PAGE_BYTES = 65_536;
const K_BLOCK = 256;

type Numbers = (...values: number[]) => void;

interface LstmExports {
  memory: WebAssembly.Memory;
  forward: Numbers;
  backward: Numbers;
  inputGradient: Numbers;
  kernelGradient: Numbers;
  recurrentGradient: Numbers;
  biasGradient: Numbers;
  dense: Numbers;
  squash: Numbers;
  squashBack: Numbers;
}

/** Lays blocks of floats one behind the other in the memory of the module, growing it as needed. */
class Arena {
  private next: number;

  constructor(
    private readonly memory: WebAssembly.Memory,
    start: number,
  ) {
    this.next = start;
  }

  /** Address of room for `length` floats, filled from `values` when given. */
  place(values: Float32Array | number): number {
    const length = typeof values === 'number' ? values : values.length;
    const address = this.next;
    this.next += Math.ceil(length / 4) * 16;
    const missing = this.next - this.memory.buffer.byteLength;
    if (missing > 0) this.memory.grow(Math.ceil(missing / PAGE_BYTES));
    if (typeof values !== 'number') this.view(address, length).set(values);
    return address;
  }

  zeros(length: number): number {
    const address = this.place(length);
    this.view(address, length).fill(0);
    return address;
  }

  read(address: number, length: number): Float32Array {
    return this.view(address, length).slice();
  }

  /** To be used at once: what is placed next may move the memory. */
  view(address: number, length: number): Float32Array {
    return new Float32Array(this.memory.buffer, address, length);
  }
}

/** The layer's arithmetic in WebAssembly SIMD (wasm/lstm.as). Not re-entrant, which single-threaded callers can't be. */
class WasmLstm implements LstmKernel {
  readonly name = 'wasm-simd';
  readonly unitMultiple = 4;

  constructor(private readonly wasm: LstmExports) {}

  /** The first page holds the module's own constants. */
  private arena(): Arena {
    return new Arena(this.wasm.memory, PAGE_BYTES);
  }

  private run(shape: LstmShape, x: Float32Array, weights: LstmWeights, keepTrace: boolean): LstmTrace {
    const { batch, steps, inputs, units } = shape;
    const arena = this.arena();
    const cellCount = batch * steps * units;
    const xAt = arena.place(x);
    const kernelAt = arena.place(weights.kernel);
    const recurrentAt = arena.place(weights.recurrent);
    const biasAt = arena.place(weights.bias);
    const gatesAt = arena.place(4 * cellCount);
    const cellsAt = arena.place(cellCount);
    const outputsAt = arena.place(cellCount);
    const panelsAt = arena.place(panelFloats(Math.max(K_BLOCK, units), 4 * units));
    this.wasm.forward(
      ...[batch, steps, inputs, units, Number(shape.hardGates)],
      ...[xAt, kernelAt, recurrentAt, biasAt, gatesAt, cellsAt, outputsAt, panelsAt],
    );
    return {
      outputs: arena.read(outputsAt, cellCount),
      cells: keepTrace ? arena.read(cellsAt, cellCount) : new Float32Array(0),
      gates: keepTrace ? arena.read(gatesAt, 4 * cellCount) : new Float32Array(0),
    };
  }

  infer(shape: LstmShape, x: Float32Array, weights: LstmWeights): Float32Array {
    return this.run(shape, x, weights, false).outputs;
  }

  inferStack(
    shape: LstmShape,
    x: Float32Array,
    { before, memory, after }: LstmStack,
  ): { hidden: Float32Array; answers: Float32Array } {
    const { batch, steps, inputs, units } = shape;
    const rows = batch * steps;
    const columns = after.bias.length;
    const arena = this.arena();
    const xAt = arena.place(x);
    const beforeAt = [arena.place(before.kernel), arena.place(before.bias)];
    const memoryAt = [memory.kernel, memory.recurrent, memory.bias].map((values) => arena.place(values));
    const afterAt = [arena.place(after.kernel), arena.place(after.bias)];
    const squashedAt = arena.place(rows * inputs);
    const gatesAt = arena.place(4 * rows * units);
    const cellsAt = arena.place(rows * units);
    const hiddenAt = arena.place(rows * units);
    const answersAt = arena.place(rows * columns);
    const widest = Math.max(inputs, 4 * units, columns);
    const panelsAt = arena.place(panelFloats(Math.max(K_BLOCK, units), widest));
    this.wasm.dense(rows, x.length / rows, inputs, xAt, ...beforeAt, squashedAt, panelsAt);
    this.wasm.squash(rows * inputs, squashedAt);
    this.wasm.forward(
      ...[batch, steps, inputs, units, Number(shape.hardGates)],
      ...[squashedAt, ...memoryAt, gatesAt, cellsAt, hiddenAt, panelsAt],
    );
    this.wasm.dense(rows, units, columns, hiddenAt, ...afterAt, answersAt, panelsAt);
    return { hidden: arena.read(hiddenAt, rows * units), answers: arena.read(answersAt, rows * columns) };
  }

  forward(shape: LstmShape, x: Float32Array, weights: LstmWeights): LstmTrace {
    return this.run(shape, x, weights, true);
  }

  backward(
    shape: LstmShape,
    trace: LstmTrace,
    recurrent: Float32Array,
    dOutputs: Float32Array,
  ): Float32Array {
    const { batch, steps, units } = shape;
    const arena = this.arena();
    const recurrentAt = arena.place(recurrent);
    const gatesAt = arena.place(trace.gates);
    const cellsAt = arena.place(trace.cells);
    const dOutputsAt = arena.place(dOutputs);
    const dcAt = arena.place(batch * units);
    const panelsAt = arena.place(panelFloats(4 * units, units));
    this.wasm.backward(
      ...[batch, steps, units, Number(shape.hardGates)],
      ...[recurrentAt, gatesAt, cellsAt, dOutputsAt, dcAt, panelsAt],
    );
    return arena.read(gatesAt, trace.gates.length);
  }

  inputGradient(shape: LstmShape, kernel: Float32Array, dz: Float32Array): Float32Array {
    const rows = shape.batch * shape.steps;
    const arena = this.arena();
    const kernelAt = arena.place(kernel);
    const dzAt = arena.place(dz);
    const dxAt = arena.zeros(rows * shape.inputs);
    const panelsAt = arena.place(panelFloats(K_BLOCK, shape.inputs));
    this.wasm.inputGradient(rows, shape.inputs, shape.units, kernelAt, dzAt, dxAt, panelsAt);
    return arena.read(dxAt, rows * shape.inputs);
  }

  kernelGradient(shape: LstmShape, x: Float32Array, dz: Float32Array): Float32Array {
    const { inputs, units } = shape;
    const arena = this.arena();
    const xAt = arena.place(x);
    const dzAt = arena.place(dz);
    const dKernelAt = arena.zeros(inputs * 4 * units);
    const panelsAt = arena.place(panelFloats(K_BLOCK, 4 * units));
    this.wasm.kernelGradient(shape.batch * shape.steps, inputs, units, xAt, dzAt, dKernelAt, panelsAt);
    return arena.read(dKernelAt, inputs * 4 * units);
  }

  recurrentGradient(shape: LstmShape, outputs: Float32Array, dz: Float32Array): Float32Array {
    const { batch, steps, units } = shape;
    const arena = this.arena();
    const outputsAt = arena.place(outputs);
    const dzAt = arena.place(dz);
    const dRecurrentAt = arena.zeros(units * 4 * units);
    const panelsAt = arena.place(panelFloats(K_BLOCK, 4 * units));
    this.wasm.recurrentGradient(batch, steps, units, outputsAt, dzAt, dRecurrentAt, panelsAt);
    return arena.read(dRecurrentAt, units * 4 * units);
  }

  biasGradient(shape: LstmShape, dz: Float32Array): Float32Array {
    const arena = this.arena();
    const dzAt = arena.place(dz);
    const dBiasAt = arena.zeros(4 * shape.units);
    this.wasm.biasGradient(shape.batch * shape.steps, shape.units, dzAt, dBiasAt);
    return arena.read(dBiasAt, 4 * shape.units);
  }

  gradientBeforeTanh(
    shape: LstmShape,
    beforeTanh: Float32Array,
    weights: LstmWeights,
    outer: (lastOutputs: Float32Array) => Float32Array,
  ): Float32Array {
    const { batch, steps, inputs, units } = shape;
    const hardGates = Number(shape.hardGates);
    const rows = batch * steps;
    const arena = this.arena();
    const xAt = arena.place(beforeTanh);
    const kernelAt = arena.place(weights.kernel);
    const recurrentAt = arena.place(weights.recurrent);
    const biasAt = arena.place(weights.bias);
    const gatesAt = arena.place(4 * rows * units);
    const cellsAt = arena.place(rows * units);
    const outputsAt = arena.place(rows * units);
    const dOutputsAt = arena.zeros(rows * units);
    const dcAt = arena.place(batch * units);
    const dxAt = arena.zeros(rows * inputs);
    const panelsAt = arena.place(panelFloats(Math.max(K_BLOCK, 4 * units), Math.max(4 * units, inputs)));
    this.wasm.squash(rows * inputs, xAt);
    this.wasm.forward(
      ...[batch, steps, inputs, units, hardGates],
      ...[xAt, kernelAt, recurrentAt, biasAt, gatesAt, cellsAt, outputsAt, panelsAt],
    );
    const dLast = outer(lastSteps(shape, arena.view(outputsAt, rows * units)));
    setLastSteps(shape, arena.view(dOutputsAt, rows * units), dLast);
    this.wasm.backward(
      ...[batch, steps, units, hardGates],
      ...[recurrentAt, gatesAt, cellsAt, dOutputsAt, dcAt, panelsAt],
    );
    this.wasm.inputGradient(rows, inputs, units, kernelAt, gatesAt, dxAt, panelsAt);
    this.wasm.squashBack(rows * inputs, xAt, dxAt);
    return arena.read(dxAt, rows * inputs);
  }
}

/** Floats of a packed matrix: panels of 8 columns, the last one filled up. */
function panelFloats(rows: number, columns: number): number {
  return rows * Math.ceil(columns / 8) * 8;
}

/** Compiles the checked-in module. Throws what WebAssembly throws on an engine without SIMD. */
export function createWasmLstm(): LstmKernel {
  const module = new WebAssembly.Module(readFileSync(BINARY));
  const imports = {
    env: {
      abort: (): never => {
        throw new Error('the LSTM module aborted');
      },
    },
  };
  return new WasmLstm(new WebAssembly.Instance(module, imports).exports as unknown as LstmExports);
}
