import { fileURLToPath } from 'node:url';
import { Worker } from 'jest-worker';

const WORKER = fileURLToPath(new URL('./spec-worker.mjs', import.meta.url));
/** Most of what a test makes is gone a moment later; a young generation that holds it is collected less often. */
const YOUNG_GENERATION_MB = 64;

/**
 * Runs spec files as Node runs the product: native modules in a few processes, each of which loads a library once and lets it
 * get warm. Jest's own runner gives every file a VM context, in which all libraries are loaded and compiled anew and built-ins
 * are looked up through interceptors; that was half of the processor time of all tests.
 */
export default class NativeRunner {
  constructor(globalConfig) {
    this.globalConfig = globalConfig;
  }

  async runTests(tests, _watcher, onStart, onResult, onFailure) {
    const { maxWorkers } = this.globalConfig;
    const workers = new Worker(WORKER, {
      exposedMethods: ['runSpec'],
      numWorkers: maxWorkers,
      maxRetries: 0,
      forkOptions: {
        execArgv: ['--enable-source-maps', `--max-semi-space-size=${YOUNG_GENERATION_MB}`],
        stdio: 'pipe',
      },
    });
    workers.getStdout()?.pipe(process.stdout, { end: false });
    workers.getStderr()?.pipe(process.stderr, { end: false });
    const waiting = [...tests];
    const lane = async () => {
      for (let test = waiting.shift(); test; test = waiting.shift()) {
        await onStart(test);
        try {
          const { config } = test.context;
          await onResult(test, await workers.runSpec(test.path, config, this.globalConfig));
        } catch (error) {
          await onFailure(test, error);
        }
      }
    };
    await Promise.all(Array.from({ length: maxWorkers }, lane));
    await workers.end();
  }
}
