import { fork } from 'node:child_process';
import { once } from 'node:events';

/** Specs leave things behind; a process is replaced after so many runs. */
const MOST_RUNS = 60;

/** A process that has the libraries loaded and runs specs one behind the other; a new one when the last was ended. */
export class SpecProcess {
  #project;
  #child;
  #runs = 0;

  /** @param project the folder of the built copy with the mutants */
  constructor(project) {
    this.#project = project;
  }

  /**
   * @param spec its path in the copy
   * @param mutant the id of the mutant that is switched on, undefined for none
   * @param tests the full titles of those to run, undefined for all
   * @param hitLimit how often the mutant may be met before it counts as an endless loop
   * @returns the outcome 'passed', 'failed' or 'hung', how long it took, and which mutants were met in which test
   */
  async run({ spec, mutant, tests, hitLimit, patienceMs }) {
    if (this.#runs >= MOST_RUNS) this.end();
    this.#child ??= fork('scripts/mutate/run-spec.mjs', [], {
      cwd: this.#project,
      detached: true,
      stdio: 'ignore',
      serialization: 'advanced',
    });
    this.#runs++;
    const child = this.#child;
    const begun = Date.now();
    const ended = new AbortController();
    const answer = once(child, 'message', { signal: ended.signal });
    const exit = once(child, 'exit', { signal: ended.signal });
    const timer = setTimeout(() => ended.abort(), patienceMs);
    child.send({ spec, mutant, tests, hitLimit });
    const seen = await Promise.race([answer, exit.then(() => 'exit')]).catch(() => 'hung');
    clearTimeout(timer);
    ended.abort();
    await Promise.allSettled([answer, exit]);
    const durationMs = Date.now() - begun;
    if (!Array.isArray(seen)) {
      this.end();
      return seen === 'hung'
        ? { outcome: 'hung', durationMs }
        : { outcome: 'failed', failure: 'its process ended', durationMs };
    }
    const [{ failure, coverage }] = seen;
    return { outcome: failure ? 'failed' : 'passed', failure, durationMs, coverage };
  }

  /** Ends the process and what its specs have started. */
  end() {
    const child = this.#child;
    this.#child = undefined;
    this.#runs = 0;
    try {
      if (child?.pid) process.kill(-child.pid, 'SIGKILL');
    } catch {
      // it has ended by itself
    }
  }
}
