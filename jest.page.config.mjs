import config from './jest.config.mjs';

/** `npm run test:page`: the dashboard in a real browser, a quarter of an hour. Each file starts a product of its own. */
const e2e = config.projects.find(({ displayName }) => displayName === 'e2e');

export default {
  ...config,
  projects: [{ ...e2e, displayName: 'page', testMatch: ['<rootDir>/test/page/*.page.js'] }],
};
