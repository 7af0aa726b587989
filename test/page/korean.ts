import type { Page } from 'puppeteer-core';

/** What is written so in Korean, too: names, norms, units of measure, file types, and keys of the keyboard. */
const SAME_IN_KOREAN = new Set(
  (
    'TEP API KPI CSV PDF IDV CVA PCA SPE LSTM AUROC VAR MIT EEMUA ISA ISO Downs and Vogel ' +
    'kscmh kPa mol kmol English Home Backspace Asia Seoul'
  ).split(' '),
);
/** Codes are the same in every language; what a model was made of, and cannot do, stands as its author wrote it. */
const NOT_READ =
  '.code, code, [data-view="models"] article li.indent, [data-view="models"] article h2 + p, script, style';

/** Foreign words on a page that is shown in Korean: of texts, and of what is read out or comes up under the pointer. */
export async function foreignWords(page: Page): Promise<string[]> {
  const texts = (await page.evaluate(`(() => {
    const found = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode())
      if (!walker.currentNode.parentElement.closest(${JSON.stringify(NOT_READ)})) found.push(walker.currentNode.data);
    for (const name of ['aria-label', 'title', 'placeholder'])
      for (const each of document.querySelectorAll('[' + name + ']')) found.push(each.getAttribute(name));
    return found;
  })()`)) as string[];
  const words = texts.flatMap((text) =>
    text
      // tags, lots and file names have digits
      .replace(/\S*\d\S*/g, ' ')
      .match(/[A-Za-z]{3,}/g),
  );
  return [...new Set(words)].filter((word) => word !== null && !SAME_IN_KOREAN.has(word)) as string[];
}
