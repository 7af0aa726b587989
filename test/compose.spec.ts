import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, expect, it } from '#jest';
import { projectPath } from '#platform';
import { composeServices } from './image/compose-file.js';

const SET = { MYSQL_PASSWORD: 'secret', API_KEYS: 'none' };

describe('docker-compose.yml', () => {
  const services = Object.entries(composeServices(SET));

  it('names a version of every image it takes, down to the minor one', () => {
    const taken = services.filter(([, { build }]) => !build).map(([, { image }]) => image);
    expect(taken.length).toBeGreaterThan(3);
    for (const image of taken) expect(image).toMatch(/:v?\d+\.\d+(\.\d+)?$/);
  });

  it('bounds the memory and the log of every container', () => {
    for (const [name, { mem_limit, logging }] of services)
      expect([name, mem_limit, logging?.options]).toEqual([
        name,
        expect.stringMatching(/^\d+[mg]$/),
        { 'max-size': '10m', 'max-file': '5' },
      ]);
  });

  it('mounts files that are there', () => {
    const files = services.flatMap(([, { volumes = [] }]) =>
      volumes.filter((volume) => volume.startsWith('./')).map((volume) => volume.split(':')[0]),
    );
    expect(files.length).toBeGreaterThan(3);
    for (const file of files) expect([file, existsSync(projectPath(file))]).toEqual([file, true]);
  });

  it('says which variable is missing', () => {
    expect(() => composeServices({ API_KEYS: 'none' })).toThrow(/MYSQL_PASSWORD/);
    expect(() => composeServices({ MYSQL_PASSWORD: 'secret' })).toThrow(/API_KEYS/);
  });

  const composes = spawnSync('docker', ['compose', 'version']).status === 0;
  if (!composes) process.stderr.write('\n*** NOT TESTED: what Docker Compose says of docker-compose.yml\n');
  (composes ? it : it.skip)('is one for Docker Compose', () => {
    const profiles = ['--profile', 'tls', '--profile', 'monitoring'];
    const { status, stderr } = spawnSync('docker', ['compose', ...profiles, 'config', '--quiet'], {
      cwd: projectPath(),
      env: { ...process.env, ...SET },
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([0, '']);
  });
});
