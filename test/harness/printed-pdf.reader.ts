import { inflateSync } from 'node:zlib';

/** What tests need to know of a PDF as Chromium writes it (one object after the other, streams deflated). */
export interface PrintedPdfFacts {
  /** Text in painting order, as a reader that copies it gets it: through the fonts' Unicode maps. */
  text: string;
  /** Base names of the fonts text is set in. */
  fonts: string[];
  /** Fonts whose program is not in the file. */
  missingFonts: string[];
}

export function readPrintedPdf(pdf: Uint8Array): PrintedPdfFacts {
  const file = Buffer.from(pdf.buffer, pdf.byteOffset, pdf.byteLength).toString('latin1');
  const objects = new Map<number, string>();
  for (const match of file.matchAll(/(?:^|\n)(\d+) 0 obj\n([^]*?)\nendobj/g))
    objects.set(Number(match[1]), match[2]);
  const fonts = new Map<number, { name: string; unicode: Map<string, string> }>();
  for (const [id, body] of objects) {
    if (!body.includes('/Subtype /Type0')) continue;
    const name = /\/BaseFont \/([^\s/]+)/.exec(body)?.[1] ?? '';
    fonts.set(id, { name, unicode: unicodeMap(stream(reference(objects, body, 'ToUnicode'))) });
  }
  const pages = [...objects.values()].filter((body) => /\/Type \/Page\b/.test(body));
  const text = pages
    .map((page) => paintedText(stream(reference(objects, page, 'Contents')), fonts))
    .join('\n');
  const descriptors = [...objects.values()].filter((body) => body.includes('/Type /FontDescriptor'));
  return {
    text,
    fonts: [...new Set([...fonts.values()].map((font) => font.name.replace(/^[A-Z]+\+/, '')))],
    missingFonts: descriptors.filter((body) => !/\/FontFile\d? \d+ 0 R/.test(body)),
  };
}

function reference(objects: ReadonlyMap<number, string>, body: string, key: string): string {
  const id = Number(new RegExp(`/${key} (\\d+) 0 R`).exec(body)?.[1]);
  return objects.get(id) ?? '';
}

function stream(body: string): string {
  const start = /stream\r?\n/.exec(body);
  if (!start) return '';
  const from = start.index + start[0].length;
  const length = Number(/\/Length (\d+)/.exec(body)?.[1]);
  return inflateSync(Buffer.from(body.slice(from, from + length), 'latin1')).toString('latin1');
}

/** Glyph code (four hexadecimal digits) to text, from the ranges and single entries of a CMap. */
function unicodeMap(cmap: string): Map<string, string> {
  const map = new Map<string, string>();
  for (const block of cmap.matchAll(/beginbfchar([^]*?)endbfchar/g)) {
    for (const [, glyph, text] of block[1].matchAll(/<(\w+)> <(\w+)>/g)) map.set(glyph, fromUtf16(text));
  }
  for (const block of cmap.matchAll(/beginbfrange([^]*?)endbfrange/g)) {
    for (const [, first, last, text] of block[1].matchAll(/<(\w+)> <(\w+)> <(\w+)>/g)) {
      for (let glyph = parseInt(first, 16); glyph <= parseInt(last, 16); glyph++) {
        const code = parseInt(text, 16) + glyph - parseInt(first, 16);
        map.set(glyph.toString(16).toUpperCase().padStart(4, '0'), String.fromCodePoint(code));
      }
    }
  }
  return map;
}

function fromUtf16(hex: string): string {
  return Buffer.from(hex, 'hex').swap16().toString('utf16le');
}

function paintedText(content: string, fonts: ReadonlyMap<number, { unicode: Map<string, string> }>): string {
  let text = '';
  let unicode = new Map<string, string>();
  for (const [, font, glyphs] of content.matchAll(/\/F(\d+) [\d.]+ Tf|<([0-9A-F]+)> Tj/g)) {
    if (font) unicode = fonts.get(Number(font))?.unicode ?? new Map<string, string>();
    else for (const glyph of glyphs.match(/.{4}/g) ?? []) text += unicode.get(glyph) ?? '\uFFFD';
  }
  return text;
}
