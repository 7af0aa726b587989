import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import type { ReportLang } from '../../libs/report/gathering/content.js';
import { unpackedChromium } from '../../libs/report/printing/chromium-unpack.js';
import { fontStyles } from '../../libs/report/printing/fonts.js';
import { reportHtml } from '../../libs/report/report-html.js';
import { aReport } from './report-content.fixture.js';

export { unpackedChromium };

/** Folder of the package that has Noto Sans KR for web pages: its style sheets, and small files by range of letters. */
export function fontPackageFolder(): string {
  return dirname(createRequire(import.meta.url).resolve('@fontsource/noto-sans-kr/package.json'));
}

/** The daily report as the product prints it, but with the style sheets of the font package, which are at `/fonts/`. */
export async function plainReportHtml(lang: ReportLang): Promise<string> {
  const html = await reportHtml(aReport('daily', lang));
  const sheets = [400, 500, 700].map((weight) => `@import url(/fonts/${weight}.css);`).join('');
  return html.replace(fontStyles(), sheets).replace(/<p class="letters".*<\/p>/, '');
}
