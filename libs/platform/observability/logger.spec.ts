import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '#jest';
import { configureLogging, isLogged, loggerOf } from './logger.js';
import { withRequestId } from './request-context.js';

describe('the log', () => {
  let folder: string;

  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'log-'))));
  afterEach(() => {
    configureLogging('silent', 'test');
    rmSync(folder, { recursive: true });
  });

  /** What is written by `write` in that format. */
  function written(format: 'pretty' | 'json', write: () => void): string {
    const file = join(folder, format);
    configureLogging('info', 'api', { destination: openSync(file, 'w'), format });
    write();
    return readFileSync(file, 'utf8');
  }

  it('is one JSON object a line, with the name of the level and the time in ISO 8601', () => {
    const line = written('json', () =>
      withRequestId('r-1', () => loggerOf('plant').warn({ lag_s: 3 }, 'the plant is late')),
    );
    expect(JSON.parse(line)).toEqual({
      level: 'warn',
      time: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/),
      process: 'api',
      pid: process.pid,
      component: 'plant',
      request_id: 'r-1',
      lag_s: 3,
      msg: 'the plant is late',
    });
  });

  it('is a line for people where it is configured to be pretty', () => {
    const line = written('pretty', () => loggerOf('plant').warn({ lag_s: 3 }, 'the plant is late'));
    expect(line).toMatch(/^\[\d{4}-\d{2}-\d{2}T[\d:.]+Z\] WARN: plant: the plant is late \{"lag_s":3\}\n$/);
  });

  it('is JSON where nobody looks: off a terminal', () => {
    const file = join(folder, 'unsaid');
    configureLogging('info', 'api', { destination: openSync(file, 'w') });
    loggerOf('plant').info('here');
    loggerOf('plant').debug('not here');
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ level: 'info', msg: 'here' });
    expect([isLogged('info'), isLogged('debug')]).toEqual([true, false]);
  });
});
