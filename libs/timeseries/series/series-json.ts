import { setImmediate } from 'node:timers/promises';
import type { SeriesDto } from './dto/series.dto.js';

/** A series reply as JSON, a tag at a time: writing 2 MB of it at once would keep everybody else waiting. */
export async function seriesJson({ series, ...head }: SeriesDto): Promise<string> {
  const texts: string[] = [];
  for (const tag of series) {
    texts.push(JSON.stringify(tag));
    await setImmediate();
  }
  return `${JSON.stringify(head).slice(0, -1)},"series":[${texts.join(',')}]}`;
}
