import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'puppeteer-core';
import { openBrowser } from '../harness/browser.js';
// not through index.ts, which only jest can load: the pictures are taken without it
import { ProductProcess } from '../harness/product-process.js';
import type { ProfileResources } from '../harness/profile-resources.js';
import { waitFor } from '../harness/wait-for.js';

export const VIEWS = [
  'plant',
  'trends',
  'alarms',
  'incidents',
  'predictions',
  'reports',
  'kpis',
  'lots',
  'models',
  'operate',
  'admin',
] as const;

export interface Look {
  lang?: 'en' | 'ko';
  theme?: 'light' | 'dark';
  wall?: boolean;
}

/** A product that runs its simulated plant, and a browser before it that keeps what the page complains of. */
export class Dashboard {
  readonly complaints: string[] = [];

  private constructor(
    private readonly folder: string,
    private readonly variables: Record<string, string>,
    private readonly server: ProfileResources | undefined,
    public product: ProductProcess,
    readonly browser: Browser,
    public page: Page,
  ) {}

  /**
   * @param variables of the product
   * @param server a database and a queue of its own; without it the embedded ones, in files that outlive a restart
   */
  static async open(variables: Record<string, string> = {}, server?: ProfileResources): Promise<Dashboard> {
    const folder = await mkdtemp(join(tmpdir(), 'tep-page-'));
    const own = server?.variables ?? {
      DATABASE_URL: `sqlite:${folder}/tep.sqlite`,
      QUEUE_URL: `pglite:${folder}/queue`,
    };
    const all = { ...own, ...variables };
    const [product, { browser, page }] = await Promise.all([
      ProductProcess.start('standalone', all),
      openBrowser(join(folder, 'browser')),
    ]);
    const dashboard = new Dashboard(folder, all, server, product, browser, page);
    await dashboard.watch(page);
    return dashboard;
  }

  get downloads(): string {
    return join(this.folder, 'downloads');
  }

  /** Keeps errors of the console, exceptions and what the policy of the page refuses. */
  async watch(page: Page): Promise<void> {
    page.on('pageerror', (error) => this.complaints.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') this.complaints.push(message.text());
    });
    await page.evaluateOnNewDocument(
      `addEventListener('securitypolicyviolation', (e) => console.error('policy: ' + e.violatedDirective + ' ' + e.blockedURI))`,
    );
    const session = await page.createCDPSession();
    await session.send('Browser.setDownloadBehavior', { behavior: 'allow', downloadPath: this.downloads });
  }

  async show(hash: string, { lang = 'en', theme = 'light', wall = false }: Look = {}): Promise<void> {
    await this.page.goto('about:blank');
    await this.page.goto(`${this.product.url}/?lang=${lang}&theme=${theme}${wall ? '&wall' : ''}#/${hash}`, {
      waitUntil: 'load',
    });
    await this.page.waitForSelector('main :is(h1, h2, svg, table)');
  }

  text(): Promise<string> {
    return this.page.evaluate('document.body.innerText') as Promise<string>;
  }

  /** Waits until the page says something. */
  async says(pattern: RegExp): Promise<void> {
    await waitFor(`the page to say ${pattern}`, async () => pattern.test(await this.text()), {
      timeoutMs: 120_000,
      intervalMs: 200,
    });
  }

  /** Clicks what a screen reader would call so. */
  async click(name: string): Promise<void> {
    await this.page.locator(`::-p-aria(${name})`).setTimeout(60_000).click();
  }

  async goTo(view: string): Promise<void> {
    await this.page.locator(`nav a[href="#/${view}"]`).click();
    await this.page.waitForSelector(`nav a[href="#/${view}"][aria-current]`);
  }

  /** The product without warning, and again on the same port. */
  async restart(between: () => Promise<void>): Promise<void> {
    await this.product.kill();
    await between();
    this.product = await ProductProcess.start(
      'standalone',
      this.variables,
      Number(new URL(this.product.url).port),
    );
  }

  async close(): Promise<void> {
    await Promise.all([this.browser.close(), this.product.stop()]);
    await this.server?.drop();
    await rm(this.folder, { recursive: true, force: true });
  }
}
