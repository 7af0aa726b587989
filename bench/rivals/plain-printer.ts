import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import puppeteer, { type Browser, type Page } from 'puppeteer-core';
import { fontPackageFolder, unpackedChromium } from '../../test/factories/plain-report.fixture.js';

/**
 * The usual way to print a page: puppeteer with one page that is kept open, the document and the sheets and files of the
 * font package on a server beside it.
 */
export class PlainPrinter {
  private html = '';

  private constructor(
    private readonly browser: Browser,
    private readonly page: Page,
    private readonly server: Server,
  ) {
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      void this.answer(request.url ?? '/', response);
    });
  }

  static async start(): Promise<PlainPrinter> {
    const { executablePath, environment } = await unpackedChromium();
    const browser = await puppeteer.launch({
      executablePath,
      headless: 'shell',
      env: { ...process.env, ...environment },
      args: ['--disable-gpu', '--font-render-hinting=none', '--no-sandbox'],
    });
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new PlainPrinter(browser, await browser.newPage(), server);
  }

  async print(html: string): Promise<Uint8Array> {
    this.html = html;
    const { port } = this.server.address() as AddressInfo;
    await this.page.goto(`http://127.0.0.1:${port}/`, { waitUntil: 'load', timeout: 0 });
    return this.page.pdf({
      preferCSSPageSize: true,
      printBackground: true,
      tagged: true,
      outline: true,
      timeout: 0,
    });
  }

  async stop(): Promise<void> {
    await this.browser.close();
    this.server.closeAllConnections();
    this.server.close();
  }

  private async answer(path: string, response: ServerResponse): Promise<void> {
    if (path === '/') {
      response.setHeader('content-type', 'text/html; charset=utf-8').end(this.html);
      return;
    }
    response.setHeader('content-type', path.endsWith('.css') ? 'text/css' : 'font/woff2');
    response.end(await readFile(join(fontPackageFolder(), path.replace('/fonts/', ''))));
  }
}
