import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { projectPath } from '#platform';
import { waitFor } from './wait-for.js';

export type ProductRole = 'api' | 'worker' | 'standalone';

/** Longer than the default: what tests observe is whether it stops cleanly, not how busy the machine is meanwhile. */
const SHUTDOWN_TIMEOUT_S = 100;
const KILL_AFTER_MS = 1_000 * SHUTDOWN_TIMEOUT_S + 20_000;
const KEPT_OUTPUT = 20_000;

/** Below those the kernel gives to whoever asks for any, as every application of a test does. */
const FIRST_PORT = 10_000;
const BLOCKS = 110;
const PORTS_A_BLOCK = 200;
let portsGiven = 0;

/**
 * A port nobody listens on, for a process that will do so later. The kernel may give one that it names itself to somebody else
 * before; so each process of the tests has ports of its own to give, as the ids of processes beside each other differ.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST_PORT + (process.pid % BLOCKS) * PORTS_A_BLOCK + (portsGiven++ % PORTS_A_BLOCK);
    if (portsGiven > 10 * PORTS_A_BLOCK) throw new Error('No port is free among those of this process');
    if (await isFree(port)) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}

/** A real process of the product, as it runs in production. */
export class ProductProcess {
  private output = '';

  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
  ) {
    const keep = (chunk: Buffer): void =>
      void (this.output = (this.output + chunk.toString()).slice(-KEPT_OUTPUT));
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
  }

  /**
   * Starts a process and waits until it is ready.
   * @param at port it listens on; any free one when left out
   * @throws Error with its output when it is not
   */
  static async start(
    role: ProductRole,
    variables: Record<string, string>,
    at?: number,
  ): Promise<ProductProcess> {
    const port = at ?? (await freePort());
    const child = spawn(process.execPath, [projectPath('dist', 'apps', role, 'main.js')], {
      cwd: projectPath(),
      env: {
        ...process.env,
        NODE_OPTIONS: '',
        LOG_LEVEL: 'warn',
        SHUTDOWN_TIMEOUT_S: String(SHUTDOWN_TIMEOUT_S),
        ...variables,
        [role === 'worker' ? 'WORKER_PORT' : 'PORT']: String(port),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const product = new ProductProcess(child, `http://127.0.0.1:${port}`);
    try {
      await waitFor(`the ${role} to be ready`, () => product.isReady(), {
        timeoutMs: 90_000,
        intervalMs: 100,
        progress: () => product.output,
      });
    } catch (error) {
      child.kill('SIGKILL');
      throw new Error(`${(error as Error).message}\n${product.output}`, { cause: error });
    }
    return product;
  }

  get log(): string {
    return this.output;
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /** Asks it to stop. @returns its exit code */
  async stop(): Promise<number | null> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return this.child.exitCode;
    this.child.kill('SIGTERM');
    this.thaw();
    const exited = once(this.child, 'exit');
    const timer = setTimeout(() => this.child.kill('SIGKILL'), KILL_AFTER_MS);
    await exited;
    clearTimeout(timer);
    return this.child.exitCode;
  }

  /** Stops it in the middle of whatever it does, until `thaw`. */
  freeze(): void {
    this.child.kill('SIGSTOP');
  }

  thaw(): void {
    this.child.kill('SIGCONT');
  }

  /** Ends it without warning. */
  async kill(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exited = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await exited;
  }

  private async isReady(): Promise<boolean> {
    if (this.child.exitCode !== null) throw new Error(`it ended with code ${this.child.exitCode}`);
    try {
      return (await fetch(`${this.url}/api/v1/health/ready`, { signal: AbortSignal.timeout(10_000) })).ok;
    } catch {
      return false;
    }
  }
}
