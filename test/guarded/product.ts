import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'puppeteer-core';
import { createApiKey } from '#platform';
import { openBrowser } from '../harness/browser.js';
import { lastingServer, ProductProcess } from '../harness/index.js';

/** The name under which it is known besides its addresses. */
export const NAME = 'plant.example';
/** A page of the first may call the API, one of the second may not. */
export const PANEL_HOST = 'panel.example';
export const OTHER_HOST = 'other.example';

export const KEYS = {
  viewer: createApiKey('panel', 'viewer'),
  operator: createApiKey('shift', 'operator'),
  admin: createApiKey('chief', 'admin'),
};

/** A standalone process as it runs where others can reach it, a browser, and a dashboard of another origin for it. */
export class GuardedProduct {
  private constructor(
    readonly process: ProductProcess,
    readonly browser: Browser,
    private readonly panel: Server,
    private readonly folder: string,
  ) {}

  static async start(): Promise<GuardedProduct> {
    const folder = await mkdtemp(join(tmpdir(), 'tep-guarded-'));
    const panel = lastingServer((_request, response) =>
      response.setHeader('content-type', 'text/html').end('<h1>Dashboard</h1>'),
    ).listen(0, '127.0.0.1');
    await once(panel, 'listening');
    const [process, { browser }] = await Promise.all([
      ProductProcess.start('standalone', {
        DATABASE_URL: `sqlite:${folder}/tep.sqlite`,
        QUEUE_URL: 'pglite:memory',
        PLANT_SOURCE: 'external',
        NODE_ENV: 'production',
        HOST: '0.0.0.0',
        ALLOWED_HOSTS: NAME,
        CORS_ORIGINS: originOf(PANEL_HOST, panel),
        API_KEYS: Object.values(KEYS)
          .map(({ entry }) => entry)
          .join(),
      }),
      openBrowser(join(folder, 'browser'), [PANEL_HOST, OTHER_HOST]),
    ]);
    return new GuardedProduct(process, browser, panel, folder);
  }

  get url(): string {
    return this.process.url;
  }

  /** Where the dashboard is under one of its names. */
  origin(host: typeof PANEL_HOST | typeof OTHER_HOST): string {
    return originOf(host, this.panel);
  }

  async stop(): Promise<void> {
    await Promise.all([this.browser.close(), this.process.stop()]);
    this.panel.closeAllConnections();
    this.panel.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}

function originOf(host: string, server: Server): string {
  return `http://${host}:${(server.address() as AddressInfo).port}`;
}
