import { describe, expect, it } from '#jest';
import { freeTextFault, mendedText, normalisedText, textLength, textStart } from './free-text.js';

const HANGUL = '반응기';

describe('a free text', () => {
  it('is composed, without white space at its ends, and has one kind of line break', () => {
    expect(HANGUL.normalize('NFD')).toHaveLength(8); // ㅂㅏㄴ ㅇㅡㅇ ㄱㅣ
    expect(normalisedText(`\u00a0${HANGUL.normalize('NFD')} \t`)).toBe(HANGUL);
    expect(normalisedText('a\r\nb\rc\u2028d\n')).toBe('a\nb\nc\nd');
  });

  it.each([
    ['letters of any script, blanks and signs', '로트 A-1 (50/50) · é 😀', undefined],
    ['U+0000', 'a\0b', 'must not hold the control character U+0000'],
    ['a tab', 'a\tb', 'must not hold the control character U+0009'],
    ['an escape', 'a\u001b[31m', 'must not hold the control character U+001B'],
    ['a C1 control character', 'a\u009bb', 'must not hold the control character U+009B'],
    ['a high surrogate alone', 'a\ud800b', 'must not hold half a surrogate pair, U+D800'],
    ['a low surrogate alone', 'a\udfffb', 'must not hold half a surrogate pair, U+DFFF'],
    ['a line break', 'a\nb', 'must not hold line breaks'],
  ])('with %s', (_what, text, fault) => {
    expect(freeTextFault(text)).toBe(fault);
  });

  it('may have several lines where that is said, and nothing else for it', () => {
    expect(freeTextFault('a\nb', { lineBreaks: true })).toBeUndefined();
    expect(freeTextFault('a\nb\0', { lineBreaks: true })).toBe('must not hold the control character U+0000');
  });

  it('that nobody can be asked about is mended: blanks for what would be refused', () => {
    const stored = ` ${HANGUL.normalize('NFD')}\0lost\nline\ud800 `;
    expect(mendedText(stored)).toBe(`${HANGUL} lost line`);
    expect(mendedText(stored, { lineBreaks: true })).toBe(`${HANGUL} lost\nline`);
    expect(mendedText('\0')).toBe('');
  });

  it('is counted and cut in characters, as databases count', () => {
    expect([textLength('😀'), '😀'.length]).toEqual([1, 2]);
    expect(textStart('ab 😀', 3)).toBe('ab');
    expect(textStart('a😀b', 2)).toBe('a😀');
  });
});
