import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { getPriority } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import type { Browser } from 'puppeteer-core';
import { BrowserPipe } from './browser-pipe.js';
import type { ChromiumInstallation } from './chromium-unpack.js';
import type { PrintPage } from './print-page.js';
import { ProcessFolder, removeAbandonedFolders } from './process-folder.js';
import { type StandstillLimits, StandstillWatch } from './standstill-watch.js';
import { unlessStopped } from './unless-stopped.js';

const CLOSE_LIMIT_MS = 3_000;
/** What a browser that does not start says last. */
const KEPT_COMPLAINTS = 4_000;

export interface BrowserLaunch {
  /** Impossible for root. */
  sandboxed: boolean;
  limits: StandstillLimits | undefined;
  /** Aborted when nobody wants the browser any more. */
  signal: AbortSignal;
}

/** One running browser with a profile of its own, and how much it has been used. */
export class BrowserSession {
  /** Pages being printed now. */
  active = 0;
  /** Pages printed or being printed since it was launched. */
  prints = 0;
  /** It gets no further pages. */
  retired = false;
  /** Pages that have printed and wait for another document. */
  readonly restingPages: PrintPage[] = [];
  private closing: Promise<void> | undefined;

  private constructor(
    readonly browser: Browser,
    private readonly started: StartedBrowser,
  ) {}

  /** Aborted once the browser has ended. Its helpers may hold the pipe open, and what was asked of it waits, for longer. */
  get lost(): AbortSignal {
    return this.started.lost;
  }

  /** Of the process that leads the browser's group. */
  get pid(): number {
    return this.started.pid;
  }

  /**
   * Starts a browser that talks through a pipe (no port is opened), resolves no names and starts without our
   * environment.
   * @throws StandstillError when its start gets nowhere; the signal's reason; Error when it ends instead of starting
   */
  static async launch(
    installation: ChromiumInstallation,
    { sandboxed, limits, signal }: BrowserLaunch,
  ): Promise<BrowserSession> {
    signal.throwIfAborted();
    await removeAbandonedFolders();
    // loaded here, so that processes which print nothing never hold it in memory
    const { default: puppeteer } = await import('puppeteer-core');
    const profile = await ProcessFolder.make('tep-report-browser');
    const args = puppeteer.defaultArgs({
      headless: 'shell',
      userDataDir: profile.path,
      args: [
        '--remote-debugging-pipe',
        '--disable-gpu',
        '--font-render-hinting=none',
        '--host-resolver-rules=MAP * ~NOTFOUND',
        ...(sandboxed ? [] : ['--no-sandbox', '--no-zygote']),
      ],
    });
    const started = await StartedBrowser.start(installation, args, profile);
    const watch = new StandstillWatch('The start of the browser', started.pid, limits);
    const end = AbortSignal.any([signal, started.lost, watch.signal]);
    try {
      const connecting = puppeteer.connect({ transport: started.pipe, protocolTimeout: 0 });
      return new BrowserSession(await unlessStopped(connecting, end), started);
    } catch (error) {
      await started.end();
      throw error;
    } finally {
      watch.end();
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
    if (politely) {
      const exited = this.browser.close().then(() => this.started.exited);
      await Promise.race([exited, patience()]).catch(() => undefined);
    }
    await this.started.end();
  }
}

/** The processes of a browser, its pipe and its profile. */
class StartedBrowser {
  readonly pipe: BrowserPipe;
  readonly exited: Promise<void>;
  private readonly exit = new AbortController();
  private complaints = '';

  private constructor(
    child: ChildProcess,
    readonly pid: number,
    private readonly profile: ProcessFolder,
  ) {
    const [, , errors, toBrowser, fromBrowser] = child.stdio;
    this.pipe = new BrowserPipe(toBrowser as Writable, fromBrowser as Readable);
    errors?.on('data', (chunk: Buffer) => {
      this.complaints = (this.complaints + chunk.toString()).slice(-KEPT_COMPLAINTS);
    });
    const killed = (): void => killGroup(pid);
    process.once('exit', killed);
    this.exited = new Promise((resolve) => {
      child.once('exit', () => {
        process.removeListener('exit', killed);
        resolve();
        // what it wrote last is read first
        setImmediate(() => this.exit.abort(new Error(`the browser ended ${this.complaints}`.trim())));
      });
    });
  }

  get lost(): AbortSignal {
    return this.exit.signal;
  }

  /** @throws Error when there is no such program */
  static async start(
    { executablePath, environment }: ChromiumInstallation,
    args: string[],
    profile: ProcessFolder,
  ): Promise<StartedBrowser> {
    const child = spawn(executablePath, args, {
      // it leads a process group of its own, so that its helpers go with it
      detached: true,
      env: {
        PATH: '/usr/local/bin:/usr/bin:/bin',
        HOME: profile.path,
        TMPDIR: profile.path,
        ...environment,
      },
      stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'],
    });
    try {
      await once(child, 'spawn');
    } catch (error) {
      await profile.remove();
      throw error;
    }
    const started = new StartedBrowser(child, child.pid ?? 0, profile);
    await yieldToOthers(started.pid);
    return started;
  }

  /** Kills what still runs and removes the profile. */
  async end(): Promise<void> {
    killGroup(this.pid);
    await Promise.race([this.exited, patience()]);
    this.pipe.close();
    await this.profile.remove();
  }
}

/**
 * The browser inherits the priority of the thread that started it, but that counts within its session only where a Linux
 * kernel divides the processor among sessions (autogroups), and it leads a session of its own.
 */
async function yieldToOthers(pid: number): Promise<void> {
  const niceness = getPriority();
  if (niceness <= 0) return;
  // without autogroups there is no such file, and the thread's priority is enough
  await writeFile(`/proc/${pid}/autogroup`, String(niceness)).catch(() => undefined);
}

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
