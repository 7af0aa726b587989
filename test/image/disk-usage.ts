import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

const BLOCK_BYTES = 512;

/** What a file, or a folder with all that is in it, takes of the disk [bytes]: whole blocks, as `du` counts them. */
export async function diskUsage(path: string): Promise<number> {
  const about = await lstat(path);
  let bytes = about.blocks * BLOCK_BYTES;
  if (about.isDirectory()) for (const name of await readdir(path)) bytes += await diskUsage(join(path, name));
  return bytes;
}
