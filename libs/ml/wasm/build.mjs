/**
 * Compiles lstm.as and scoring.as to modules of the same names. `node libs/ml/wasm/build.mjs` writes the binaries, `--check`
 * only compares them with those in the tree and exits 1 when they differ.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import asc from 'assemblyscript/asc';

for (const name of ['lstm', 'scoring']) {
  const target = new URL(`${name}.wasm`, import.meta.url);
  const binary = await compiled(name);
  if (!process.argv.includes('--check')) {
    writeFileSync(target, binary);
    console.log(`${name}.wasm: ${binary.length} bytes`);
  } else if (!binary.equals(readFileSync(target))) {
    console.error(`${name}.wasm is not what ${name}.as compiles to: run node libs/ml/wasm/build.mjs`);
    process.exitCode = 1;
  }
}

/** The module that `name`.as compiles to. */
async function compiled(name) {
  const source = readFileSync(new URL(`${name}.as`, import.meta.url), 'utf8');
  let binary;
  const { error, stderr } = await asc.main(
    [
      `${name}.ts`,
      '--outFile',
      `${name}.wasm`,
      '--enable',
      'simd',
      '--runtime',
      'stub',
      '--optimizeLevel',
      '3',
      '--noAssert',
    ],
    {
      readFile: (file) => (file === `${name}.ts` ? source : null),
      writeFile: (file, contents) => {
        if (file.endsWith('.wasm')) binary = Buffer.from(contents);
      },
      listFiles: () => [],
    },
  );
  if (error) throw new Error(`${error.message}\n${stderr.toString()}`);
  return binary;
}
