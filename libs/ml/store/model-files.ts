import { ModelStoreError } from './model-store.errors.js';

export type ModelFiles = ReadonlyMap<string, Uint8Array>;

interface TensorEntry {
  name: string;
  dtype: 'float32' | 'float64';
  length: number;
}

export type Tensors = Readonly<Record<string, Float64Array | Float32Array>>;

/**
 * `<name>.json` with `meta` as it is and the order and kind of the tensors, and `<name>.bin` with their numbers, little
 * endian, one behind the other.
 */
export function tensorFiles(
  meta: object,
  tensors: Tensors,
  json: string,
  bin: string,
): Map<string, Uint8Array> {
  const entries = Object.entries(tensors);
  const layout = entries.map(([name, values]): TensorEntry => {
    return { name, dtype: values instanceof Float64Array ? 'float64' : 'float32', length: values.length };
  });
  const bytes = entries.map(([, v]) => new Uint8Array(v.buffer, v.byteOffset, v.byteLength));
  return new Map([
    [json, encodeJson({ meta, tensors: layout })],
    [bin, Buffer.concat(bytes)],
  ]);
}

/** @throws ModelStoreError model_corrupt when a file is missing or too short */
export function tensorsFromFiles(
  files: ModelFiles,
  json: string,
  bin: string,
): { meta: unknown; tensors: Tensors } {
  const { meta, tensors: layout } = decodeJson(file(files, json)) as {
    meta: unknown;
    tensors: TensorEntry[];
  };
  const buffer = ownBuffer(file(files, bin));
  const tensors: Record<string, Float64Array | Float32Array> = {};
  let at = 0;
  for (const { name, dtype, length } of layout) {
    const size = dtype === 'float64' ? 8 : 4;
    if (at + length * size > buffer.byteLength)
      throw new ModelStoreError('model_corrupt', `${bin} is too short`);
    const bytes = buffer.slice(at, at + length * size);
    tensors[name] = dtype === 'float64' ? new Float64Array(bytes) : new Float32Array(bytes);
    at += length * size;
  }
  return { meta, tensors };
}

/** A copy that starts at 0; a Buffer may be a part of a larger one, and its own `slice` does not copy. */
export function ownBuffer(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}

export function encodeJson(value: unknown): Uint8Array {
  return Buffer.from(`${JSON.stringify(value)}\n`);
}

export function decodeJson(bytes: Uint8Array): unknown {
  return JSON.parse(Buffer.from(bytes).toString());
}

/** @throws ModelStoreError model_corrupt */
export function file(files: ModelFiles, name: string): Uint8Array {
  const bytes = files.get(name);
  if (bytes === undefined) throw new ModelStoreError('model_corrupt', `${name} is missing`);
  return bytes;
}
