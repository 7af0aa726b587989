import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'puppeteer-core';
import type { ChromiumInstallation } from './chromium-unpack.js';

const LAUNCH_LIMIT_MS = 30_000;
const CLOSE_LIMIT_MS = 3_000;
const PROFILE_PREFIX = 'tep-report-browser-';
/** A profile whose process is gone is removed after this time. */
const ABANDONED_AFTER_MS = 600_000;

/** One running browser with a profile of its own, and how much it has been used. */
export class BrowserSession {
  /** Pages being printed now. */
  active = 0;
  /** Pages printed or being printed since it was launched. */
  prints = 0;
  /** It gets no further pages. */
  retired = false;
  private readonly exit = new AbortController();
  private closing: Promise<void> | undefined;

  private constructor(
    readonly browser: Browser,
    private readonly profileFolder: string,
  ) {
    browser.process()?.once('exit', () => this.exit.abort(new Error('the browser ended')));
  }

  /** Aborted once the browser has ended. Its helpers may hold the pipe open, and what was asked of it waits, for longer. */
  get lost(): AbortSignal {
    return this.exit.signal;
  }

  /**
   * Starts a browser that talks through a pipe (no port is opened), resolves no names and starts without our
   * environment.
   * @param sandboxed impossible for root
   * @throws Error when it does not start within 30 s
   */
  static async launch(installation: ChromiumInstallation, sandboxed: boolean): Promise<BrowserSession> {
    await removeAbandonedProfiles();
    const profileFolder = await mkdtemp(join(tmpdir(), `${PROFILE_PREFIX}${process.pid}-`));
    try {
      // loaded here, so that processes which print nothing never hold it in memory
      const { default: puppeteer } = await import('puppeteer-core');
      const browser = await puppeteer.launch({
        executablePath: installation.executablePath,
        headless: 'shell',
        pipe: true,
        userDataDir: profileFolder,
        timeout: LAUNCH_LIMIT_MS,
        protocolTimeout: 0,
        handleSIGINT: false,
        handleSIGTERM: false,
        handleSIGHUP: false,
        env: {
          PATH: '/usr/local/bin:/usr/bin:/bin',
          HOME: profileFolder,
          TMPDIR: profileFolder,
          ...installation.environment,
        },
        args: [
          '--disable-gpu',
          '--font-render-hinting=none',
          '--host-resolver-rules=MAP * ~NOTFOUND',
          ...(sandboxed ? [] : ['--no-sandbox', '--no-zygote']),
        ],
      });
      await yieldToOthers(browser.process()?.pid);
      return new BrowserSession(browser, profileFolder);
    } catch (error) {
      await rm(profileFolder, { recursive: true, force: true });
      throw error;
    }
  }

  /** Ends the browser, politely for 3 s and then for certain, and removes its profile. Safe to call again. */
  close(): Promise<void> {
    this.closing ??= this.end(true);
    return this.closing;
  }

  /** Ends the browser at once; whatever it was printing fails. */
  kill(): Promise<void> {
    this.closing ??= this.end(false);
    return this.closing;
  }

  private async end(politely: boolean): Promise<void> {
    const child = this.browser.process();
    const exited = new Promise<void>((resolve) => {
      if (!child || child.exitCode !== null || child.signalCode !== null) resolve();
      else child.once('exit', () => resolve());
    });
    if (politely) {
      await Promise.race([this.browser.close().then(() => exited), patience()]).catch(() => undefined);
    }
    if (child?.pid !== undefined) killGroup(child.pid);
    await Promise.race([exited, patience()]);
    await rm(this.profileFolder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/**
 * Printing can wait: whoever answers requests goes first. The browser inherits the low priority of the thread that started
 * it, but that counts within its session only where a Linux kernel divides the processor among sessions (autogroups), and
 * it leads a session of its own.
 */
async function yieldToOthers(pid: number | undefined): Promise<void> {
  if (pid === undefined) return;
  // without autogroups there is no such file, and the thread's priority is enough
  await writeFile(`/proc/${pid}/autogroup`, String(constants.priority.PRIORITY_BELOW_NORMAL)).catch(
    () => undefined,
  );
}

/** The browser leads a process group of its own, so that its helpers go with it. */
function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // the whole group has already ended
  }
}

function patience(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, CLOSE_LIMIT_MS).unref());
}

/** Profiles of processes that were killed. */
async function removeAbandonedProfiles(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const pid = Number(new RegExp(`^${PROFILE_PREFIX}(\\d+)-`).exec(name)?.[1]);
    if (!pid || isAlive(pid)) continue;
    const path = join(tmpdir(), name);
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Infinity }));
    if (mtimeMs < Date.now() - ABANDONED_AFTER_MS)
      await rm(path, { recursive: true, force: true }).catch(() => undefined);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
