import { cpSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInstrumenter } from '@stryker-mutator/instrumenter';
import { createInjector } from 'typed-inject';
import ts from 'typescript';

const silent = () => undefined;
const logger = {
  isTraceEnabled: () => false,
  isDebugEnabled: () => false,
  trace: silent,
  debug: silent,
  info: silent,
  warn: console.warn,
  error: console.error,
};
const instrumenter = createInjector()
  .provideValue('logger', logger)
  .provideValue('options', {})
  .injectFunction(createInstrumenter);

const OPTIONS = { plugins: ['decorators-legacy'], excludedMutations: [], ignorers: [] };

const isProduct = (name) => name.endsWith('.ts') && !/\.(spec|fixture|reader|d)\.ts$/.test(name);

/** All files below a folder, as paths from where the process runs. */
export function filesBelow(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

/**
 * Mutants of a folder's product code, each behind a switch in the same source: one compilation serves all. Only those that are
 * drawn get one, as the innermost loops of a simulation ask every switch that they come by.
 * @param draw chooses among all there are
 * @returns the sources with the switches, by path, the mutants that were drawn, and how many there are
 */
export async function mutantsOf(folder, draw) {
  const files = filesBelow(folder)
    .filter(isProduct)
    .map((name) => ({ name, mutate: true, content: readFileSync(name, 'utf8') }));
  if (files.length === 0) throw new Error(`There is no TypeScript in ${folder}.`);
  const { mutants } = await instrumenter.instrument(files, OPTIONS);
  const drawn = draw(mutants);
  const withSwitches = files
    .map(({ name, content }) => {
      const mutate = drawn.filter(({ fileName }) => fileName === name).map(({ location }) => location);
      return { name, mutate, content };
    })
    .filter(({ mutate }) => mutate.length > 0);
  const { files: instrumented, mutants: switched } = await instrumenter.instrument(withSwitches, OPTIONS);
  const switches = new Map(switched.map((mutant) => [keyOf(mutant), mutant.id]));
  const sources = new Map(files.map(({ name, content }) => [name, content.split('\n')]));
  return {
    total: mutants.length,
    files: instrumented,
    mutants: drawn.map((mutant) => {
      const {
        id,
        fileName,
        location: { start, end },
        mutatorName,
        replacement,
      } = mutant;
      const switchId = switches.get(keyOf(mutant));
      if (switchId === undefined) throw new Error(`No switch for ${keyOf(mutant)}`);
      return {
        id,
        switchId,
        place: `${fileName}:${start.line + 1}:${start.column + 1}`,
        mutator: mutatorName,
        original: between(sources.get(fileName), start, end),
        replacement,
      };
    }),
  };
}

function keyOf({ fileName, location, mutatorName, replacement }) {
  return JSON.stringify([fileName, location.start, location.end, mutatorName, replacement]);
}

function between(lines, start, end) {
  if (start.line === end.line) return lines[start.line].slice(start.column, end.column);
  return `${lines[start.line].slice(start.column)} …`;
}

/** A copy of the built project in which some files carry their mutants; everything else is the project's own. */
export function buildWith(files, project) {
  const { options } = ts.convertCompilerOptionsFromJson(
    JSON.parse(readFileSync('tsconfig.json', 'utf8')).compilerOptions,
    '.',
  );
  const own = new Set(['dist', 'var', '.git']);
  for (const name of readdirSync('.').filter((each) => !own.has(each)))
    symlinkSync(join(process.cwd(), name), join(project, name));
  cpSync('dist', join(project, 'dist'), { recursive: true });
  for (const { name, content } of files) {
    const { outputText } = ts.transpileModule(content, {
      fileName: name,
      // one file by itself does not know that its package is of ES modules
      compilerOptions: {
        ...options,
        module: ts.ModuleKind.ESNext,
        moduleResolution: ts.ModuleResolutionKind.Bundler,
        sourceMap: false,
        incremental: false,
      },
    });
    writeFileSync(join(project, 'dist', name.replace(/\.ts$/, '.js')), outputText);
  }
}
