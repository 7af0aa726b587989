/** Under the name `hooks`: what is done between tests, e.g. in beforeAll. */
const HOOKS = 'hooks';
/** A mutant that is met so many times more often than its place without it is in an endless loop. */
const ENDLESS = 1_000;

/** A spec, and which mutants its tests meet. */
export class MutatedSpec {
  durationMs;
  #path;
  #coverage;
  /** Tests that were seen to fail without the others of their file, joined: they are run with all of it. */
  #dependent = new Set();

  /** @param coverage how often each mutant was met while the file was loaded, and in each test */
  constructor(path, durationMs, coverage) {
    this.#path = path;
    this.durationMs = durationMs;
    this.#coverage = coverage;
  }

  reaches(mutant) {
    return mutant in this.#coverage.static || this.#testsOf(mutant).length > 0;
  }

  /**
   * Whether the tests that meet a mutant notice it.
   * @returns 'passed' when none does, else 'failed' or 'hung'
   */
  async verdict(mutant, specProcess) {
    const tests = this.#subsetOf(mutant);
    // what a module does when it is loaded is done once in a process
    if (mutant in this.#coverage.static) specProcess.end();
    const seen = await this.#run({ mutant, tests }, specProcess);
    if (mutant in this.#coverage.static) specProcess.end();
    if (seen === 'passed' || mutant in this.#coverage.static) return seen;
    // a failure counts when the same tests pass without the mutant, in the same process
    if (seen === 'failed' && (await this.#run({ tests }, specProcess)) === 'passed') return 'failed';
    specProcess.end();
    if (tests && (await this.#run({ tests }, specProcess)) !== 'passed') {
      this.#dependent.add(keyOf(tests));
      specProcess.end();
    }
    const again = await this.#run({ mutant, tests: this.#subsetOf(mutant) }, specProcess);
    if (again !== 'passed') specProcess.end();
    return again;
  }

  async #run({ mutant, tests }, specProcess) {
    const { outcome } = await specProcess.run({
      spec: this.#path,
      mutant,
      tests,
      hitLimit: mutant && ENDLESS * this.#timesMet(mutant),
      patienceMs: 30_000 + 6 * this.durationMs,
    });
    return outcome;
  }

  /** @returns the tests to run for a mutant, undefined for the whole file */
  #subsetOf(mutant) {
    const tests = this.#testsOf(mutant);
    if (mutant in this.#coverage.static || tests.includes(HOOKS)) return undefined;
    return this.#dependent.has(keyOf(tests)) ? undefined : tests;
  }

  #testsOf(mutant) {
    return Object.keys(this.#coverage.perTest).filter((test) => mutant in this.#coverage.perTest[test]);
  }

  #timesMet(mutant) {
    const { static: loading, perTest } = this.#coverage;
    return [loading, ...Object.values(perTest)].reduce((sum, met) => sum + (met[mutant] ?? 0), 0);
  }
}

function keyOf(tests) {
  return JSON.stringify(tests);
}
