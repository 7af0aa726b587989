import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { browserProcesses } from './browser-processes.fixture.js';
import { unpackedChromium } from './chromium-unpack.js';
import { PdfPrinter, type PdfPrinterOptions } from './pdf-printer.js';
import { readPrintedPdf } from './printed-pdf.reader.js';
import { REPORT_TYPES } from './report-content.js';
import { aReport } from './report-fixtures.js';
import { fontFolder } from './report-fonts.js';
import { reportHtml } from './report-html.js';

const printers: PdfPrinter[] = [];

function aPrinter(options: PdfPrinterOptions = {}): PdfPrinter {
  const printer = new PdfPrinter({ assets: { '/fonts/': fontFolder() }, ...options });
  printers.push(printer);
  return printer;
}

async function profiles(): Promise<string[]> {
  return (await readdir(tmpdir())).filter((name) => name.startsWith(`tep-report-browser-${process.pid}-`));
}

/** Asks again and again until the answer is true. */
async function eventually(what: string, question: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 15_000;
  while (!(await question())) {
    if (Date.now() > deadline) throw new Error(`not within 15 s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const withoutBlanks = (text: string): string => text.replace(/\s+/g, '');
const hasPdfToText = spawnSync('pdftotext', ['-v']).status === 0;

afterEach(async () => {
  await Promise.all(printers.splice(0).map((printer) => printer.close()));
  expect(await browserProcesses()).toEqual([]);
  expect(await profiles()).toEqual([]);
});

describe('a printed report', () => {
  it('is a small PDF of a few pages with its own fonts, in English and Korean, of every type', async () => {
    const printer = aPrinter();
    for (const type of REPORT_TYPES) {
      for (const lang of ['en', 'ko'] as const) {
        const { content, pages } = await printer.print(await reportHtml(aReport(type, lang)));
        expect(Buffer.from(content.subarray(0, 5)).toString()).toBe('%PDF-');
        expect(pages).toBeGreaterThanOrEqual(2);
        expect(pages).toBeLessThanOrEqual(4);
        expect(content.byteLength).toBeLessThan(1_000_000);
        const { fonts, missingFonts, text } = readPrintedPdf(content);
        expect(missingFonts).toEqual([]);
        for (const font of fonts) expect(font).toMatch(/^NotoSansKR/);
        expect(text).not.toContain('\uFFFD');
        expect(withoutBlanks(text)).toContain(lang === 'en' ? `Page2of${pages}` : `2/${pages}쪽`);
      }
    }
  }, 120_000);

  it('holds Korean as text that can be searched and copied', async () => {
    const { content } = await aPrinter().print(await reportHtml(aReport('daily', 'ko')));
    const sentence = '24시간 동안 이상 2건이 감지되었습니다(심각 1건, 진행 중 1건).';
    expect(withoutBlanks(readPrintedPdf(content).text)).toContain(withoutBlanks(sentence));
    if (!hasPdfToText) return;
    const other = spawnSync('pdftotext', ['-', '-'], { input: content, encoding: 'utf8' });
    expect(withoutBlanks(other.stdout)).toContain(withoutBlanks(sentence));
  });
});

describe('a document', () => {
  it('runs no script and reaches neither network nor files', async () => {
    let requests = 0;
    const server = createServer((_request, response) => {
      requests++;
      response.end('hello');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const outside = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const secret = join(await mkdtemp(join(tmpdir(), 'tep-report-spec-')), 'secret.html');
    await writeFile(secret, '<p>SECRET</p>');
    try {
      const { content } = await aPrinter().print(`<!doctype html><meta charset="utf-8"><body>visible
        <script>document.body.append('SCRIPTED')</script><img src="x" onerror="document.body.append('SCRIPTED')">
        <img src="${outside}/image.png"><link rel="stylesheet" href="${outside}/style.css">
        <iframe src="${outside}/frame"></iframe><iframe src="file://${secret}"></iframe>
        <link rel="stylesheet" href="/fonts/../package.json">`);
      const { text } = readPrintedPdf(content);
      expect(text).toContain('visible');
      expect(text).not.toMatch(/SCRIPTED|SECRET|hello/);
      expect(requests).toBe(0);
    } finally {
      server.close();
      await rm(join(secret, '..'), { recursive: true });
    }
  });
});

describe('the shared browser', () => {
  const html = '<!doctype html><p>one page</p>';

  it('prints documents side by side and ends when it has been idle', async () => {
    const printer = aPrinter({ idleMs: 200 });
    const printed = await Promise.all([1, 2, 3, 4].map(() => printer.print(html)));
    expect(printed.map((pdf) => pdf.pages)).toEqual([1, 1, 1, 1]);
    await eventually(
      'the idle browser has ended',
      async () => !printer.busy && (await browserProcesses()).length === 0,
    );
    expect((await printer.print(html)).pages).toBe(1);
  });

  it('is replaced after so many documents', async () => {
    const printer = aPrinter({ printsPerBrowser: 2 });
    const pids = new Set<number>();
    for (let pair = 0; pair < 2; pair++) {
      await printer.print(html);
      for (const pid of await browserProcesses()) pids.add(pid);
      await printer.print(html);
      await eventually('the used browser has ended', async () => (await browserProcesses()).length === 0);
    }
    expect(pids.size).toBe(2);
  });

  it('is started anew when it dies between two documents or under one', async () => {
    const printer = aPrinter();
    await printer.print(html);
    for (const pid of await browserProcesses()) process.kill(pid, 'SIGKILL');
    expect((await printer.print(html)).pages).toBe(1);

    const document = await reportHtml(aReport('daily', 'en'));
    const printing = printer.print(document);
    const [running] = await browserProcesses();
    process.kill(running, 'SIGKILL');
    expect((await printing).pages).toBeGreaterThan(1);
  });

  it('is given up when it stands still, though it never ends', async () => {
    const printer = aPrinter({ standstill: { idleMs: 1_000 } });
    const warm = await printer.print(html);
    expect(warm.pages).toBe(1);
    for (const pid of await browserProcesses()) process.kill(pid, 'SIGSTOP');
    await expect(printer.print(html)).rejects.toMatchObject({
      code: 'PDF_TIMEOUT',
      message: expect.stringContaining('stood still for 1 s'),
    });
  });

  it('stops when the caller does not want the document any more', async () => {
    const printer = aPrinter();
    await printer.print(html);
    const document = await reportHtml(aReport('daily', 'ko'));
    const cancel = new AbortController();
    const printing = printer.print(document, cancel.signal);
    cancel.abort(new Error('cancelled by its owner'));
    await expect(printing).rejects.toThrow('cancelled by its owner');
    expect((await printer.print(html)).pages).toBe(1);
  });

  it('refuses documents once closed and ends those being printed', async () => {
    const printer = aPrinter();
    const printing = printer.print(html);
    const closing = printer.close();
    await expect(printing).rejects.toMatchObject({ code: 'PDF_PRINTER_CLOSED' });
    await closing;
    await expect(printer.print(html)).rejects.toMatchObject({ code: 'PDF_PRINTER_CLOSED' });
  });

  it('says which setting to look at when there is no browser', async () => {
    const printing = aPrinter({ chromiumPath: '/nowhere/chromium' }).print(html);
    await expect(printing).rejects.toThrow('CHROMIUM_PATH');
    await expect(printing).rejects.toMatchObject({ code: 'PDF_BROWSER_FAILED' });
  });
});

describe('unpacking the browser', () => {
  const folder = mkdtemp(join(tmpdir(), 'tep-report-spec-'));
  afterAll(async () => rm(await folder, { recursive: true, force: true }));

  it('works when two processes do it at once, and repairs what a cleaner removed', async () => {
    const parent = await folder;
    const [first, second] = await Promise.all([unpackedChromium(parent), unpackedChromium(parent)]);
    expect(first).toEqual(second);
    expect(await readdir(parent)).toHaveLength(1);

    const library = join(first.environment.LD_LIBRARY_PATH, 'libnss3.so');
    await rm(library);
    await unpackedChromium(parent);
    expect(await readdir(parent)).toHaveLength(1);
    expect((await readFile(library)).subarray(1, 4).toString()).toBe('ELF');
  }, 120_000);
});
