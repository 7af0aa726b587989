import { readFileSync } from 'node:fs';

const BINARY = new URL('../../../../libs/ml/wasm/scoring.wasm', import.meta.url);
const PAGE_BYTES = 65_536;
/** Blocks begin at multiples of this, so that SIMD loads never cross more lines than they must. */
const ALIGNMENT = 64;

type Numbers = (...values: number[]) => void;

interface ScoringExports {
  readonly memory: WebAssembly.Memory;
  /** rows, columns, matrix, vector, out */
  readonly multiply: Numbers;
  /** rows, columns, values, mean, scale, keys */
  readonly quantise: Numbers;
  /** trees, depth, nodes, leaves, keys, totals */
  readonly addPathLengths: Numbers;
  /** trees, depth, nodes, leaves, keys */
  readonly pathLengthOfRow: (...values: number[]) => number;
}

interface Block {
  readonly address: number;
  readonly bytes: number;
}

/**
 * The one instance of scoring.wasm in this thread and its memory. Constants of fitted models live there as long as
 * their owner does; room of owners that are gone is used again.
 */
class ScoringKernel {
  private next = PAGE_BYTES;
  private readonly free = new Map<number, number[]>();
  private readonly owners = new FinalizationRegistry<Block>(({ address, bytes }) => {
    this.free.set(bytes, [...(this.free.get(bytes) ?? []), address]);
  });

  constructor(readonly wasm: ScoringExports) {}

  /** The memory now; a view of it is valid until the next `allocate`. */
  get buffer(): ArrayBuffer {
    return this.wasm.memory.buffer;
  }

  /** @returns address of a block that belongs to `owner` until it is collected */
  allocate(owner: object, size: number): number {
    const bytes = Math.ceil(size / ALIGNMENT) * ALIGNMENT;
    const address = this.free.get(bytes)?.pop() ?? this.extend(bytes);
    this.owners.register(owner, { address, bytes });
    return address;
  }

  private extend(bytes: number): number {
    const address = this.next;
    const missing = address + bytes - this.buffer.byteLength;
    if (missing > 0) this.wasm.memory.grow(Math.ceil(missing / PAGE_BYTES));
    this.next += bytes;
    return address;
  }
}

let kernel: ScoringKernel | null | undefined;

/** The kernel, or null on an engine that cannot run it. */
export function scoringKernel(): ScoringKernel | null {
  if (kernel !== undefined) return kernel;
  try {
    const imports = { env: { abort: (): never => unreachable() } };
    const instance = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(BINARY)), imports);
    kernel = new ScoringKernel(instance.exports as unknown as ScoringExports);
  } catch (error) {
    if (!(error instanceof WebAssembly.CompileError)) throw error;
    kernel = null;
  }
  return kernel;
}

function unreachable(): never {
  throw new Error('the scoring module aborted');
}
