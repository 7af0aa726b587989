import { setImmediate } from 'node:timers/promises';
import { isoTimes } from './iso-times.js';
import type { SeriesReply, TagSeries } from './series-reply.js';

/**
 * A series reply as JSON, a tag at a time: writing 2 MB of it at once would keep everybody else waiting. Points are put
 * together as text, since making objects of them first takes longer than all the rest.
 */
export async function* seriesJson({ series, ...head }: SeriesReply): AsyncGenerator<string> {
  yield `${JSON.stringify(head).slice(0, -1)},"series":[`;
  for (const [i, tag] of series.entries()) {
    yield `${i === 0 ? '' : ','}${JSON.stringify(tag.head).slice(0, -1)},"points":[${pointsJson(tag)}]}`;
    await setImmediate();
  }
  yield ']}';
}

function pointsJson({ times, values, qualityOf }: TagSeries): string {
  const isoTime = isoTimes();
  let text = '';
  for (let i = 0; i < times.length; i++) {
    const quality = qualityOf(i);
    const tail = quality === undefined ? '}' : `,"quality":"${quality}"}`;
    text += `${i === 0 ? '' : ','}{"ts":"${isoTime(times[i])}","value":${values[i]}${tail}`;
  }
  return text;
}
