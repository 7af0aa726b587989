/** Sizes and gate function of one LSTM layer over a batch of sequences. */
export interface LstmShape {
  batch: number;
  steps: number;
  inputs: number;
  units: number;
  /** Keras' piecewise linear gate max(0, min(1, 0.2 x + 0.5)) in place of the logistic function. */
  hardGates: boolean;
}

/** Weights as Keras keeps them: gates in the order input, forget, cell candidate, output. */
export interface LstmWeights {
  /** inputs × 4 units */
  kernel: Float32Array;
  /** units × 4 units */
  recurrent: Float32Array;
  /** 4 units */
  bias: Float32Array;
}

/** A dense layer. */
export interface DenseWeights {
  /** inputs × outputs */
  kernel: Float32Array;
  /** outputs */
  bias: Float32Array;
}

/** An LSTM between two dense layers, the first with tanh and the second without an activation. */
export interface LstmStack {
  before: DenseWeights;
  memory: LstmWeights;
  after: DenseWeights;
}

/** What a forward pass leaves behind for the backward pass. */
export interface LstmTrace {
  /** batch × steps × units */
  outputs: Float32Array;
  /** batch × steps × units */
  cells: Float32Array;
  /** batch × steps × 4 units: gate values, after their functions */
  gates: Float32Array;
}

/** The arithmetic of an LSTM layer, forward and backward; two implementations with the same numbers. */
export interface LstmKernel {
  readonly name: 'wasm-simd' | 'typed-array';
  /** Units have to be a multiple of this. */
  readonly unitMultiple: number;
  /** Outputs of every step, batch × steps × units. */
  infer(shape: LstmShape, x: Float32Array, weights: LstmWeights): Float32Array;
  /**
   * The LSTM of a stack, whose inputs are those of the shape, and the layers about it in one go.
   * @param x batch × steps × inputs of the first dense layer
   * @returns outputs of every step: batch × steps × units of the LSTM, batch × steps × outputs of the second dense layer
   */
  inferStack(
    shape: LstmShape,
    x: Float32Array,
    stack: LstmStack,
  ): { hidden: Float32Array; answers: Float32Array };
  forward(shape: LstmShape, x: Float32Array, weights: LstmWeights): LstmTrace;
  /** Gradient of the pre-activations, batch × steps × 4 units, from that of the outputs (batch × steps × units). */
  backward(shape: LstmShape, trace: LstmTrace, recurrent: Float32Array, dOutputs: Float32Array): Float32Array;
  inputGradient(shape: LstmShape, kernel: Float32Array, dz: Float32Array): Float32Array;
  kernelGradient(shape: LstmShape, x: Float32Array, dz: Float32Array): Float32Array;
  recurrentGradient(shape: LstmShape, outputs: Float32Array, dz: Float32Array): Float32Array;
  biasGradient(shape: LstmShape, dz: Float32Array): Float32Array;
  /**
   * Gradient by what tanh makes the layer's input of, batch × steps × inputs, of whatever is made of the outputs of the last
   * step: forward and back in one go, which leaves the trace where it is.
   * @param beforeTanh batch × steps × inputs
   * @param outer from the outputs of the last step, batch × units, to the gradient by them
   */
  gradientBeforeTanh(
    shape: LstmShape,
    beforeTanh: Float32Array,
    weights: LstmWeights,
    outer: (lastOutputs: Float32Array) => Float32Array,
  ): Float32Array;
}

/** Of batch × steps × units, the last step: batch × units. */
export function lastSteps({ batch, steps, units }: LstmShape, values: Float32Array): Float32Array {
  const last = new Float32Array(batch * units);
  for (let b = 0; b < batch; b++) {
    const from = (b * steps + steps - 1) * units;
    last.set(values.subarray(from, from + units), b * units);
  }
  return last;
}

/** Writes the last step, batch × units, into batch × steps × units. */
export function setLastSteps(
  { batch, steps, units }: LstmShape,
  values: Float32Array,
  last: Float32Array,
): void {
  for (let b = 0; b < batch; b++) {
    values.set(last.subarray(b * units, (b + 1) * units), (b * steps + steps - 1) * units);
  }
}
