import { pathToFileURL } from 'node:url';
import { createEmptyTestResult } from '@jest/test-result';
import { addEventHandler, getState, resetState, run } from 'jest-circus';
import { formatExecError, formatResultsErrors } from 'jest-message-util';
import { expect, jest } from './globals.mjs';

/** What went wrong outside of all tests while a file was run: it fails the file. */
let strayErrors = [];
process.on('unhandledRejection', (error) => strayErrors.push(error));
process.on('uncaughtException', (error) => strayErrors.push(error));

/** Called by the runner, one file at a time in each process; `time` tells the runs of the same file apart. */
export async function runSpec(path, config, globalConfig, time = 1) {
  const environment = { ...process.env };
  strayErrors = [];
  resetState();
  addEventHandler(expectHandler);
  const state = getState();
  state.testTimeout = globalConfig.testTimeout ?? config.testTimeout ?? state.testTimeout;
  if (globalConfig.testNamePattern) state.testNamePattern = new RegExp(globalConfig.testNamePattern, 'i');
  expect.setState({ expand: globalConfig.expand, testPath: path });
  const start = Date.now();
  const { href } = pathToFileURL(path);
  await import(time === 1 ? href : `${href}?time=${time}`);
  const { testResults, unhandledErrorsDetailed } = await run();
  const end = Date.now();
  jest.useRealTimers();
  jest.restoreAllMocks();
  restore(environment);
  const assertions = testResults.map(assertionOf);
  const errors = [...strayErrors, ...unhandledErrorsDetailed];
  const execErrors = errors.map((error) => formatExecError(error, config, globalConfig));
  const count = (status) => assertions.filter((each) => each.status === status).length;
  return {
    ...createEmptyTestResult(),
    displayName: config.displayName,
    failureMessage: [formatResultsErrors(assertions, config, globalConfig, path), ...execErrors]
      .filter(Boolean)
      .join('\n\n'),
    numFailingTests: count('failed'),
    numPassingTests: count('passed'),
    numPendingTests: count('pending'),
    numTodoTests: count('todo'),
    perfStats: { start, end, runtime: end - start, slow: (end - start) / 1000 > config.slowTestThreshold },
    testExecError: errors.length > 0 ? { message: '', stack: execErrors.join('\n') } : undefined,
    testFilePath: path,
    testResults: assertions,
  };
}

/** Lets `expect` know whose test it is in, and has errors it kept to itself fail the test. */
function expectHandler({ name, test }) {
  if (name === 'test_start')
    expect.setState({ currentTestName: titlesOf(test).join(' '), suppressedErrors: [] });
  if (name !== 'test_done') return;
  const { suppressedErrors } = expect.getState();
  test.errors.push(
    ...suppressedErrors,
    ...expect.extractExpectedAssertionsErrors().map(({ error }) => error),
  );
  expect.setState({ suppressedErrors: [] });
}

function titlesOf({ name, parent }) {
  return parent ? [...titlesOf(parent), name] : [];
}

/** In the form of Jest's reporters. */
function assertionOf({
  testPath,
  errors,
  errorsDetailed,
  status,
  duration,
  invocations,
  startedAt,
  ...rest
}) {
  const [, ...titles] = testPath;
  const title = titles.pop();
  const skipped = { skip: 'pending', todo: 'todo' };
  return {
    ancestorTitles: titles,
    duration,
    failureDetails: errorsDetailed.map(({ message }) => ({ message })),
    failureMessages: errors,
    failing: rest.failing,
    fullName: [...titles, title].join(' '),
    invocations,
    location: null,
    numPassingAsserts: rest.numPassingAsserts ?? 0,
    retryReasons: [],
    startAt: startedAt,
    status: skipped[status] ?? (errors.length > 0 ? 'failed' : 'passed'),
    title,
  };
}

function restore(environment) {
  for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name];
  Object.assign(process.env, environment);
}
