/** The part of the WebAssembly interface that the LSTM kernel uses; the es2023 library has none and DOM types stay out. */
declare namespace WebAssembly {
  class CompileError extends Error {}
  class Memory {
    readonly buffer: ArrayBuffer;
    grow(pages: number): number;
  }
  class Module {
    constructor(bytes: Uint8Array);
  }
  class Instance {
    readonly exports: Record<string, unknown>;
    constructor(module: Module, imports: Record<string, Record<string, unknown>>);
  }
}
