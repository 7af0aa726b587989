import { expect, it } from '#jest';
import { lettersOf } from './fonts.js';

it('asks for the fonts of all that is printed: each character once at every weight, whether text, attribute or style', () => {
  const html = `<style>@page{@top-left{content:"쀍"}}</style><p title="漢">가나\n가 &amp; &lt;😀</p>`;
  const shown = lettersOf(html);
  const spans = [...shown.matchAll(/<span style="font-weight:(\d+)">([^<]*)<\/span>/g)];
  expect(spans.map(([, weight]) => weight)).toEqual(['400', '500', '700']);
  for (const [, , letters] of spans) {
    for (const letter of '쀍漢가나😀') expect(letters.split(letter)).toHaveLength(2);
    expect(letters).not.toMatch(/[<>&\s]/);
  }
});
