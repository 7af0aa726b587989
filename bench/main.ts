import { readdir } from 'node:fs/promises';
import type { BenchFigure } from './bench-figure.js';

const SUFFIX = '.bench.js';
/** All at the end, or each when it is known. */
type Figures = Promise<BenchFigure[]> | AsyncIterable<BenchFigure>;

/** Runs the benchmarks named on the command line, or all, and prints one JSON line per figure. */
async function main(names: readonly string[]): Promise<void> {
  const files = await readdir(new URL('.', import.meta.url));
  const benches = files.filter((file) => file.endsWith(SUFFIX)).map((file) => file.slice(0, -SUFFIX.length));
  const unknown = names.filter((name) => !benches.includes(name));
  if (unknown.length > 0)
    throw new Error(`No benchmark ${unknown.join(', ')}; there are ${benches.join(', ')}`);
  for (const name of names.length > 0 ? names : benches) {
    const bench = (await import(`./${name}${SUFFIX}`)) as { run(): Figures };
    for await (const figure of await bench.run()) console.log(JSON.stringify(figure));
  }
}

await main(process.argv.slice(2));
