import { NotTextError, textDecoding } from './text-decoding.js';

/** A line without its end, counted from 1; text is null when it is longer than allowed. */
export interface TextLine {
  readonly line: number;
  readonly text: string | null;
}

/**
 * Splits bytes into lines (LF or CRLF), a group per chunk received, which may have none. Holds at most one line of the allowed length; a
 * byte order mark is dropped.
 * @throws NotTextError with the line, RangeError when there is no such encoding
 */
export async function* readLines(
  source: AsyncIterable<Uint8Array>,
  maxLineLength: number,
  encoding?: string,
): AsyncGenerator<TextLine[]> {
  const decoding = textDecoding(encoding);
  const splitter = new LineSplitter(maxLineLength);
  for await (const chunk of source) yield splitter.push(placed(splitter, () => decoding.write(chunk)));
  const lines = splitter.push(placed(splitter, () => decoding.end()));
  const last = splitter.end();
  if (last !== null) lines.push(last);
  if (lines.length > 0) yield lines;
}

function placed(splitter: LineSplitter, decode: () => string): string {
  try {
    return decode();
  } catch (error) {
    if (!(error instanceof NotTextError)) throw error;
    throw new NotTextError(error.encoding, splitter.finished + error.line, { cause: error });
  }
}

class LineSplitter {
  /** Lines that have come to their end. */
  finished = 0;
  private pending = '';
  private tooLong = false;

  constructor(private readonly maxLineLength: number) {}

  push(text: string): TextLine[] {
    const lines: TextLine[] = [];
    let start = 0;
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
      this.extend(text.slice(start, end));
      lines.push(this.finish());
      start = end + 1;
    }
    this.extend(text.slice(start));
    return lines;
  }

  end(): TextLine | null {
    return this.pending === '' && !this.tooLong ? null : this.finish();
  }

  private extend(piece: string): void {
    if (this.tooLong) return;
    this.tooLong = this.pending.length + piece.length > this.maxLineLength;
    this.pending = this.tooLong ? '' : this.pending + piece;
  }

  private finish(): TextLine {
    const text = this.tooLong ? null : this.pending.replace(/\r$/, '');
    this.pending = '';
    this.tooLong = false;
    return { line: ++this.finished, text };
  }
}
