/** Tests run on the compiled output: what is tested is what ships. `npm run build` (or `npx tsc -w`) comes first. */
const project = (name, testMatch, extra = {}) => ({
  displayName: name,
  rootDir: 'dist',
  testEnvironment: 'node',
  transform: {},
  testMatch,
  ...extra,
});

export default {
  testTimeout: 60_000,
  projects: [
    project('unit', ['<rootDir>/libs/**/*.spec.js', '<rootDir>/apps/**/*.spec.js', '!**/*.feature.spec.js']),
    project('feature', ['<rootDir>/libs/**/*.feature.spec.js', '<rootDir>/apps/**/*.feature.spec.js']),
    project('e2e', ['<rootDir>/test/**/*.spec.js']),
  ],
};
