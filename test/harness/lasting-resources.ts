import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type FreshDatabase,
  type Profile,
  profileResources,
  type ProfileResources,
} from './profile-resources.js';

/** Resources that outlive an application: on the embedded profile a database file. */
export async function lastingResources(
  profile: Profile,
  database: FreshDatabase = {},
): Promise<ProfileResources> {
  if (profile === 'server') return profileResources(profile, database);
  const folder = await mkdtemp(join(tmpdir(), 'tep-test-'));
  return {
    variables: { DATABASE_URL: `sqlite:${join(folder, 'plant.sqlite')}`, QUEUE_URL: 'pglite:memory' },
    drop: () => rm(folder, { recursive: true }),
  };
}
