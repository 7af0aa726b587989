import { describe } from '#jest';
import { missingPrograms } from './own-servers.js';
import type { Profile } from './profile-resources.js';
import { SERVER_PROFILE_MISSING } from './servers.js';

/** The profiles that can run here. */
export function availableProfiles(): Profile[] {
  return process.env[SERVER_PROFILE_MISSING] ? ['embedded'] : ['embedded', 'server'];
}

/** Describes a behaviour once per profile. */
export function describeOnBothProfiles(name: string, tests: (profile: Profile) => void): void {
  describe.each(availableProfiles())(`${name} [%s]`, (profile) => tests(profile));
}

/** Describes what only MySQL or Redis can show; left out, and said so at the end, where they are not there. */
export function describeOnServer(name: string, tests: () => void): void {
  (availableProfiles().includes('server') ? describe : describe.skip)(name, tests);
}

/** Describes what needs programs of this machine; left out and said so where they are missing. */
export function describeWithPrograms(programs: string[], name: string, tests: () => void): void {
  const missing = missingPrograms(...programs);
  if (missing.length > 0)
    process.stderr.write(`\n*** NOT TESTED: ${name}; this machine lacks ${missing.join(', ')}\n`);
  (missing.length > 0 ? describe.skip : describe)(name, tests);
}
