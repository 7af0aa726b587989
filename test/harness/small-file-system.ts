import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmdirSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MEGABYTE = 1_048_576;

/** A file system of a test's own that can be filled up, and emptied again. It needs the right to mount one. */
export class SmallFileSystem {
  private constructor(readonly folder: string) {}

  /** @returns why this machine mounts none, if that is so */
  static obstacle(): string | undefined {
    try {
      SmallFileSystem.mount(1).unmount();
      return undefined;
    } catch (error) {
      return (error as Error).message;
    }
  }

  static mount(megabytes: number): SmallFileSystem {
    const folder = mkdtempSync(join(tmpdir(), 'tep-small-'));
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder], { stdio: 'pipe' });
    } catch (error) {
      rmdirSync(folder);
      throw error;
    }
    return new SmallFileSystem(folder);
  }

  /** Writes a file that leaves no more than this free. */
  fill(leftMegabytes: number): void {
    const { bavail, bsize } = statfsSync(this.folder);
    const file = openSync(this.ballast, 'w');
    const megabyte = Buffer.alloc(MEGABYTE);
    for (let free = bavail * bsize; free > leftMegabytes * MEGABYTE; free -= MEGABYTE)
      writeSync(file, megabyte);
    closeSync(file);
  }

  /** Takes that file away. */
  empty(): void {
    rmSync(this.ballast, { force: true });
  }

  unmount(): void {
    execFileSync('umount', ['--lazy', this.folder], { stdio: 'pipe' });
    rmdirSync(this.folder);
  }

  private get ballast(): string {
    return join(this.folder, 'ballast');
  }
}
