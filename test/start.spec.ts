import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '#jest';
import { projectPath } from '#platform';
import { describeOnBothProfiles, lastingResources, waitFor } from './harness/index.js';

const DATA_LOAD = [projectPath('dist', 'apps', 'cli', 'main.js'), 'data:load', 'README.md'];
const STANDALONE = [projectPath('dist', 'apps', 'standalone', 'main.js')];
const IN_MEMORY = { DATABASE_URL: 'sqlite::memory:', QUEUE_URL: 'pglite:memory' };

interface Line {
  level: string;
  component: string;
  msg: string;
}

/** A process of its own, and what it says. */
class Started {
  stdout = '';
  stderr = '';

  constructor(readonly child: ChildProcess) {
    child.stdout?.on('data', (chunk: Buffer) => void (this.stdout += chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => void (this.stderr += chunk.toString()));
  }

  /** The lines of its log so far; anything else on stdout is an error. */
  get log(): Line[] {
    const lines = this.stdout.split('\n').slice(0, -1);
    return lines.map((line) => JSON.parse(line) as Line);
  }
}

describe('a start', () => {
  let started: Started | undefined;

  function start(args: string[], variables: Record<string, string>): Started {
    const env = { ...process.env, NODE_OPTIONS: '', LOG_LEVEL: 'info', ...variables };
    return (started = new Started(spawn(process.execPath, args, { cwd: projectPath(), env, stdio: 'pipe' })));
  }

  async function failed(args: string[], variables: Record<string, string>) {
    const process = start(args, variables);
    const [code] = (await once(process.child, 'close')) as [number];
    return { code, stderr: process.stderr };
  }

  afterEach(() => {
    started?.child.kill('SIGKILL');
  });

  it('says what it is at, and when its port is taken, what to do about it', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const { code, stderr } = await failed(STANDALONE, { ...IN_MEMORY, PORT: String(port) });
    other.close();
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr:
        '\nGive PORT (a worker: WORKER_PORT) another value, or stop the program that has the port: ' +
        `listen EADDRINUSE: address already in use 127.0.0.1:${port}\n\n`,
    });
    const log = started?.log ?? [];
    expect(log[0]).toMatchObject({ level: 'info', component: 'start', msg: 'starting', database: 'sqlite' });
    const said = log.map(({ msg }) => msg);
    expect(said).toEqual(expect.arrayContaining(['bringing the database up to date', 'migrations applied']));
    expect(said).toContain('simulating the last 24 hours … 0 %');
    expect(log.filter(({ level }) => level === 'error')).toEqual([]);
  });

  it('names every variable at fault in one line', async () => {
    const wrong = {
      PORT: 'eighty',
      LOG_FORMAT: 'xml',
      PLANT_SPEED: '0',
      TRAINING_FULL: 'yes',
      REPORT_TIMEOUT_S: '1',
    };
    const { code, stderr } = await failed(STANDALONE, wrong);
    expect(code).toBe(1);
    const sentences = Object.keys(wrong).map((name) => `${name} must .*`);
    expect(stderr).toMatch(new RegExp(`^\nCorrect these variables .*: ${sentences.join('; ')}\n\n$`));
  });

  it('is not silent while something keeps it from every turn', async () => {
    // Reading what has not been written yet holds the process up as loading a program does.
    const { child } = start(
      [
        '--input-type=module',
        '--eval',
        `import 'reflect-metadata';
        import { readFileSync } from 'node:fs';
        import { Config, startProcess } from '#platform/start';
        startProcess('fixture', [Config], async () => {
          readFileSync(0);
          return { start: async () => console.error('started') };
        });`,
      ],
      {},
    );
    await waitFor('a line of what it is at', () =>
      started?.log.some(({ msg }) => msg === 'still starting: loading the program'),
    );
    child.stdin?.end();
    await once(child, 'close');
    expect(started?.stderr).toBe('started\n');
    expect(child.exitCode).toBe(0);
  });
});

describeOnBothProfiles('loading a file before the first start', (profile) => {
  it('names the one command that makes it work', async () => {
    const resources = await lastingResources(profile);
    const env = { ...process.env, NODE_OPTIONS: '', LOG_LEVEL: 'warn', ...resources.variables };
    const said = new Started(spawn(process.execPath, DATA_LOAD, { cwd: projectPath(), env }));
    const [code] = (await once(said.child, 'close')) as [number];
    expect({ code, stderr: said.stderr }).toEqual({
      code: 1,
      stderr: '\nRun npm run db:init: the database lacks migrations of this version\n\n',
    });
    await resources.drop();
  });
});
