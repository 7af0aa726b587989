/** Tests run on the compiled output: what is tested is what ships. `npm run build` (or `npx tsc -w`) comes first. */
const project = (name, testMatch, extra = {}) => ({
  displayName: name,
  rootDir: 'dist',
  runner: '<rootDir>/../scripts/jest/native-runner.mjs',
  transform: {},
  testMatch,
  testPathIgnorePatterns: ['/node_modules/'],
  ...extra,
});

export default {
  /** Ends what hangs; tests wait by themselves, and give up sooner where nothing moves (test/harness/wait-for.ts). */
  testTimeout: 900_000,
  testSequencer: '<rootDir>/scripts/jest/longest-first.mjs',
  projects: [
    project('unit', ['<rootDir>/{libs,apps}/**/!(*.feature).spec.js']),
    project('feature', ['<rootDir>/libs/**/*.feature.spec.js', '<rootDir>/apps/**/*.feature.spec.js'], {
      globalSetup: '<rootDir>/test/harness/global-setup.js',
      globalTeardown: '<rootDir>/test/harness/global-teardown.js',
    }),
    project('e2e', ['<rootDir>/test/**/*.spec.js'], {
      globalSetup: '<rootDir>/test/harness/global-setup.js',
    }),
  ],
};
