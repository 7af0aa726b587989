import { describe, expect, it } from '#jest';
import { BRAATZ_RUNS } from './braatz-seeds.js';
import { CONTROL_SCHEMES } from '../control/control-scheme.js';
import { DISTURBANCES } from './disturbances.js';
import { EQUIPMENT } from './equipment.js';
import { KPI_TERMS_KO } from './kpi-terms.js';
import { KPI_DEFINITIONS } from './kpis.js';
import { OPERATING_RANGES } from './operating-ranges.js';
import { STREAMS } from './streams.js';
import { tagCodeOf } from './tag-alias.js';
import { TAGS, type TagDefinition } from './tags.js';
import { XMEAS_NOISE } from '../plant/measurements.js';

const KOREAN = /[가-힣]/;

function expectText(english: string, korean: string): void {
  expect(english).toMatch(/^[A-Z].*\S$/);
  expect(english).not.toMatch(KOREAN);
  expect(korean).toMatch(KOREAN);
}

function expectSentences(english: string, korean: string): void {
  expectText(english, korean);
  expect(english).toMatch(/\.$/);
  expect(korean).toMatch(/\.$/);
}

const unique = (values: readonly unknown[]): boolean => new Set(values).size === values.length;
const named = (name: RegExp): TagDefinition[] => TAGS.filter((tag) => name.test(tag.name));

describe('the words of the catalogues', () => {
  it('are there for every tag, and tell tags apart', () => {
    for (const { name, nameKo } of TAGS) expectText(name, nameKo);
    expect(unique(TAGS.map(({ name }) => name))).toBe(true);
    expect(unique(TAGS.map(({ nameKo }) => nameKo))).toBe(true);
  });

  it('are there for every unit, stream, disturbance and indicator', () => {
    for (const { name, nameKo, description, descriptionKo } of EQUIPMENT) {
      expectText(name, nameKo);
      expectSentences(description, descriptionKo);
    }
    for (const { name, nameKo } of STREAMS) expectText(name, nameKo);
    for (const { title, titleKo, cause, causeKo, lookAt, lookAtKo } of DISTURBANCES) {
      expectText(title, titleKo);
      expectSentences(cause, causeKo);
      expectSentences(lookAt, lookAtKo);
    }
    for (const { title, titleKo, definition, definitionKo } of KPI_DEFINITIONS) {
      expectText(title, titleKo);
      expectSentences(definition, definitionKo);
    }
    for (const korean of Object.values(KPI_TERMS_KO)) expect(korean).toMatch(KOREAN);
    for (const catalogue of [EQUIPMENT, STREAMS])
      expect(unique(catalogue.map(({ name }) => name))).toBe(true);
    for (const catalogue of [DISTURBANCES, KPI_DEFINITIONS])
      expect(unique(catalogue.map(({ title }) => title))).toBe(true);
  });
});

describe('the tags', () => {
  it.each([
    ['Reactor feed', '반응기 유입 조성', 'ABCDEF', 'REACTOR'],
    ['Purge gas', '퍼지 가스 조성', 'ABCDEFGH', 'PURGE'],
    ['Product', '제품 조성', 'DEFGH', 'PRODUCT'],
  ])('of the analyser of %s are its components in order', (name, nameKo, components, unit) => {
    const tags = TAGS.filter((tag) => tag.role === 'analyser' && tag.name.startsWith(`${name}, `));
    expect(tags.map((tag) => [tag.name, tag.nameKo, tag.unit, tag.equipmentCode])).toEqual(
      [...components].map((letter) => [`${name}, ${letter}`, `${nameKo} ${letter}`, 'mol%', unit]),
    );
  });

  it('stand at the unit they are named after, or at an end of their stream', () => {
    const units = ['Reactor', 'Condenser', 'Separator', 'Compressor', 'Stripper', 'Purge', 'Product'];
    for (const unit of units) {
      const tags = named(new RegExp(`^${unit}\\b(?!.*stream)`));
      expect(tags.map((tag) => tag.equipmentCode)).toEqual(tags.map(() => unit.toUpperCase()));
    }
    for (const { stream, from, to, tags } of STREAMS) {
      const ofStream = TAGS.filter(({ name }) => name.includes(`(stream ${stream})`));
      for (const { equipmentCode } of ofStream) expect([from, to]).toContain(equipmentCode);
      // What measures and throttles a stream is named after it, but for the valve that sets the recycle.
      const listed = tags.filter((code) => code !== 'XMV_05');
      expect(ofStream.map(({ code }) => code)).toEqual(listed);
    }
  });

  it('have a unit that goes with what they measure, and no value that cannot be', () => {
    const kinds: [RegExp, string[], number | null, number | null][] = [
      [/ valve|Agitator/, ['%'], 0, 100],
      [/, [A-H]$/, ['mol%'], 0, 100],
      [/ level$/, ['%'], null, null],
      [/ pressure$/, ['kPa gauge'], null, null],
      [/ temperature$/, ['°C'], null, null],
      [/ power$/, ['kW'], 0, null],
      [/feed \(| flow|rate \(|underflow/, ['kscmh', 'kg/h', 'm³/h'], 0, null],
    ];
    for (const tag of TAGS) {
      const [kind] = kinds.filter(([name]) => name.test(tag.name));
      expect(kind[1]).toContain(tag.unit);
      expect([tag.name, tag.possibleLow, tag.possibleHigh]).toEqual([tag.name, kind[2], kind[3]]);
      expect(tag.rangeLow).toBe(0);
      expect(tag.rangeHigh).toBeGreaterThan(tag.baseValue);
      if (kind[1][0] === '%' && kind[2] === 0)
        expect(tag.alarmLimits).toEqual({ ll: null, l: 5, h: 95, hh: null });
    }
  });

  it('are as noisy as the model measures them', () => {
    const measured = TAGS.filter(({ role }) => role !== 'manipulated');
    expect(measured.map(({ noiseSigma }) => noiseSigma)).toEqual(Array.from(XMEAS_NOISE));
    expect(
      TAGS.filter(({ role }) => role === 'manipulated').every(({ noiseSigma }) => noiseSigma === 0),
    ).toBe(true);
  });

  it('are found by code and by name, however they are written', () => {
    for (const { code, name, nameKo } of TAGS) {
      for (const alias of [code, code.toLowerCase(), name, ` ${name.toUpperCase()} `, nameKo])
        expect([alias, tagCodeOf(alias)]).toEqual([alias, code]);
    }
    for (const alias of ['xmeas_7', 'XMEAS(7)', 'XMEAS [07]', 'xmeas-7', 'Xmeas 007'])
      expect([alias, tagCodeOf(alias)]).toEqual([alias, 'XMEAS_07']);
    for (const alias of [
      '',
      'XMEAS_42',
      'XMEAS_00',
      'XMV_13',
      'XMV',
      'my XMV_01',
      'XMV_01a',
      'XMV_100',
      'time',
    ])
      expect([alias, tagCodeOf(alias)]).toEqual([alias, undefined]);
  });
});

describe('the units, disturbances and indicators', () => {
  it('are of the kinds there are', () => {
    expect(EQUIPMENT.map(({ code, kind }) => [code, kind])).toEqual([
      ['FEED', 'feed'],
      ['REACTOR', 'reactor'],
      ['CONDENSER', 'heat_exchanger'],
      ['SEPARATOR', 'separator'],
      ['COMPRESSOR', 'compressor'],
      ['PURGE', 'outlet'],
      ['STRIPPER', 'column'],
      ['PRODUCT', 'outlet'],
    ]);
    // Downs and Vogel, table 8; 16 to 20, which they do not describe, as their released model has them.
    const kinds = (from: number, to: number): string[] =>
      DISTURBANCES.slice(from - 1, to).map(({ kind }) => kind);
    expect(new Set(kinds(1, 7))).toEqual(new Set(['step']));
    expect(new Set(kinds(8, 12))).toEqual(new Set(['random']));
    expect(kinds(13, 15)).toEqual(['drift', 'sticking', 'sticking']);
    for (const kind of kinds(16, 20)) expect(['random', 'sticking', 'intermittent']).toContain(kind);
    expect(kinds(21, 21)).toEqual(['closed_loop']);
  });

  it('have units of measure, and names that programs can ask for', () => {
    for (const { name, unit } of KPI_DEFINITIONS) {
      expect(name).toMatch(/^[a-z][a-z_]+[a-z]$/);
      expect(['kg/h', 'm³/h', 'mol%', '%', '$/h', '¢/kmol']).toContain(unit);
    }
    expect(unique(KPI_DEFINITIONS.map(({ name }) => name))).toBe(true);
    expect(
      KPI_DEFINITIONS.filter(({ name }) => /percent|ratio|conversion/.test(name)).every(({ unit }) =>
        unit.endsWith('%'),
      ),
    ).toBe(true);
  });

  it('flow as gas up to the separator and as liquid behind it', () => {
    const phases = Object.fromEntries(STREAMS.map(({ name, phase }) => [name, phase]));
    const {
      'Condensed effluent': condensed,
      'Separator liquid': liquid,
      Product: product,
      ...gases
    } = phases;
    expect([condensed, liquid, product]).toEqual(['mixed', 'liquid', 'liquid']);
    expect(new Set(Object.values(gases))).toEqual(new Set(['gas']));
  });
});

describe('the operating ranges', () => {
  it('hold what the tags were seen to do under every control scheme', () => {
    expect(OPERATING_RANGES).toHaveLength(CONTROL_SCHEMES.length);
    for (const ranges of OPERATING_RANGES) {
      expect(ranges).toHaveLength(TAGS.length);
      ranges.forEach(({ mean, sigma, low, high }, i) => {
        // printed with five digits
        const slack = 1e-4 * Math.abs(mean) + 1e-9;
        const ordered =
          low <= mean + slack && mean <= high + slack && sigma >= 0 && sigma <= high - low + slack;
        expect([TAGS[i].code, ordered]).toEqual([TAGS[i].code, true]);
        expect(mean).toBeLessThanOrEqual(TAGS[i].rangeHigh);
      });
    }
  });

  it('have their means at the base case, where the scheme holds it', () => {
    for (const scheme of ['braatz', 'ricker-base'] as const) {
      const ranges = OPERATING_RANGES[CONTROL_SCHEMES.indexOf(scheme)];
      TAGS.forEach(({ code, baseValue, closedLoopSigma }, i) => {
        const off = Math.abs(ranges[i].mean - baseValue) / Math.max(closedLoopSigma, 0.01 * baseValue);
        expect([scheme, code, off < 2]).toEqual([scheme, code, true]);
      });
    }
  });
});

describe('the runs of the public files', () => {
  it('are a training and a testing file for normal operation and each of ten faults, named after them', () => {
    const names = Array.from({ length: 11 }, (_, idv) => `d${String(idv).padStart(2, '0')}`);
    expect(BRAATZ_RUNS.map(({ name }) => name)).toEqual([...names, ...names.map((name) => `${name}_te`)]);
    for (const { name, idv, hours, faultOnsetHour, firstRow } of BRAATZ_RUNS) {
      expect(Number(name.slice(1, 3))).toBe(idv);
      // Rows of 3 min: 25 h with the fault from the first hour on, which files of faults leave out; 48 h with it after eight.
      const expected = name.endsWith('_te') ? [48, 8, 0] : [25, 1, idv === 0 ? 0 : 20];
      expect([hours, faultOnsetHour, firstRow]).toEqual(expected);
    }
  });
});
