// Runs one spec as `npm test` does, and ends with 1 as soon as a test fails. Which mutants it reaches goes to the file
// named second. A process for each mutant: what one does to the state of a module, no other one sees.
import { writeFileSync } from 'node:fs';
import { addEventHandler } from 'jest-circus';
import { runSpec } from '../jest/spec-worker.mjs';

const [spec, coverage] = process.argv.slice(2);
let hasFailed = false;
addEventHandler(({ name, test }) => {
  if (name === 'test_start' && hasFailed) test.mode = 'skip';
  if (name === 'test_done' && test.errors.length > 0) hasFailed = true;
});

/** @returns what failed, undefined when all is well */
async function failureOf() {
  try {
    const result = await runSpec(spec, { testTimeout: 900_000 }, {});
    return result.numFailingTests > 0 || result.testExecError ? result.failureMessage : undefined;
  } catch (error) {
    return error;
  }
}

const failure = await failureOf();
if (coverage) {
  const { static: reached = {} } = globalThis.__stryker__?.mutantCoverage ?? {};
  writeFileSync(coverage, JSON.stringify(Object.keys(reached)));
}
if (failure) console.error(failure);
process.exit(failure ? 1 : 0);
