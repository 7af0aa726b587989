// Runs specs as `npm test` does, one for each message, with a mutant switched on, and ends a run with the first test that fails.
import { addEventHandler, getState } from 'jest-circus';
import { runSpec } from '../jest/spec-worker.mjs';

/** What the switches in the instrumented sources look at. Only what is done inside of tests is told apart by test. */
const coverage = { static: {}, perTest: {} };
const switches = (globalThis.__stryker__ = { mutantCoverage: coverage });
const HOOKS = 'hooks';
let wanted;

const titleOf = ({ name, parent }) => (parent ? `${titleOf(parent)} › ${name}` : name);

/** Blocks without any wanted test are left out with their hooks. */
function leaveOutUnwanted(block) {
  for (const child of block.children) {
    if (child.type === 'describeBlock') leaveOutUnwanted(child);
    else if (!wanted.has(titleOf(child))) child.mode = 'skip';
  }
  if (block.children.every(({ mode }) => mode === 'skip')) block.mode = 'skip';
}

function leaveOutRest(block) {
  block.mode = 'skip';
  for (const child of block.children) {
    if (child.type === 'describeBlock') leaveOutRest(child);
    else child.mode = 'skip';
  }
}

addEventHandler(({ name, test }) => {
  if (name === 'run_start') {
    switches.currentTestId = HOOKS;
    if (wanted) leaveOutUnwanted(getState().rootDescribeBlock);
  }
  if (name === 'test_start') switches.currentTestId = titleOf(test);
  if (name === 'test_done') {
    switches.currentTestId = HOOKS;
    if (test.errors.length > 0) leaveOutRest(getState().rootDescribeBlock);
  }
});

/** @returns what failed, undefined when all is well */
async function failureOf(spec, time) {
  try {
    const result = await runSpec(spec, { testTimeout: 900_000 }, {}, time);
    return result.numFailingTests > 0 || result.testExecError
      ? result.failureMessage || 'it failed'
      : undefined;
  } catch (error) {
    return String(error.stack ?? error);
  }
}

let runs = 0;
async function answer({ spec, mutant, tests, hitLimit }) {
  wanted = tests && new Set(tests);
  Object.assign(switches, { activeMutant: mutant, hitCount: 0, hitLimit, currentTestId: undefined });
  // the instrumented files hold on to the object
  Object.assign(coverage, { static: {}, perTest: {} });
  const failure = await failureOf(spec, ++runs);
  process.send({ failure, coverage });
}

process.on('message', (request) => void answer(request));
process.on('disconnect', () => process.exit());
