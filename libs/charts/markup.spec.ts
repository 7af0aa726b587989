import { describe, expect, it } from '#jest';
import { ellipsize, escapeXml, estimateTextWidth } from './markup.js';

describe('the text of charts', () => {
  it('is escaped, and characters XML cannot carry are replaced', () => {
    expect(escapeXml('a<b>&"\'\u0007\uD800😀')).toBe('a&lt;b&gt;&amp;&quot;&#39;\uFFFD\uFFFD😀');
  });

  it('is cut to the width given, Hangul counted as wide', () => {
    expect(estimateTextWidth('압력', 10)).toBeGreaterThan(estimateTextWidth('ab', 10));
    const cut = ellipsize('반응기 냉각수 출구 온도', 60, 10);
    expect(cut).toMatch(/^반응기.*…$/);
    expect(estimateTextWidth(cut, 10)).toBeLessThanOrEqual(60);
    expect(ellipsize('short', 60, 10)).toBe('short');
  });
});
