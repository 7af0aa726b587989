import { readdir } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { BenchFigure } from './bench-figure.js';
import type { BenchOptions } from './bench-options.js';
import { shown } from './growth/measurement.js';

const SUFFIX = '.bench.js';
/** They take from twenty minutes to an hour, or all packages anew from where npm gets them: they run when they are named. */
const NAMED_ONLY = ['growth', 'installed', 'soak'];
/** All at the end, or each when it is known. */
type Figures = Promise<BenchFigure[]> | AsyncIterable<BenchFigure>;

/**
 * Runs the benchmarks named on the command line, or all but those that wait to be named. Prints one JSON line per figure, and at the end all of
 * them as a table on the error output.
 */
async function main(names: readonly string[], options: BenchOptions): Promise<void> {
  const files = await readdir(new URL('.', import.meta.url));
  const benches = files.filter((file) => file.endsWith(SUFFIX)).map((file) => file.slice(0, -SUFFIX.length));
  const unknown = names.filter((name) => !benches.includes(name));
  if (unknown.length > 0)
    throw new Error(`No benchmark ${unknown.join(', ')}; there are ${benches.join(', ')}`);
  const figures: BenchFigure[] = [];
  for (const name of names.length > 0 ? names : benches.filter((bench) => !NAMED_ONLY.includes(bench))) {
    const bench = (await import(`./${name}${SUFFIX}`)) as { run(options: BenchOptions): Figures };
    for await (const figure of await bench.run(options)) {
      console.log(JSON.stringify(figure));
      figures.push(figure);
    }
  }
  console.error(`\n${tableOf(figures)}`);
}

function tableOf(figures: readonly BenchFigure[]): string {
  const rows = figures.map(({ bench, figure, value, unit, rival = '', rival_value, ratio }) => [
    bench,
    figure,
    `${shown(value)} ${unit}`,
    rival,
    rival_value === undefined ? '' : `${shown(rival_value)} ${unit}`,
    ratio === undefined ? '' : ratio.toFixed(2),
  ]);
  const head = ['bench', 'figure', 'product', 'rival', 'rival’s', 'ratio'];
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    days: { type: 'string' },
    samples: { type: 'string' },
    profiles: { type: 'string' },
    minutes: { type: 'string' },
  },
});
await main(positionals, values);
