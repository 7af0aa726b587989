import { describe, expect, it } from '#jest';
import { withParticle } from './korean-particle.js';

const PAIRS = ['은/는', '이/가', '을/를', '으로/로'] as const;
const withParticles = (word: string): string => PAIRS.map((pair) => withParticle(word, pair)).join(' ');

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

  it.each([
    // 영, 일, 삼, 육, 칠, 팔 end in a consonant; in 일, 칠, 팔 it is ㄹ, after which 로 stands without 으
    ['0', '영', '0은 0이 0을 0으로'],
    ['1', '일', '1은 1이 1을 1로'],
    ['2', '이', '2는 2가 2를 2로'],
    ['3', '삼', '3은 3이 3을 3으로'],
    ['4', '사', '4는 4가 4를 4로'],
    ['5', '오', '5는 5가 5를 5로'],
    ['6', '육', '6은 6이 6을 6으로'],
    ['7', '칠', '7은 7이 7을 7로'],
    ['8', '팔', '8은 8이 8을 8로'],
    ['9', '구', '9는 9가 9를 9로'],
  ])('follows how %s is read, %s: %s', (digit, read, expected) => {
    expect(withParticles(digit)).toBe(expected);
    expect(withParticles(read)).toBe(expected.replaceAll(digit, read));
    // the last digit decides: 28 is read 이십팔
    expect(withParticles(`2${digit}`)).toBe(expected.replaceAll(digit, `2${digit}`));
  });

  it.each([
    // 엘, 엠, 엔, 알 end in consonants, those of 엘 and 알 in ㄹ; all other letters are read with a vowel at their end
    ['L', 'L은 L이 L을 L로'],
    ['M', 'M은 M이 M을 M으로'],
    ['N', 'N은 N이 N을 N으로'],
    ['R', 'R은 R이 R을 R로'],
    ...[...'ABCDEFGHIJKOPQSTUVWXYZ'].map((letter) => [letter, '?는 ?가 ?를 ?로'.replaceAll('?', letter)]),
    // syllables that end in ㄹ and in ㅂ
    ['밸브들', '밸브들은 밸브들이 밸브들을 밸브들로'],
    ['냉각탑', '냉각탑은 냉각탑이 냉각탑을 냉각탑으로'],
  ])('takes all forms after %s', (word, expected) => {
    expect(withParticles(word)).toBe(expected);
    expect(withParticles(word.toLowerCase())).toBe(expected.toLowerCase());
  });

  it('takes the form after a vowel where nothing is spoken', () => {
    expect(withParticle('–', '이/가')).toBe('–가');
  });
});
