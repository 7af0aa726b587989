import { describe, expect, it } from '#jest';
import { expectWellFormed } from '../../test/factories/svg.reader.js';
import { scoreBarSvg } from './score-bar.js';
import { SVG_COLOURS } from './theme.js';

describe('the score bar', () => {
  it.each([
    [30, SVG_COLOURS.poor, 30],
    [60, SVG_COLOURS.fair, 60],
    [80, SVG_COLOURS.good, 80],
    [140, SVG_COLOURS.good, 100],
  ])('fills a score of %d in its colour', (score, colour, width) => {
    expect(scoreBarSvg({ title: 't', score, width: 100 })).toContain(
      `width="${width}" height="9" rx="1.5" fill="${colour}"`,
    );
  });

  it('stays empty for an unknown score', () => {
    const svg = scoreBarSvg({ title: 't', score: NaN });
    expectWellFormed(svg);
    expect(svg.match(/<rect/g)).toHaveLength(1);
  });
});
