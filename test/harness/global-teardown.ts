import { SERVER_PROFILE_MISSING } from './servers.js';

/** The last line of a run that could not test everything says so. */
export default function globalTeardown(): void {
  const missing = process.env[SERVER_PROFILE_MISSING];
  if (missing) process.stderr.write(`\n!!! SKIPPED: all tests of the server profile. ${missing}\n\n`);
}
