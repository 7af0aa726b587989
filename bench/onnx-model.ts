/** Enough of the ONNX format (onnx.proto, opset 14) to write a small network for a runtime that is compared with. */

const FLOAT = 1;
const INT64 = 7;
const INTEGER_ATTRIBUTE = 2;
const IR_VERSION = 8;
const OPSET = 14;

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Buffer.from([...bytes, rest]);
}

function integer(field: number, value: number): Buffer {
  return Buffer.concat([varint(field << 3), varint(value)]);
}

function message(field: number, content: string | readonly Uint8Array[]): Buffer {
  const bytes = typeof content === 'string' ? Buffer.from(content) : Buffer.concat(content);
  return Buffer.concat([varint((field << 3) | 2), varint(bytes.length), bytes]);
}

/** A constant of the graph. */
export function onnxConstant(
  name: string,
  shape: readonly number[],
  values: Float32Array | BigInt64Array,
): Buffer {
  const raw = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  const type = values instanceof BigInt64Array ? INT64 : FLOAT;
  return message(5, [
    ...shape.map((size) => integer(1, size)),
    integer(2, type),
    message(8, name),
    message(9, [raw]),
  ]);
}

/** An operation on named values. */
export function onnxNode(
  operation: string,
  inputs: readonly string[],
  output: string,
  attributes: Readonly<Record<string, number>> = {},
): Buffer {
  return message(1, [
    ...inputs.map((name) => message(1, name)),
    message(2, output),
    message(4, operation),
    ...Object.entries(attributes).map(([name, value]) =>
      message(5, [message(1, name), integer(3, value), integer(20, INTEGER_ATTRIBUTE)]),
    ),
  ]);
}

function namedValue(field: number, name: string, shape: readonly number[]): Buffer {
  const sizes = shape.map((size) => message(1, [integer(1, size)]));
  return message(field, [message(1, name), message(2, [message(1, [integer(1, FLOAT), message(2, sizes)])])]);
}

export function onnxInput(name: string, shape: readonly number[]): Buffer {
  return namedValue(11, name, shape);
}

export function onnxOutput(name: string, shape: readonly number[]): Buffer {
  return namedValue(12, name, shape);
}

/** The file of a graph of such parts. */
export function onnxModel(parts: readonly Buffer[]): Buffer {
  return Buffer.concat([
    integer(1, IR_VERSION),
    message(8, [integer(2, OPSET)]),
    message(7, [message(2, 'graph'), ...parts]),
  ]);
}
