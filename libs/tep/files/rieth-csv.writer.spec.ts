import { describe, expect, it } from '#jest';
import { openPlantStream } from './open-plant-file.js';
import { RIETH_HEADER, riethCsv } from './rieth-csv.writer.js';

const collect = async (chunks: AsyncIterable<string>) => {
  let text = '';
  for await (const chunk of chunks) text += chunk;
  return text;
};

describe('a written Rieth file', () => {
  it('has the columns of the published one', () => {
    const names = RIETH_HEADER.split(',');
    expect(names).toHaveLength(55);
    expect(names.slice(0, 5)).toEqual(['faultNumber', 'simulationRun', 'sample', 'xmeas_1', 'xmeas_2']);
    expect(names.slice(43, 46)).toEqual(['xmeas_41', 'xmv_1', 'xmv_2']);
    expect(names.at(-1)).toBe('xmv_11');
  });

  it('prints five significant digits and leaves missing values out', async () => {
    const values = new Float64Array(53).fill(1);
    values.set([0.250521376, 3664.0388849, 4509.2683902, NaN, -0.0027395]);
    values[52] = 50;
    const [, line] = (
      await collect(riethCsv([{ faultNumber: 6, simulationRun: 2, values, columns: 53 }]))
    ).split('\n');
    const fields = line.split(',');
    expect(fields.slice(0, 8)).toEqual(['6', '2', '1', '0.25052', '3664', '4509.3', '', '-0.0027395']);
    expect(fields).toHaveLength(55);
    expect(fields.at(-1)).toBe('1');
  });

  it('is read back as it was', async () => {
    const values = Float64Array.from({ length: 300 * 52 }, (_, i) => (i % 997) / 8);
    const text = await collect(
      riethCsv([
        { faultNumber: 0, simulationRun: 1, values, columns: 52 },
        { faultNumber: 21, simulationRun: 1, values: values.subarray(0, 104), columns: 52 },
      ]),
    );
    async function* bytes() {
      yield await Promise.resolve(new TextEncoder().encode(text));
    }
    const read: [string, number, number[]][] = [];
    for await (const batch of (await openPlantStream(bytes(), 'tep_train.csv')).batches)
      if (batch.kind === 'samples')
        read.push(
          ...batch.samples.map((s): [string, number, number[]] => [batch.run.key, s.index, [...s.values]]),
        );
    expect(read).toHaveLength(302);
    expect(read[299]).toEqual(['fault00-run001', 299, [...values.subarray(299 * 52)]]);
    expect(read[301]).toEqual(['fault21-run001', 1, [...values.subarray(52, 104)]]);
  });

  it('refuses rows that are not whole', async () => {
    const run = { faultNumber: 0, simulationRun: 1, values: new Float64Array(60), columns: 52 };
    await expect(collect(riethCsv([run]))).rejects.toThrow(RangeError);
  });
});
