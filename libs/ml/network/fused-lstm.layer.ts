import type { serialization, Tensor, Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import type { LayerVariable, LSTMLayerArgs, RNN } from '@tensorflow/tfjs-layers';
import { fusedLstm } from './fused-lstm.js';
import { tfCore, tfLayers } from './tensorflow.js';

const { slice, squeeze, zeros } = tfCore;
const { layers } = tfLayers;

type CallOptions = Parameters<RNN['call']>[1];

/** What the stock cell keeps; tfjs-layers does not export its type. */
interface StockLstmCell {
  kernel: LayerVariable;
  recurrentKernel: LayerVariable;
  bias: LayerVariable | null;
  units: number;
  useBias: boolean;
  dropout: number;
  recurrentDropout: number;
  activation: serialization.Serializable;
  recurrentActivation: serialization.Serializable;
}

type StockLstmClass = (new (args: LSTMLayerArgs) => RNN) &
  serialization.SerializableConstructor<serialization.Serializable>;

/** The class behind `layers.lstm`, which tfjs-layers does not export by name. */
const StockLstm = layers.lstm({ units: 1 }).constructor as StockLstmClass;

/**
 * The stock LSTM layer with its recurrence computed by one fused operation. Weights, configuration and class name are
 * those of the stock layer, so that a saved model names `LSTM` and loads anywhere. Calls that the operation does not
 * cover (masks, given states, dropout, other activations) take the stock path.
 */
class FusedLstm extends StockLstm {
  static override className = 'LSTM';

  override call(inputs: Tensor | Tensor[], options: CallOptions): Tensor | Tensor[] {
    const cell = this.cell as unknown as StockLstmCell;
    const gates = cell.recurrentActivation.getClassName();
    if (!this.isFusable(cell, gates, options)) return super.call(inputs, options);
    const x = (Array.isArray(inputs) ? inputs[0] : inputs) as Tensor3D;
    const bias = cell.bias?.read() ?? zeros([4 * cell.units]);
    const outputs = fusedLstm(
      x,
      cell.kernel.read() as Tensor2D,
      cell.recurrentKernel.read() as Tensor2D,
      bias as Tensor1D,
      gates === 'hardSigmoid',
    );
    if (this.returnSequences) return outputs;
    const [batch, steps, units] = outputs.shape;
    return squeeze(slice(outputs, [0, steps - 1, 0], [batch, 1, units]), [1]);
  }

  private isFusable(cell: StockLstmCell, gates: string, options: CallOptions): boolean {
    const plainCall = isAbsent(options?.mask) && isAbsent(options?.initialState);
    const plainLayer = !this.stateful && !this.goBackwards && !this.returnState;
    const plainCell = !cell.dropout && !cell.recurrentDropout && cell.activation.getClassName() === 'tanh';
    return plainCall && plainLayer && plainCell && (gates === 'sigmoid' || gates === 'hardSigmoid');
  }
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null;
}

/** An LSTM layer that computes with the fused operation. */
export function fusedLstmLayer(args: LSTMLayerArgs): RNN {
  return new FusedLstm(args);
}

/** From now on models loaded by name use the fused layer wherever their file says `LSTM`. */
export function loadLstmsAsFused(): void {
  tfCore.serialization.SerializationMap.register(FusedLstm);
}
