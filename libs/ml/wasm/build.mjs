/**
 * Compiles lstm.as to lstm.wasm. `node libs/ml/wasm/build.mjs` writes the binary, `--check` only compares it with the
 * one in the tree and exits 1 when they differ.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import asc from 'assemblyscript/asc';

const source = readFileSync(new URL('lstm.as', import.meta.url), 'utf8');
const target = new URL('lstm.wasm', import.meta.url);
let binary;

const { error, stderr } = await asc.main(
  [
    'lstm.ts',
    '--outFile',
    'lstm.wasm',
    '--enable',
    'simd',
    '--runtime',
    'stub',
    '--optimizeLevel',
    '3',
    '--noAssert',
  ],
  {
    readFile: (name) => (name === 'lstm.ts' ? source : null),
    writeFile: (name, contents) => {
      if (name.endsWith('.wasm')) binary = Buffer.from(contents);
    },
    listFiles: () => [],
  },
);
if (error) throw new Error(`${error.message}\n${stderr.toString()}`);

if (process.argv.includes('--check')) {
  if (!binary.equals(readFileSync(target))) {
    console.error('lstm.wasm is not what lstm.as compiles to: run node libs/ml/wasm/build.mjs');
    process.exitCode = 1;
  }
} else {
  writeFileSync(target, binary);
  console.log(`lstm.wasm: ${binary.length} bytes`);
}
