import iconv from 'iconv-lite';

/** Bytes that are no text in the encoding they are read in. */
export class NotTextError extends Error {
  override readonly name = 'NotTextError';

  /** @param line of the bytes at fault, counted from 1 */
  constructor(
    readonly encoding: string,
    readonly line: number,
    options?: ErrorOptions,
  ) {
    super(`line ${line} is not text in ${encoding}`, options);
  }
}

/** Turns bytes into text, a chunk at a time. */
export interface TextDecoding {
  /** @throws NotTextError; its `line` is that within the chunk, the first being 1 */
  write(chunk: Uint8Array): string;
  /** What was held back of the last chunk. @throws NotTextError as `write` */
  end(): string;
}

const UTF_8 = 'UTF-8';
const REPLACEMENT = '\uFFFD';
const LINE_FEED = 0x0a;

/** Whether there is an encoding of this name. */
export function isEncoding(name: string): boolean {
  return iconv.encodingExists(name);
}

/**
 * A decoder that replaces nothing in silence and drops a byte order mark.
 * @throws RangeError when there is no such encoding
 */
export function textDecoding(encoding: string = UTF_8): TextDecoding {
  if (/^utf-?8$/i.test(encoding)) return new Utf8Decoding();
  if (!isEncoding(encoding)) throw new RangeError(`there is no encoding ${JSON.stringify(encoding)}`);
  return new OtherDecoding(encoding);
}

class Utf8Decoding implements TextDecoding {
  private readonly decoder = new TextDecoder('utf-8', { fatal: true });

  write(chunk: Uint8Array): string {
    try {
      return this.decoder.decode(chunk, { stream: true });
    } catch {
      throw new NotTextError(UTF_8, lineAtFault(chunk));
    }
  }

  end(): string {
    try {
      return this.decoder.decode();
    } catch {
      throw new NotTextError(UTF_8, 1);
    }
  }
}

/** Line feeds are never part of a longer character, so that each line can be tried for itself. */
function lineAtFault(chunk: Uint8Array): number {
  let start = 0;
  // The first bytes may belong to a character that began in the chunk before.
  while (start < 3 && (chunk[start] & 0xc0) === 0x80) start++;
  for (let line = 1; start < chunk.length; line++) {
    const feed = chunk.indexOf(LINE_FEED, start);
    const end = feed < 0 ? chunk.length : feed;
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(chunk.subarray(start, end), { stream: feed < 0 });
    } catch {
      return line;
    }
    start = end + 1;
  }
  return 1;
}

class OtherDecoding implements TextDecoding {
  private readonly decoder;

  constructor(private readonly encoding: string) {
    this.decoder = iconv.getDecoder(encoding);
  }

  write(chunk: Uint8Array): string {
    return this.checked(this.decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length)));
  }

  end(): string {
    return this.checked(this.decoder.end() ?? '');
  }

  /** The library puts U+FFFD where it finds no character. */
  private checked(text: string): string {
    const at = text.indexOf(REPLACEMENT);
    if (at < 0) return text;
    throw new NotTextError(this.encoding, text.slice(0, at).split('\n').length);
  }
}
