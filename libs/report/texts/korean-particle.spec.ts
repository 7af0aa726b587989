import { describe, expect, it } from '@jest/globals';
import { withParticle } from './korean-particle.js';

describe('the particle after a word', () => {
  it.each([
    ['반응기 압력', '이/가', '반응기 압력이'],
    ['반응기 온도', '이/가', '반응기 온도가'],
    ['응축기', '은/는', '응축기는'],
    ['반응기', '으로/로', '반응기로'],
    ['응축 탱크 밸브들', '으로/로', '응축 탱크 밸브들로'],
    ['분리기 상단', '으로/로', '분리기 상단으로'],
  ] as const)('follows the last syllable: %s', (word, pair, expected) => {
    expect(withParticle(word, pair)).toBe(expected);
  });

  it.each([
    // 4 is read 사, 10 ends in 영, 1 is 일, % is 퍼센트, T is 티, L is 엘
    ['A/C 공급 유량 (스트림 4)', '이/가', 'A/C 공급 유량 (스트림 4)가'],
    ['IDV 10', '은/는', 'IDV 10은'],
    ['1', '으로/로', '1로'],
    ['84.8%', '을/를', '84.8%를'],
    ['PCA T²', '이/가', 'PCA T²가'],
    ['XMEAS L', '을/를', 'XMEAS L을'],
  ] as const)('follows how letters and digits are read: %s', (word, pair, expected) => {
    expect(withParticle(word, pair)).toBe(expected);
  });

  it('takes the form after a vowel where nothing is spoken', () => {
    expect(withParticle('–', '이/가')).toBe('–가');
  });
});
