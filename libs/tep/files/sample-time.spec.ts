import { describe, expect, it } from '#jest';
import { FieldParser } from './field-parser.js';
import { sampleTime } from './sample-time.js';

const at = (...parts: [number, number, number, number?, number?, number?, number?]): number =>
  Date.UTC(...parts);

describe('the time of a field', () => {
  it.each<[string, number]>([
    ['2024-03-01', at(2024, 2, 1)],
    [' 2024-03-01T10:20 ', at(2024, 2, 1, 10, 20)],
    ['2024-03-01 10:20:30', at(2024, 2, 1, 10, 20, 30)],
    ['2024-03-01t10:20:30.5z', at(2024, 2, 1, 10, 20, 30, 500)],
    ['2024-03-01 10:20:30,123999', at(2024, 2, 1, 10, 20, 30, 123)],
    ['2024-03-01T10:20:30 +05:30', at(2024, 2, 1, 4, 50, 30)],
    ['2024-03-01T10:20:30-0130', at(2024, 2, 1, 11, 50, 30)],
    ['2024-03-01T10:20-08', at(2024, 2, 1, 18, 20)],
    ['20240301T102030.25+09', at(2024, 2, 1, 1, 20, 30, 250)],
    ['202403011020', at(2024, 2, 1, 10, 20)],
    ['20240301 102030Z', at(2024, 2, 1, 10, 20, 30)],
    // The ends of what can be a time of a plant sample, in seconds and milliseconds since 1970.
    ['1970-01-01', 0],
    ['2099-12-31T23:59:59', at(2099, 11, 31, 23, 59, 59)],
    ['100000000', 1e11],
    ['1709251200.5', 1_709_251_200_500],
    ['100000000000', 1e11],
    ['4102444799999', at(2100, 0, 1) - 1],
  ])('%s is read', (field, expected) => {
    expect(sampleTime(field)).toBe(expected);
  });

  it.each([
    ...[
      '',
      'soon',
      '99999999',
      '-1709251200',
      '1e9',
      '2024-3-1',
      '2024-03-01T',
      '2024-03-01T10',
      '2024-03-01T1:20',
    ],
    ...[
      '2024-02-30',
      '2024-00-10',
      '2024-01-00',
      '2024-03-01T24:00',
      '2024-03-01T10:60',
      '2024-03-01T10:20:60',
    ],
    ...['x2024-03-01', '2024-03-01x', '2024-03-01T10:20+5', '20240230', '202402301020'],
  ])('%j is none', (field) => {
    expect(sampleTime(field)).toBe(`no time: ${JSON.stringify(field)}`);
  });

  it.each(['1969-12-31', '2100-01-01', '99999999999', '4102444800000'])(
    '%s is none of a plant sample',
    (field) => {
      expect(sampleTime(field)).toBe(`no time of a plant sample: "${field}"`);
    },
  );

  it('may be a date with its hour or a number of seconds: then it is neither', () => {
    expect(sampleTime('2026112009')).toContain('may be a date with its hour or seconds since 1970');
    // The 99th day of a month it is not.
    expect(sampleTime('2026119909')).toBe(2_026_119_909_000);
  });

  it('without an offset is read by the clocks of a place, with one it is not', () => {
    const hourAhead = (localMs: number): number => localMs - 3_600_000;
    expect(sampleTime('2024-03-01 10:20', hourAhead)).toBe(at(2024, 2, 1, 9, 20));
    expect(sampleTime('20240301T1020', hourAhead)).toBe(at(2024, 2, 1, 9, 20));
    expect(sampleTime('2024-03-01 10:20Z', hourAhead)).toBe(at(2024, 2, 1, 10, 20));
    expect(sampleTime('1709251200', hourAhead)).toBe(1_709_251_200_000);
    expect(sampleTime('2024-03-01 10:20', () => 'no such hour')).toBe('"2024-03-01 10:20": no such hour');
  });
});

describe('the number of a field', () => {
  const numbersOf = (parser: FieldParser, fields: readonly string[]): (number | undefined)[] =>
    fields.map((field) => parser.number(field));

  it('is a decimal, with a point or Fortran exponent, and nothing else', () => {
    const parser = new FieldParser();
    expect(
      numbersOf(parser, ['1', ' -2.5 ', '+.5', '3.', '1e-3', '1.5D+02', '-.5d1', '0', '-0', '0.0']),
    ).toEqual([...[1, -2.5, 0.5, 3, 1e-3, 150, -5, 0, 0, 0]]);
    const none = [
      'x',
      '1,5',
      '0x1f',
      '0b1',
      '0o7',
      ' 0X0',
      'Infinity',
      '1e999',
      '1d999',
      '1 2',
      'a1d2',
      '1d2b',
      '--1',
    ];
    expect(numbersOf(parser, none)).toEqual(none.map(() => undefined));
    const missing = ['', '  ', 'NaN', ' na ', 'N/A', 'NULL', 'None'];
    expect(numbersOf(parser, missing)).toEqual(missing.map(() => NaN));
  });

  it('may have a decimal comma, and then no point', () => {
    const parser = new FieldParser({ decimal: ',' });
    expect(numbersOf(parser, ['1,5', '2', '1.5', '1,5,5', '-,5', 'nan'])).toEqual([
      ...[1.5, 2, undefined, undefined, -0.5, NaN],
    ]);
  });

  it('is missing as the dialect says, in any spelling of a number', () => {
    const parser = new FieldParser({ missing: [' -999 ', 'Bad', '1e3'] });
    expect(numbersOf(parser, ['-999', '-999.00', '-9.99e2', ' BAD', '1000', '999', 'worse', 'nan'])).toEqual([
      ...[NaN, NaN, NaN, NaN, NaN, 999, undefined, NaN],
    ]);
  });
});

describe('the time of a field parser', () => {
  it('is that of the field, also when it comes again', () => {
    const parser = new FieldParser();
    for (const [field, expected] of [
      ['2024-03-01', at(2024, 2, 1)],
      ['2024-03-01', at(2024, 2, 1)],
      ['2024-03-02', at(2024, 2, 2)],
      ['', 'no time: ""'],
    ] as const)
      expect(parser.time(field)).toBe(expected);
  });

  it('is by the clocks of the zone, and refuses one there is not', () => {
    const parser = new FieldParser({ timeZone: 'Asia/Seoul' });
    expect(parser.time('2024-03-01 09:00')).toBe(at(2024, 2, 1));
    parser.finish();
    expect(() => new FieldParser({ timeZone: 'Asia/Nowhere' })).toThrow(RangeError);
  });
});
