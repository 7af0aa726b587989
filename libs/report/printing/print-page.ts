import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, CDPSession, Page, Protocol } from 'puppeteer-core';

/** Never asked of any server: every request of the page is answered here or refused. */
const ORIGIN = 'http://report.invalid';
const CONTENT_SECURITY_POLICY =
  "default-src 'none'; style-src 'unsafe-inline' 'self'; font-src 'self'; img-src data:";
const MEDIA_TYPES: Readonly<Record<string, string>> = {
  css: 'text/css',
  ttf: 'font/ttf',
  woff2: 'font/woff2',
  woff: 'font/woff',
};
/** What an asset is answered with: the page keeps it, read and decoded, for the next document. */
const KEPT = 'max-age=31536000, immutable';
/** A document leaves some 9 MB, which the browser would let grow to a gigabyte; clearing up takes as long as half a print. */
const PRINTS_PER_CLEARING = 8;
const SIGNS_OF_PROGRESS = [
  'request',
  'requestfinished',
  'requestfailed',
  'domcontentloaded',
  'load',
] as const;

export interface PrintedPdf {
  content: Uint8Array;
  pages: number;
}

/** Folders whose files a document may use, by their path in it: `{ '/fonts/': '/srv/fonts' }`. */
export type PrintAssets = Readonly<Record<string, string>>;

/**
 * A page that prints one document after the other. Each is a navigation of its own, so that nothing of the one before is
 * left; only the assets stay decoded, which takes longer than all the rest.
 */
export class PrintPage {
  /** What the page is asked to show at the moment; no other request gets it. */
  private html: string | undefined;
  private prints = 0;
  private progressed: () => void = () => undefined;
  private readonly crashed: Promise<never>;

  private constructor(
    private readonly page: Page,
    private readonly protocol: CDPSession,
    /** In which the document is shown; others inside of it get nothing. */
    private readonly mainFrameId: string,
    private readonly assets: PrintAssets,
  ) {
    this.crashed = new Promise<never>((_resolve, reject) => page.once('error', reject));
    // it may crash while it rests, which the next document finds out
    this.crashed.catch(() => undefined);
    for (const event of SIGNS_OF_PROGRESS) page.on(event, () => this.progressed());
    protocol.on('Fetch.requestPaused', (paused) => void this.answer(paused).catch(() => undefined));
  }

  /** A page whose documents run no scripts and reach nothing but the assets. */
  static async open(browser: Browser, assets: PrintAssets): Promise<PrintPage> {
    const page = await browser.newPage();
    await page.setJavaScriptEnabled(false);
    const protocol = await page.createCDPSession();
    const { frameTree } = await protocol.send('Page.getFrameTree');
    const printPage = new PrintPage(page, protocol, frameTree.frame.id, assets);
    // not by the page's own interception, which takes 5 ms to put a document into base64
    await protocol.send('Fetch.enable');
    return printPage;
  }

  /** @param progressed called at every sign of progress */
  async print(html: string, progressed: () => void): Promise<PrintedPdf> {
    this.html = html;
    this.progressed = progressed;
    try {
      return await Promise.race([this.printShown(), this.crashed]);
    } finally {
      this.html = undefined;
      this.progressed = () => undefined;
    }
  }

  close(): Promise<void> {
    return this.page.close();
  }

  private async printShown(): Promise<PrintedPdf> {
    await this.page.goto(`${ORIGIN}/`, { waitUntil: 'load', timeout: 0 });
    const pdf = await this.page.createPDFStream({
      preferCSSPageSize: true,
      printBackground: true,
      tagged: true,
      outline: true,
      timeout: 0,
    });
    const chunks: Uint8Array[] = [];
    for await (const chunk of pdf) {
      this.progressed();
      chunks.push(chunk);
    }
    if (++this.prints % PRINTS_PER_CLEARING === 0) await this.protocol.send('HeapProfiler.collectGarbage');
    const content = new Uint8Array(Buffer.concat(chunks));
    return { content, pages: countPages(content) };
  }

  private async answer({
    requestId,
    request,
    resourceType,
    frameId,
  }: Protocol.Fetch.RequestPausedEvent): Promise<void> {
    const url = new URL(request.url);
    if (url.origin !== ORIGIN || request.method !== 'GET') return this.refuse(requestId, 'BlockedByClient');
    if (url.pathname === '/') {
      const isDocument = resourceType === 'Document' && frameId === this.mainFrameId;
      if (!isDocument || this.html === undefined) return this.refuse(requestId, 'BlockedByClient');
      return this.fulfil(requestId, Buffer.from(this.html), {
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': CONTENT_SECURITY_POLICY,
        'cache-control': 'no-store',
      });
    }
    const file = this.assetFile(url.pathname);
    const body = file && (await readFile(file).catch(() => undefined));
    if (!body) return this.refuse(requestId, 'Failed');
    const mediaType = MEDIA_TYPES[file.split('.').at(-1) ?? ''] ?? 'application/octet-stream';
    return this.fulfil(requestId, body, { 'content-type': mediaType, 'cache-control': KEPT });
  }

  private async fulfil(requestId: string, body: Buffer, headers: Record<string, string>): Promise<void> {
    await this.protocol.send('Fetch.fulfillRequest', {
      requestId,
      responseCode: 200,
      responseHeaders: Object.entries(headers).map(([name, value]) => ({ name, value })),
      body: body.toString('base64'),
    });
  }

  private async refuse(requestId: string, errorReason: Protocol.Network.ErrorReason): Promise<void> {
    await this.protocol.send('Fetch.failRequest', { requestId, errorReason });
  }

  private assetFile(path: string): string | undefined {
    for (const [prefix, folder] of Object.entries(this.assets)) {
      const name = path.slice(prefix.length);
      if (path.startsWith(prefix) && /^[\w-]+([./][\w-]+)*$/.test(name)) return join(folder, name);
    }
    return undefined;
  }
}

/** Pages of a PDF as Chromium writes it: page objects stand uncompressed, one for each page. */
function countPages(pdf: Uint8Array): number {
  return (
    Buffer.from(pdf.buffer, pdf.byteOffset, pdf.byteLength)
      .toString('latin1')
      .match(/\/Type\s*\/Page\b/g)?.length ?? 0
  );
}
