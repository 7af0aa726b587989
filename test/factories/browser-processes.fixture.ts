import { readdir, readFile } from 'node:fs/promises';

/** Process ids of the browsers this process has started, helpers not counted. */
export async function browserProcesses(): Promise<number[]> {
  const found: number[] = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    const [state, parent] = status.slice(status.lastIndexOf(')') + 2).split(' ');
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (Number(parent) === process.pid && state !== 'Z' && command.includes('--headless'))
      found.push(Number(pid));
  }
  return found;
}

/** Process ids of whatever was started with a path of this folder, helpers of a browser included. */
export async function processesOf(folder: string): Promise<number[]> {
  const found: number[] = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (command.includes(`${folder}/`)) found.push(Number(pid));
  }
  return found;
}
