import { setImmediate } from 'node:timers/promises';
import { LONGEST_NUMBER, writeNumber } from '#text';
import { ISO_TIME_LENGTH, IsoTimeBytes } from './iso-times.js';
import type { SeriesReply, TagSeries } from './series-reply.js';
import { QUALITIES } from '../samples/sample-columns.js';

const BEFORE_TIME = Buffer.from('{"ts":"');
const BEFORE_VALUE = Buffer.from('","value":');
const BEFORE_QUALITY = Buffer.from(',"quality":"');
const [END_OF_POINT, QUOTE, COMMA] = Buffer.from('}",');
/** Of a point with all it may have, and what stands before the next. */
const LONGEST_POINT =
  BEFORE_TIME.length +
  ISO_TIME_LENGTH +
  BEFORE_VALUE.length +
  LONGEST_NUMBER +
  BEFORE_QUALITY.length +
  Math.max(...QUALITIES.map((quality) => quality.length)) +
  '"},'.length;

/**
 * A series reply as JSON, made a tag at a time: writing 2 MB of it at once would keep everybody else waiting. Points are written
 * as bytes, since making objects or texts of them first takes longer than all the rest.
 */
export async function seriesJson({ series, ...head }: SeriesReply): Promise<Buffer> {
  const parts: Buffer[] = [Buffer.from(`${JSON.stringify(head).slice(0, -1)},"series":[`)];
  for (const [i, tag] of series.entries()) {
    const tagHead = JSON.stringify(tag.head).slice(0, -1);
    parts.push(Buffer.from(`${i === 0 ? '' : ','}${tagHead},"points":[`), pointsJson(tag), Buffer.from(']}'));
    await setImmediate();
  }
  return Buffer.concat([...parts, Buffer.from(']}')]);
}

function pointsJson({ times, values, qualityOf }: TagSeries): Buffer {
  const isoTime = new IsoTimeBytes();
  const bytes = Buffer.allocUnsafe(times.length * LONGEST_POINT);
  let end = 0;
  for (let i = 0; i < times.length; i++) {
    if (i > 0) bytes[end++] = COMMA;
    end = writeBytes(bytes, end, BEFORE_TIME);
    end = isoTime.write(bytes, end, times[i]);
    end = writeBytes(bytes, end, BEFORE_VALUE);
    end = writeNumber(bytes, end, values[i]);
    const quality = qualityOf(i);
    if (quality !== undefined) {
      end = writeBytes(bytes, end, BEFORE_QUALITY);
      end += bytes.write(quality, end, 'latin1');
      bytes[end++] = QUOTE;
    }
    bytes[end++] = END_OF_POINT;
  }
  return bytes.subarray(0, end);
}

function writeBytes(bytes: Buffer, at: number, text: Buffer): number {
  for (let i = 0; i < text.length; i++) bytes[at + i] = text[i];
  return at + text.length;
}
