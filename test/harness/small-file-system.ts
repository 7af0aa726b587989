import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmdirSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const BLOCK_BYTES = 65_536;

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

  /** Writes a file that takes up all there is. */
  fill(): void {
    const file = openSync(this.ballast, 'w');
    try {
      for (const block = Buffer.alloc(BLOCK_BYTES); writeSync(file, block) > 0;);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    } finally {
      closeSync(file);
    }
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
