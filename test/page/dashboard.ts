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
    await this.isAt(hash.split(/[/?]/, 1)[0]);
  }

  /** Turns the page that is shown to another language and other colours, as its reader does. */
  async turn({ lang, theme }: Required<Pick<Look, 'lang' | 'theme'>>): Promise<void> {
    const [language, colours] = ['header .preferences select', 'header .preferences select + select'];
    await this.page.select(language, lang);
    await this.page.select(colours, theme);
    await this.page.waitForSelector(`html[lang="${lang}"][data-theme="${theme}"]`);
  }

  /** Waits until nothing is asked for; the stream of events stays open. */
  async settles(): Promise<void> {
    await this.page
      .waitForNetworkIdle({ idleTime: 300, concurrency: 1, timeout: 5_000 })
      .catch(() => undefined);
  }

  /** Asks the API, beside the page. */
  async send(method: string, path: string, body?: object): Promise<Response> {
    return fetch(`${this.product.url}/api/v1${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      body: body ? JSON.stringify(body) : null,
    });
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

  /**
   * Types over what a field holds, as a person does, and waits until it holds the text. A locator's `fill` empties the field behind
   * React's back: when the page is drawn again before the first key, the old text is back and the new one is typed after it.
   */
  async type(selector: string, text: string): Promise<void> {
    const field = `document.querySelector(${JSON.stringify(selector)})`;
    await this.page.locator(selector).wait();
    await this.page.evaluate(`${field}.select()`);
    await this.page.type(selector, text);
    await this.page.waitForFunction(`${field}?.value === ${JSON.stringify(text)}`);
  }

  async goTo(view: string): Promise<void> {
    await this.page.locator(`.app > nav a[href="#/${view}"]`).click();
    await this.isAt(view);
  }

  /** Waits until a view is there: its code is fetched first, then what it shows. */
  async isAt(view: string): Promise<void> {
    await this.page.waitForSelector(`main[data-view="${view}"] h1`);
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
