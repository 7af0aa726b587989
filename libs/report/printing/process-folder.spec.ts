import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readlinkSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '#jest';
import { ProcessFolder, removeAbandonedFolders } from './process-folder.js';

let parent: string;

beforeAll(() => {
  parent = mkdtempSync(join(tmpdir(), 'tep-spec-'));
});
afterAll(() => rmSync(parent, { recursive: true, force: true }));

it('stays as long as its process is alive, and is removed once that was killed', async () => {
  const program = `
    import { ProcessFolder } from '${new URL('./process-folder.js', import.meta.url).href}';
    process.stdout.write((await ProcessFolder.make('tep-folder', ${JSON.stringify(parent)})).path);
    process.stdin.resume();`;
  const owner = spawn(process.execPath, ['--input-type=module', '--eval', program]);
  const [said] = (await once(owner.stdout, 'data')) as [Buffer];
  const path = said.toString();
  await removeAbandonedFolders(parent);
  expect(existsSync(path)).toBe(true);
  owner.kill('SIGKILL');
  await once(owner, 'exit');
  await removeAbandonedFolders(parent);
  expect(existsSync(path)).toBe(false);
});

it('is not taken for the own one of a process that has got the same number', async () => {
  const own = await ProcessFolder.make('tep-folder', parent);
  const former = own.path.replace(/-\d+\.(\w+)$/, '-1.$1');
  mkdirSync(join(former, 'not-empty'), { recursive: true });
  await removeAbandonedFolders(parent);
  expect(readdirSync(parent)).toEqual([basename(own.path)]);
  await own.remove();
  expect(readdirSync(parent)).toEqual([]);
});

it('of another container is removed when it has not been touched for ten minutes', async () => {
  const [namespace] = /\d+/.exec(readlinkSync('/proc/self/ns/pid')) ?? [];
  const folder = (what: string, minutes: number): string => {
    const path = join(parent, `tep-${what}.of-${Number(namespace) + 1}-7-100.abcdef`);
    mkdirSync(path);
    const touched = new Date(Date.now() - minutes * 60_000);
    utimesSync(path, touched, touched);
    return path;
  };
  const [fresh, old] = [folder('fresh', 5), folder('old', 11)];
  await removeAbandonedFolders(parent);
  expect([existsSync(fresh), existsSync(old)]).toEqual([true, false]);
});
