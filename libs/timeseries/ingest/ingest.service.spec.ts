import { beforeEach, describe, expect, it } from '#jest';
import type { SensorTag } from '#equipment';
import { AppError, type ProcessClock } from '#platform';
import { columnsOfPoints, type SampleColumn, type SamplePoint } from '../samples/sample-columns.js';
import type { TagDirectory } from '../samples/tag-directory.service.js';
import { CHUNK_SAMPLES, IngestService, MAX_BATCH_SAMPLES, MAX_LINE_LENGTH } from './ingest.service.js';
import type { SampleWriter } from './sample-writer.service.js';

const NOW = Date.UTC(2026, 2, 1, 12);
const T = '2026-03-01T11:00:00Z';
const sizeOf = (columns: readonly SampleColumn[]): number =>
  columns.reduce((sum, { ts }) => sum + ts.length, 0);
const iso = (ts: number): string => new Date(ts).toISOString();
const aSample = { tag: 'XMEAS_01', ts: T, value: 1 };
const aRecord = { ts: T, values: { XMEAS_01: 1, XMEAS_02: 2 } };

describe('samples that are sent', () => {
  /** Stored samples by tag and time, and how many each write brought. */
  let stored: Map<string, number>;
  let writes: number[];
  let fail: Error | undefined;
  let refuses: (ts: number) => boolean;
  let service: IngestService;

  const writeColumns = (columns: readonly SampleColumn[], sent = sizeOf(columns)) => {
    if (fail) return Promise.reject(fail);
    if (columns.some(({ ts }) => ts.some(refuses)))
      return Promise.reject(AppError.unprocessable('SAMPLE_TOO_OLD', 'swept'));
    writes.push(sent);
    let overwritten = 0;
    for (const { tagId, ts, values } of columns)
      for (const [i, value] of values.entries()) {
        if (stored.has(`${tagId} ${ts[i]}`)) overwritten++;
        stored.set(`${tagId} ${ts[i]}`, value);
      }
    return Promise.resolve({ written: sizeOf(columns), overwritten });
  };
  const write = (points: readonly SamplePoint[]) => writeColumns(columnsOfPoints(points), points.length);

  beforeEach(() => {
    [stored, writes, fail, refuses] = [new Map(), [], undefined, () => false];
    const tags = new Map(['XMEAS_01', 'XMEAS_02'].map((code, i) => [code, { id: i + 1, code } as SensorTag]));
    service = new IngestService(
      { write, writeColumns } as unknown as SampleWriter,
      { all: () => Promise.resolve(tags) } as unknown as TagDirectory,
      { now: () => NOW, timeZone: 'Asia/Seoul' } as ProcessClock,
      { rawRetentionDays: 30 },
    );
  });

  describe('as a batch', () => {
    it('are samples, records or both, and what replaces another is counted', async () => {
      const reply = await service.batch({ samples: [aSample], records: [aRecord] });
      // the record has the sample's tag and time, too
      expect(reply).toEqual({ accepted: 3, overwritten: 1, chunks: 1 });
      expect(await service.batch({ samples: [{ ...aSample, value: 7 }] })).toMatchObject({ overwritten: 1 });
      expect(await service.batch({ records: [aRecord] })).toMatchObject({ accepted: 2, overwritten: 2 });
      expect(stored.size).toBe(2);
    });

    it.each([
      ['body', 'text'],
      ['body', null],
      ['body', [aSample]],
      ['samples', {}],
      ['samples', { samples: [] }],
      ['samples', { samples: aSample }],
      ['records', { records: aRecord, samples: [aSample] }],
      ['sample', { sample: [aSample], samples: [aSample] }],
    ])('are refused for the %s of %j', async (field, body) => {
      await expect(service.batch(body)).rejects.toMatchObject({
        kind: 'invalid',
        code: 'VALIDATION_FAILED',
        fields: [{ field, message: expect.stringMatching(/\w/) }],
      });
      expect(writes).toEqual([]);
    });

    it.each([
      ['samples[1].tag', 'unprocessable', 'TAG_NOT_FOUND', { samples: [aSample, { ...aSample, tag: 'X' }] }],
      ['samples[0]', 'invalid', 'VALIDATION_FAILED', { samples: [7] }],
      ['records[0].ts', 'unprocessable', 'SAMPLE_INVALID', { records: [{ ...aRecord, ts: 'noon' }] }],
      ['records[0]."x"', 'invalid', 'VALIDATION_FAILED', { records: [{ ...aRecord, x: 1 }] }],
    ])('are refused with the place %s', async (field, kind, code, body) => {
      await expect(service.batch(body)).rejects.toMatchObject({
        kind,
        code,
        fields: [{ field, message: expect.stringMatching(/\w/) }],
        message: expect.stringContaining(`${field}: `),
      });
      expect(writes).toEqual([]);
    });

    it('come from the time that is kept to five minutes ahead of the plant, by its days', async () => {
      const at = (ts: number) => service.batch({ samples: [{ ...aSample, ts: iso(ts) }] });
      const [earliest, latest] = [NOW - 30 * 86_400_000, NOW + 300_000];
      await at(earliest);
      await at(latest);
      await expect(at(earliest - 1)).rejects.toMatchObject({ code: 'SAMPLE_TOO_OLD' });
      await expect(at(latest + 1)).rejects.toMatchObject({ code: 'SAMPLE_IN_FUTURE' });
      stored.clear();
      await service.batch({ samples: [{ ...aSample, ts: '2026-03-01' }] });
      expect([...stored.keys()]).toEqual([`1 ${Date.UTC(2026, 1, 28, 15)}`]);
    });

    it('are 20,000 at the most', async () => {
      const samples = Array.from({ length: MAX_BATCH_SAMPLES }, () => aSample);
      expect(await service.batch({ samples })).toMatchObject({ accepted: 20_000, overwritten: 19_999 });
      const tooLarge = { kind: 'too_large', code: 'BATCH_TOO_LARGE' };
      await expect(service.batch({ samples, records: [aRecord] })).rejects.toMatchObject(tooLarge);
      const records = Array.from({ length: MAX_BATCH_SAMPLES / 2 }, () => aRecord);
      await expect(service.batch({ records, samples: [aSample] })).rejects.toMatchObject(tooLarge);
      expect(writes).toEqual([20_000]);
    });
  });

  describe('as a stream', () => {
    const bytesOf = (...texts: (string | Uint8Array)[]): AsyncIterable<Uint8Array> =>
      (async function* () {
        for (const text of texts) {
          await Promise.resolve();
          yield typeof text === 'string' ? Buffer.from(text) : text;
        }
      })();
    const csv = (...lines: (string | Uint8Array)[]) =>
      service.stream(bytesOf('tag,time,value\n', ...lines), 'csv');
    /** A line for each second from a number on. */
    const lines = (from: number, count: number): string =>
      Array.from({ length: count }, (_, i) => `XMEAS_01,${iso(NOW - 1e8 + (from + i) * 1_000)},1\n`).join('');

    it('are written in chunks, what has come of a fast stream at once', async () => {
      expect(await csv(lines(0, 2 * CHUNK_SAMPLES + 1))).toEqual({
        accepted: 2 * CHUNK_SAMPLES + 1,
        overwritten: 0,
        chunks: 3,
      });
      expect(writes).toEqual([2 * CHUNK_SAMPLES + 1]);
      writes = [];
      // never more than four chunks, a chunk as soon as the sender pauses, and no part of one
      expect(
        await csv(lines(0, 6 * CHUNK_SAMPLES), lines(0, CHUNK_SAMPLES + 7), new Uint8Array(), lines(0, 5)),
      ).toEqual({
        accepted: 7 * CHUNK_SAMPLES + 12,
        overwritten: 2 * CHUNK_SAMPLES + 1 + (CHUNK_SAMPLES + 7) + 5,
        chunks: 8,
      });
      expect(writes).toEqual([4 * CHUNK_SAMPLES, 3 * CHUNK_SAMPLES, 12]);
      expect(await csv(lines(0, CHUNK_SAMPLES), lines(0, 10))).toEqual({
        accepted: CHUNK_SAMPLES + 10,
        overwritten: CHUNK_SAMPLES + 10,
        chunks: 2,
      });
      const line = JSON.stringify(aRecord);
      expect(await service.stream(bytesOf(line, '\n\n', line), 'ndjson')).toMatchObject({ accepted: 4 });
    });

    it.each([
      ['line 3, value', 'SAMPLE_INVALID', `XMEAS_01,${T},one`],
      ['line 3', 'VALIDATION_FAILED', `XMEAS_01,${T}`],
      ['line 3', 'VALIDATION_FAILED', 'X'.repeat(MAX_LINE_LENGTH + 1)],
    ])('are refused at %s with %s', async (field, code, line) => {
      const good = `XMEAS_01,${T},1\n`;
      const refused = csv(good, `${line}\n`, good);
      await expect(refused).rejects.toMatchObject({
        code,
        kind: code === 'SAMPLE_INVALID' ? 'unprocessable' : 'invalid',
        message: expect.stringMatching(new RegExp(`^${field}: \\w`)),
        fields: [{ field, message: expect.stringMatching(/\w/) }],
        details: { line: 3, accepted: 0, overwritten: 0, chunks: 0, kept_through_line: 0 },
      });
      expect(writes).toEqual([]);
    });

    it('say how many fields a line has and should have', async () => {
      await expect(csv(`XMEAS_01,${T},1,2\n`)).rejects.toThrow('line 2: has 4 fields where the header has 3');
    });

    it('say what was kept when a line is not text, or a write fails', async () => {
      const kept = {
        accepted: CHUNK_SAMPLES,
        overwritten: 0,
        chunks: 1,
        kept_through_line: CHUNK_SAMPLES + 1,
      };
      const broken = csv(lines(0, CHUNK_SAMPLES + 3), Uint8Array.of(0xff, 0xfe, 10));
      const line = CHUNK_SAMPLES + 5;
      await expect(broken).rejects.toMatchObject({
        kind: 'invalid',
        fields: [{ field: `line ${line}` }],
        details: { line, ...kept },
      });
      fail = new AppError({
        kind: 'unavailable',
        code: 'STORAGE_FULL',
        message: 'full',
        details: { free: 0 },
        retryAfterSeconds: 9,
      });
      await expect(csv(lines(0, 1))).rejects.toMatchObject({
        kind: 'unavailable',
        code: 'STORAGE_FULL',
        message: 'full',
        retryAfterSeconds: 9,
        details: { free: 0, accepted: 0, kept_through_line: 0 },
      });
      fail = new TypeError('a mistake of ours');
      await expect(csv(lines(0, 1))).rejects.toBe(fail);
    });

    it('are kept up to the chunk that is refused', async () => {
      refuses = (ts) => ts === NOW - 1e8 + (2 * CHUNK_SAMPLES + 3) * 1_000;
      await expect(csv(lines(0, 4 * CHUNK_SAMPLES))).rejects.toMatchObject({
        code: 'SAMPLE_TOO_OLD',
        details: { accepted: 2 * CHUNK_SAMPLES, chunks: 2, kept_through_line: 2 * CHUNK_SAMPLES + 1 },
      });
      expect(writes).toEqual([CHUNK_SAMPLES, CHUNK_SAMPLES]);
    });

    it('are refused when there are none', async () => {
      await expect(csv()).rejects.toMatchObject({
        code: 'VALIDATION_FAILED',
        fields: [{ field: 'body' }],
        details: { accepted: 0 },
      });
    });
  });
});
