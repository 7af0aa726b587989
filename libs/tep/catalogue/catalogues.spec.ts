import { describe, expect, it } from '#jest';
import { DISTURBANCES } from './disturbances.js';
import { EQUIPMENT } from './equipment.js';
import { STREAMS } from './streams.js';
import { DETECTOR_TAGS, TAGS, tagIndex } from './tags.js';

const tag = (code: string) => TAGS[tagIndex(code)];

describe('the tag catalogue', () => {
  it('lists 41 measurements and 12 commands in the order of the public data', () => {
    expect(TAGS).toHaveLength(53);
    expect(TAGS[0].code).toBe('XMEAS_01');
    expect(TAGS[40].code).toBe('XMEAS_41');
    expect(TAGS[41].code).toBe('XMV_01');
    expect(TAGS[52].code).toBe('XMV_12');
    expect(TAGS.map((t) => tagIndex(t.code))).toEqual(TAGS.map((_, index) => index));
    expect(DETECTOR_TAGS).toHaveLength(52);
    expect(DETECTOR_TAGS).not.toContain('XMV_12');
  });

  it('refuses an unknown code', () => {
    expect(() => tagIndex('XMEAS_42')).toThrow(RangeError);
  });

  it('knows how often each kind of tag has a new value', () => {
    expect(tag('XMEAS_22').samplingIntervalMs).toBe(3 * 60_000);
    expect(tag('XMEAS_23').samplingIntervalMs).toBe(6 * 60_000);
    expect(tag('XMEAS_36').samplingIntervalMs).toBe(6 * 60_000);
    expect(tag('XMEAS_37').samplingIntervalMs).toBe(15 * 60_000);
    expect(tag('XMV_01').samplingIntervalMs).toBe(3 * 60_000);
    expect(TAGS.filter((t) => t.role === 'analyser')).toHaveLength(19);
  });

  it('takes the operating and shutdown limits of the paper where there are any', () => {
    expect(tag('XMEAS_07').alarmLimits).toEqual({ ll: null, l: null, h: 2895, hh: 3000 });
    expect(tag('XMEAS_08').alarmLimits).toEqual({ ll: 0, l: 50, h: 100, hh: 114 });
    expect(tag('XMEAS_09').alarmLimits).toEqual({ ll: null, l: null, h: 150, hh: 175 });
    expect(tag('XMEAS_12').alarmLimits).toEqual({ ll: 3, l: 30, h: 100, hh: 136 });
    expect(tag('XMEAS_15').alarmLimits).toEqual({ ll: 0, l: 30, h: 100, hh: 130 });
  });

  it('alarms elsewhere six and ten closed-loop standard deviations from the base value', () => {
    // 80.109402 ± 6·0.217 = 78.807 … 81.411; ± 10·0.217 = 77.939 … 82.279
    expect(tag('XMEAS_11').alarmLimits).toEqual({ ll: 77.94, l: 78.81, h: 81.41, hh: 82.28 });
    // D in product: 0.0178655 − 6·0.00983 is negative, so there is no low alarm
    expect(tag('XMEAS_37').alarmLimits).toMatchObject({ ll: null, l: null, h: 0.07685 });
  });

  it('orders limits and base value within the range of every tag', () => {
    for (const { code, rangeLow, rangeHigh, baseValue, alarmLimits } of TAGS) {
      const { ll, l, h, hh } = alarmLimits;
      const ladder = [rangeLow, ll, l, baseValue, h, hh, rangeHigh].filter((x) => x !== null);
      expect([code, ...ladder]).toEqual([code, ...[...ladder].sort((a, b) => a - b)]);
    }
  });

  it('lets every alarm clear before the process is back at its base value', () => {
    for (const { deadband, baseValue, alarmLimits } of TAGS) {
      expect(deadband).toBeGreaterThan(0);
      if (alarmLimits.h !== null) expect(alarmLimits.h - deadband).toBeGreaterThan(baseValue);
      if (alarmLimits.l !== null) expect(alarmLimits.l + deadband).toBeLessThan(baseValue);
    }
    // reactor level: 5 % of the range 0 … 120 %
    expect(tag('XMEAS_08').deadband).toBe(6);
  });
});

describe('the equipment catalogue', () => {
  it('owns every tag, and every unit owns some', () => {
    expect(new Set(TAGS.map((t) => t.equipmentCode))).toEqual(new Set(EQUIPMENT.map((e) => e.code)));
    expect(EQUIPMENT.map((e) => e.position)).toEqual(EQUIPMENT.map((_, index) => index + 1));
  });
});

describe('the disturbance catalogue', () => {
  it('describes disturbances 1 to 21 on known units and tags, in both languages', () => {
    const units = EQUIPMENT.map((e) => e.code);
    expect(DISTURBANCES.map((d) => d.idv)).toEqual(Array.from({ length: 21 }, (_, i) => i + 1));
    for (const disturbance of DISTURBANCES) {
      expect(units).toContain(disturbance.equipmentCode);
      expect(disturbance.expectedTags.length).toBeGreaterThan(0);
      expect(new Set(disturbance.expectedTags).size).toBe(disturbance.expectedTags.length);
      for (const code of disturbance.expectedTags) expect(DETECTOR_TAGS).toContain(code);
      expect(disturbance.titleKo).toMatch(/[가-힣]/);
      expect(disturbance.causeKo).toMatch(/[가-힣]/);
      expect(disturbance.lookAt).toMatch(/\.$/);
      expect(disturbance.lookAtKo).toMatch(/[가-힣].*\.$/);
    }
  });
});

describe('the streams', () => {
  it('connect units that there are, and carry tags that there are', () => {
    const units = new Set(EQUIPMENT.map(({ code }) => code));
    const codes = new Set(TAGS.map(({ code }) => code));
    for (const { from, to, tags } of STREAMS)
      expect([from ?? to, to].every((code) => units.has(code)) && tags.every((code) => codes.has(code))).toBe(
        true,
      );
  });

  it('have the eleven numbers of the paper, and the flow of each where it is measured', () => {
    const numbered = STREAMS.filter(({ stream }) => stream !== null);
    expect(numbered.map(({ stream }) => stream)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    for (const { stream, tags } of numbered.filter((each) => each.tags.length > 0))
      expect(tag(tags[0]).name).toContain(`(stream ${stream})`);
  });

  it('close the gas loop: reactor, condenser, separator, compressor, reactor', () => {
    const next = (unit: string): string[] => STREAMS.filter(({ from }) => from === unit).map(({ to }) => to);
    expect(next('REACTOR')).toEqual(['CONDENSER']);
    expect(next('CONDENSER')).toEqual(['SEPARATOR']);
    expect(next('SEPARATOR')).toContain('COMPRESSOR');
    expect(next('COMPRESSOR')).toEqual(['REACTOR']);
  });
});
