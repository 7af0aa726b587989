import { describe, expect, it } from '#jest';
import { expectWellFormed, minutes } from '../../test/factories/svg.reader.js';
import { sparklineSvg } from './sparkline.js';

describe('the sparkline', () => {
  it('draws a constant through the middle', () => {
    const svg = sparklineSvg({ title: 't', series: { times: minutes(2), values: [4, 4] }, height: 22 });
    expect(svg).toContain('cy="11"');
  });

  it('is empty when nothing is known', () => {
    const svg = sparklineSvg({ title: 't', series: { times: minutes(2), values: [NaN, NaN] } });
    expectWellFormed(svg);
    expect(svg).not.toContain('<path');
  });
});
