import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectPath } from '#platform';
import { freePort } from '../harness/product-process.js';
import type { ProfileResources } from '../harness/profile-resources.js';
import { waitFor } from '../harness/wait-for.js';
import { composeServices, type ComposeService } from './compose-file.js';
import { run, withThisNode } from './run.js';

const DOCUMENTED_KEY_COMMAND = /docker run --rm tep-dashboard-backend (node .* api-key .*--role (\w+))/g;

/**
 * What docker-compose.yml starts, from its own commands, environment and health checks, without a container engine: `migrate`,
 * then one `api`, one `worker` and `migrate` again.
 */
export class ComposedProduct {
  private readonly processes: ChildProcess[] = [];
  private readonly environment: Record<string, string>;
  /** What `migrate` printed, each time. */
  readonly migrations: string[] = [];

  private constructor(
    private readonly folder: string,
    resources: ProfileResources,
    readonly modelsFolder: string,
    readonly ports: { api: number; worker: number },
    readonly services: Record<string, ComposeService>,
    /** By their role. */
    readonly apiKeys: Record<string, string>,
    browser: string,
  ) {
    this.environment = {
      ...services.api.environment,
      ...resources.variables,
      MODELS_DIR: modelsFolder,
      CHROMIUM_PATH: browser,
      LOG_LEVEL: 'warn',
      PORT: String(ports.api),
      WORKER_PORT: String(ports.worker),
    };
  }

  /**
   * Starts all of it and waits until its health checks say that it is well.
   * @param folder what is /app in the image
   * @param resources its database and queue; whoever made them drops them when it has stopped
   * @param browser the program that stands for `/usr/bin/chromium`
   * @param variables what is set where `docker compose up` is called
   */
  static async start(
    folder: string,
    resources: ProfileResources,
    browser: string,
    variables: Record<string, string>,
  ): Promise<ComposedProduct> {
    const keys = await documentedKeys(folder);
    const product = new ComposedProduct(
      folder,
      resources,
      await mkdtemp(join(tmpdir(), 'tep-models-')),
      { api: await freePort(), worker: await freePort() },
      composeServices({
        MYSQL_PASSWORD: 'not used here',
        API_KEYS: keys.map(({ entry }) => entry).join(),
        ...variables,
      }),
      Object.fromEntries(keys.map(({ role, key }) => [role, key])),
      browser,
    );
    try {
      product.migrations.push(await product.runService('migrate'));
      // As `docker compose up` does when it is called again.
      const again = product.runService('migrate').then((printed) => void product.migrations.push(printed));
      await Promise.all([again, product.startService('api'), product.startService('worker')]);
    } catch (error) {
      await product.stop();
      throw error;
    }
    return product;
  }

  async stop(): Promise<void> {
    for (const child of this.processes) {
      if (child.exitCode !== null) continue;
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
    }
    await rm(this.modelsFolder, { recursive: true });
  }

  private runService(name: string): Promise<string> {
    return run(this.commandOf(name), this.folder, this.environment);
  }

  private async startService(name: 'api' | 'worker'): Promise<void> {
    const [program, ...args] = this.commandOf(name);
    const child = spawn(program, args, {
      cwd: this.folder,
      env: withThisNode(this.environment),
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let complaint = '';
    child.stderr.on('data', (chunk: Buffer) => void (complaint += chunk.toString()));
    this.processes.push(child);
    await waitFor(
      `${name} to be healthy`,
      () => {
        if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode}: ${complaint}`);
        return this.isHealthy(name);
      },
      { intervalMs: 1_000 },
    );
  }

  private isHealthy(name: 'api' | 'worker'): Promise<boolean> {
    const [, ...check] = this.services[name].healthcheck?.test ?? [];
    const published = { api: ':8000/', worker: ':8001/' }[name];
    const command = check.map((part) => part.replace(published, `:${this.ports[name]}/`));
    return run(command, this.folder, {}).then(
      () => true,
      () => false,
    );
  }

  private commandOf(name: string): string[] {
    const { command } = this.services[name];
    if (command === undefined) throw new Error(`docker-compose.yml has no command for ${name}`);
    return command;
  }
}

/** Makes the keys that docs/operations.md makes, with the commands it says. */
async function documentedKeys(folder: string): Promise<{ role: string; key: string; entry: string }[]> {
  const guide = readFileSync(projectPath('docs', 'operations.md'), 'utf8');
  return Promise.all(
    [...guide.matchAll(DOCUMENTED_KEY_COMMAND)].map(async ([, command, role]) => {
      const made = await run(['/bin/sh', '-c', command], folder, { NODE_ENV: 'production', API_KEYS: '' });
      const [, key, entry] = /: +(tep_\S+)\n.*: +(\S+)/.exec(made) ?? [];
      return { role, key, entry };
    }),
  );
}
