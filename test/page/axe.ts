import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'puppeteer-core';

const SOURCE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** WCAG 2.2 A and AA, and what is held for good practice. */
const RUN = `axe.run(document, { resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
  .then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => id + ' ' + target.join(' ') + ' ' + failureSummary)))`;

/** What axe finds wrong with the page as it stands. */
export async function axeViolations(page: Page): Promise<string[]> {
  // half a megabyte: once for each time the page is loaded
  if (!(await page.evaluate('"axe" in globalThis'))) await page.evaluate(SOURCE);
  return (await page.evaluate(RUN)) as string[];
}
