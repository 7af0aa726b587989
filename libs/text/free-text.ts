/** What a free text may hold besides letters, digits, signs and blanks. */
export interface FreeTextRule {
  /** Whether it may have several lines, as notes and comments. @default false */
  lineBreaks?: boolean;
}

/** CR, CR LF, NEL, and Unicode's separators of lines and paragraphs. */
const OTHER_LINE_BREAK = /\r\n?|[\u0085\u2028\u2029]/g;
/** Control characters, and halves of surrogate pairs that stand alone. */
const FORBIDDEN = /[\p{Cc}\p{Cs}]/gu;

/**
 * A text in the one form in which it is counted, compared and stored: composed (NFC; macOS hands out decomposed Hangul),
 * without white space at its ends, every line break a line feed. It never refuses.
 */
export function normalisedText(text: string): string {
  return text.normalize('NFC').replace(OTHER_LINE_BREAK, '\n').trim();
}

/**
 * What is wrong with a normalised text, as the end of a sentence that begins with the name of the field: databases and PDFs
 * disagree about control characters, and half a surrogate pair is no character.
 * @returns e.g. 'must not hold the control character U+0000'; undefined when nothing is wrong
 */
export function freeTextFault(text: string, { lineBreaks = false }: FreeTextRule = {}): string | undefined {
  const found = text.match(FORBIDDEN)?.find((character) => !(lineBreaks && character === '\n'));
  if (found === undefined) return undefined;
  if (found === '\n') return 'must not hold line breaks';
  const code = found.charCodeAt(0);
  const name = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
  const what = code < 0x100 ? 'the control character' : 'half a surrogate pair,';
  return `must not hold ${what} ${name}`;
}

/** A text nobody can be asked about, e.g. one that is stored: normalised, and a blank for whatever would be refused. */
export function mendedText(text: string, { lineBreaks = false }: FreeTextRule = {}): string {
  return normalisedText(
    normalisedText(text).replace(FORBIDDEN, (character) => (lineBreaks && character === '\n' ? '\n' : ' ')),
  );
}

/** How many characters (code points) a text has, as databases count them; JavaScript counts UTF-16 units. */
export function textLength(text: string): number {
  return [...text].length;
}

/** The first `length` characters of a text, none of them cut in half and no blanks at the end. */
export function textStart(text: string, length: number): string {
  return [...text].slice(0, length).join('').trimEnd();
}
