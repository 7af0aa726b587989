#!/usr/bin/env bash
# puppeteer-core 24.43.1 with Chromium 141: text whose web font only paper asks for is missing from the first PDF of a page.
#
# Expected: `page.pdf` waits for the fonts of the page (`waitForFonts`, true by default), so a PDF has its text in the font its print
#   styles name, as it has where the screen uses that font, too.
# Seen: it waits for `document.fonts.ready`, which is there at once, since nothing on the screen uses the font and nothing is loading.
#   The font is asked for only when the page is laid out for paper, while it is being printed. Until it is there its text is drawn
#   in no font at all: the first PDF has a blank line, without an error. A second `page.pdf` of the same page has the text. What
#   helps is something on the screen, however small, in the same font.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund puppeteer-core@24.43.1 @sparticuz/chromium@141.0.0 @fontsource/lobster@5.2.8
cat > check.mjs <<'JS'
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import chromium from '@sparticuz/chromium';
import puppeteer from 'puppeteer-core';

const font = readFileSync('node_modules/@fontsource/lobster/files/lobster-latin-400-normal.woff2');
let styles = '';
const server = createServer(({ url }, response) => {
  if (url === '/lobster.woff2') return response.setHeader('content-type', 'font/woff2').end(font);
  if (url !== '/') return response.writeHead(404).end();
  response.setHeader('content-type', 'text/html');
  response.end(`<!doctype html><style>@font-face { font-family: Lobster; src: url(/lobster.woff2) } ${styles}</style><p>A line</p>`);
}).listen(0, '127.0.0.1');
await once(server, 'listening');
const browser = await puppeteer.launch({
  executablePath: await chromium.executablePath(),
  headless: 'shell',
  args: ['--no-sandbox', '--no-zygote', '--disable-gpu'],
});

/** The fonts in each of two PDFs of a page that has finished loading. */
async function fontsOfTwo(ownStyles) {
  styles = ownStyles;
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${server.address().port}/`, { waitUntil: 'networkidle0' });
  const seen = [];
  for (let print = 0; print < 2; print++) {
    const pdf = Buffer.from(await page.pdf()).toString('latin1');
    const names = [...pdf.matchAll(/\/FontName\s*\/(?:[A-Z]{6}\+)?([\w-]+)/g)].map(([, name]) => name);
    seen.push([...new Set(names)].join() || 'no font');
    await page.evaluate('document.fonts.ready.then(() => undefined)');
  }
  await page.close();
  return seen.join(', then ');
}

const both = await fontsOfTwo('p { font-family: Lobster }');
const paper = await fontsOfTwo('@media print { p { font-family: Lobster } }');
await browser.close();
server.close();
console.log(`on screen and paper: ${both}`);
console.log(`on paper only: ${paper}`);
const isAsSeen =
  both === 'Lobster-Regular, then Lobster-Regular' && paper === 'no font, then Lobster-Regular';
console.log(isAsSeen ? 'as seen' : 'not as seen any more');
process.exitCode = isAsSeen ? 0 : 1;
JS
node check.mjs
