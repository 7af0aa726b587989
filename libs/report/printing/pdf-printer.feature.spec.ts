import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { constants, cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '#jest';
import { browserProcesses, processesOf } from '../../../test/factories/browser-processes.fixture.js';
import { unpackedChromium } from './chromium-unpack.js';
import { readPrintedPdf } from '#testing';
import { PdfPrinter, type PdfPrinterOptions } from './pdf-printer.js';
import type { PrintedPdf } from './print-page.js';
import { removeAbandonedFolders } from './process-folder.js';
import { REPORT_TYPES } from '../gathering/content.js';
import { pagesThatLookOther } from '../../../test/factories/page-pictures.js';
import { aReport } from '../../../test/factories/report-content.fixture.js';
import { fontFolder, fontStyles, lettersOf } from './fonts.js';
import { reportHtml } from '../report-html.js';

const printers: PdfPrinter[] = [];

function aPrinter(options: PdfPrinterOptions = {}): PdfPrinter {
  const printer = new PdfPrinter({ assets: { '/fonts/': fontFolder() }, ...options });
  printers.push(printer);
  return printer;
}

async function profiles(): Promise<string[]> {
  const own = new RegExp(`^tep-report-browser\\.of-\\d+-${process.pid}-`);
  return (await readdir(tmpdir())).filter((name) => own.test(name));
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

async function noBrowserIsLeft(): Promise<void> {
  await Promise.all(printers.splice(0).map((printer) => printer.close()));
  expect(await browserProcesses()).toEqual([]);
  expect(await profiles()).toEqual([]);
}

const REPORTS = REPORT_TYPES.flatMap((type) => [
  { type, lang: 'en' as const },
  { type, lang: 'ko' as const },
]);

/** What differs between two prints of a document: when it was printed, and the numbers of its elements. */
function withoutMoment(pdf: PrintedPdf): string {
  return Buffer.from(pdf.content)
    .toString('latin1')
    .replace(/\/(CreationDate|ModDate) \([^)]*\)/g, '')
    .replace(/\(node\d+\)/g, '');
}

describe('one printer', () => {
  /** Without the whole fonts: reports are to need no letter that the small ones lack. */
  const smallFonts = mkdtempSync(join(tmpdir(), 'tep-report-spec-'));
  const printer = new PdfPrinter({ assets: { '/fonts/': smallFonts } });
  const reports = new Map<string, Promise<PrintedPdf>>();

  beforeAll(async () => {
    for (const name of (await readdir(fontFolder())).filter((each) => each.startsWith('common-')))
      await symlink(join(fontFolder(), name), join(smallFonts, name));
  });

  afterAll(async () => {
    await printer.close();
    await rm(smallFonts, { recursive: true });
    await noBrowserIsLeft();
  });

  /** Each report is printed once, whichever test asks for it first. */
  async function printed(type: (typeof REPORT_TYPES)[number], lang: 'en' | 'ko'): Promise<PrintedPdf> {
    const name = `${type} ${lang}`;
    const report = reports.get(name) ?? printer.print(await reportHtml(aReport(type, lang)));
    reports.set(name, report);
    return report;
  }

  it.each(REPORTS)(
    'makes the $type report ($lang) a small PDF of a few pages with its own fonts',
    async ({ type, lang }) => {
      const { content, pages } = await printed(type, lang);
      expect(Buffer.from(content.subarray(0, 5)).toString()).toBe('%PDF-');
      expect(pages).toBeGreaterThanOrEqual(2);
      expect(pages).toBeLessThanOrEqual(4);
      expect(content.byteLength).toBeLessThan(1_000_000);
      const { fonts, missingFonts, text } = readPrintedPdf(content);
      expect(missingFonts).toEqual([]);
      for (const font of fonts) expect(font).toMatch(/^NotoSansKR/);
      expect(text).not.toContain('\uFFFD');
      expect(withoutBlanks(text)).toContain(lang === 'en' ? `Page2of${pages}` : `2/${pages}쪽`);
    },
    120_000,
  );

  it.each(REPORTS)(
    'prints pages of the $type report ($lang) that look as they did',
    async ({ type, lang }) => {
      const { content } = await printed(type, lang);
      expect(await pagesThatLookOther(`${type} ${lang}`, content)).toEqual([]);
    },
  );

  it('would notice a block that has moved by four pixels', async () => {
    const html = await reportHtml(aReport('daily', 'en'));
    const moved = html.replace('</head>', '<style>.tiles{position:relative;top:4px}</style></head>');
    expect(moved).not.toBe(html);
    const { content } = await printer.print(moved);
    expect(await pagesThatLookOther('daily en', content)).toEqual([
      expect.stringMatching(/^daily-en-1\.png: /),
    ]);
  });

  it('makes Korean text that can be searched and copied', async () => {
    const { content } = await printed('daily', 'ko');
    const sentence = '24시간 동안 이상 2건이 감지되었습니다(심각 1건, 진행 중 1건).';
    expect(withoutBlanks(readPrintedPdf(content).text)).toContain(withoutBlanks(sentence));
    if (!hasPdfToText) return;
    const other = spawnSync('pdftotext', ['-', '-'], { input: content, encoding: 'utf8' });
    expect(withoutBlanks(other.stdout)).toContain(withoutBlanks(sentence));
  });

  it('keeps nothing of a document for the next one on its page', async () => {
    const html = await reportHtml(aReport('anomaly', 'en'));
    const first = await printer.print(html);
    await printer.print(`<!doctype html><html lang="ko"><meta charset="utf-8"><title>SECRET</title>
      <base href="http://report.invalid/secret/">
      <style>@font-face{font-family:"Noto Sans KR";src:url(/fonts/common-700.ttf)}
      @page{size:A6;@top-left{content:"SECRET"}} *{color:red !important}</style>
      <h1 id="secret">SECRET</h1><form><input value="SECRET" autofocus></form>`);
    expect(withoutMoment(await printer.print(html))).toBe(withoutMoment(first));
  });

  it('lets a document run no script and reach neither network nor files', async () => {
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
      const { content } = await printer.print(`<!doctype html><meta charset="utf-8"><body>visible
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

  afterEach(noBrowserIsLeft);

  it('prints documents side by side, in letters of every kind, and ends when it has been idle', async () => {
    const printer = aPrinter({ idleMs: 200 });
    const words = ['first', 'second', 'third', 'fourth'];
    const styles = `<style>${fontStyles()}body{font-family:"Noto Sans KR","Noto Sans KR Whole"}</style>`;
    const print = (word: string): Promise<PrintedPdf> => {
      const text = `${word} 쀍 ${'각'.normalize('NFD')} 漢字`;
      return printer.print(`<!doctype html><meta charset="utf-8">${styles}<p>${text}</p>${lettersOf(text)}`);
    };
    const printed = await Promise.all(words.map(print));
    for (const [i, { content, pages }] of printed.entries()) {
      expect(pages).toBe(1);
      const { text, fonts } = readPrintedPdf(content);
      // letters that the small fonts lack are of the whole one, decomposed ones are put together
      expect(withoutBlanks(text.normalize('NFC'))).toBe(`${words[i]}쀍각漢字`);
      expect(fonts).toEqual(['NotoSansKR-Regular']);
    }
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

  it('ends with its process when that is killed, and leaves nothing to the next one', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tep-spec-'));
    const program = `
      import { PdfPrinter } from '${new URL('./pdf-printer.js', import.meta.url).href}';
      await new PdfPrinter({ unpackFolder: ${JSON.stringify(tmpdir())} }).print('<!doctype html><p>one page</p>');
      console.log('printed');`;
    const owner = spawn(process.execPath, ['--input-type=module', '--eval', program], {
      env: { ...process.env, TMPDIR: folder },
    });
    await once(owner.stdout, 'data');
    expect(await processesOf(folder)).not.toEqual([]);
    owner.kill('SIGKILL');
    await eventually('its browser has ended', async () => (await processesOf(folder)).length === 0);
    await removeAbandonedFolders(folder);
    expect(await readdir(folder)).toEqual([]);
    await rm(folder, { recursive: true });
  });

  it('is given up when it stands still under a document', async () => {
    const printer = aPrinter({ standstill: { idleMs: 2_000 } });
    await printer.print(html);
    for (const pid of await browserProcesses()) process.kill(pid, 'SIGSTOP');
    await expect(printer.print(html)).rejects.toMatchObject({
      code: 'PDF_TIMEOUT',
      message: expect.stringContaining('stood still for 2 s'),
    });
  });

  it.each([
    ['computes and gets nowhere', '(while :; do :; done) & wait', { busyMs: 300 }, 'its own processor time'],
    ['waits for something that never comes', 'exec sleep 600', { idleMs: 300 }, 'stood still'],
  ])('is given up when it %s instead of starting', async (_what, program, standstill, reason) => {
    const folder = await mkdtemp(join(tmpdir(), 'tep-report-spec-'));
    const chromiumPath = join(folder, 'chromium');
    await writeFile(chromiumPath, `#!/bin/sh\n${program}\n`, { mode: 0o755 });
    try {
      const printing = aPrinter({ chromiumPath, standstill }).print(html);
      await expect(printing).rejects.toMatchObject({
        code: 'PDF_TIMEOUT',
        message: expect.stringContaining(reason),
      });
    } finally {
      await rm(folder, { recursive: true });
    }
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

  it('repairs what a cleaner removed, also when two processes do it at once', async () => {
    const parent = await folder;
    const { executablePath } = await unpackedChromium();
    const unpacked = dirname(executablePath);
    const copy = join(parent, basename(unpacked));
    await cp(unpacked, copy, { recursive: true, mode: constants.COPYFILE_FICLONE });
    const library = join(copy, 'al2023/lib/libnss3.so');
    await rm(library);
    const [first, second] = await Promise.all([unpackedChromium(parent), unpackedChromium(parent)]);
    expect(first).toEqual(second);
    expect(first.executablePath).toBe(join(copy, 'chromium'));
    expect(await readdir(parent)).toHaveLength(1);
    expect((await readFile(library)).subarray(1, 4).toString()).toBe('ELF');
  }, 120_000);
});
