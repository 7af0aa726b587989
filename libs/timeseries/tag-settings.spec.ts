import { describe, expect, it } from '#jest';
import type { SensorTag, TagSettings } from '#equipment';
import type { UpdateTagDto } from './dto/update-tag.dto.js';
import { changedSettings, isSameSettings, settingsOf } from './tag-settings.js';

/** Warning limits at 20 and 80. */
const DECIDED: TagSettings = {
  name: 'Pressure',
  nameKo: '압력',
  limitLl: null,
  limitL: 20,
  limitH: 80,
  limitHh: null,
  deadband: 2,
  onDelayMs: 1_000,
  offDelayMs: 2_000,
  priority: 'low',
};
/** An instrument of 0 to 100. */
const TAG = { id: 1, code: 'XMEAS_07', rangeLow: 0, rangeHigh: 100, ...DECIDED } as SensorTag;

describe('the settings of a tag', () => {
  it('are what is decided about it, and nothing of the instrument', () => {
    expect(settingsOf(TAG)).toEqual(DECIDED);
  });

  it('change where something is given, also to nothing', () => {
    const before = settingsOf(TAG);
    expect(changedSettings(TAG, { name: 'P' })).toEqual({ ...before, name: 'P' });
    expect(changedSettings(TAG, { name_ko: null })).toEqual({ ...before, nameKo: null });
    expect(changedSettings(TAG, { limits: { ll: 10, hh: 90 } })).toEqual({
      ...before,
      limitLl: 10,
      limitHh: 90,
    });
    expect(changedSettings(TAG, { limits: { l: null, h: null } })).toEqual({
      ...before,
      limitL: null,
      limitH: null,
    });
    const delays = { deadband: 0, on_delay_ms: 0, off_delay_ms: 0 };
    expect(changedSettings(TAG, delays)).toEqual({ ...before, deadband: 0, onDelayMs: 0, offDelayMs: 0 });
    expect(changedSettings(TAG, { priority: 'critical' })).toEqual({ ...before, priority: 'critical' });
    expect(isSameSettings(before, changedSettings(TAG, { deadband: 2 }))).toBe(true);
    expect(isSameSettings(before, changedSettings(TAG, { deadband: 3 }))).toBe(false);
  });

  it.each<[string, UpdateTagDto]>([
    ['name', {}],
    ['name', { limits: {} }],
    // at most the width of the range outside of it
    ['limits.ll', { limits: { ll: -100.1 } }],
    ['limits.hh', { limits: { hh: 200.1 } }],
    ['limits.l', { limits: { ll: 20 } }],
    ['limits.h', { limits: { l: 80 } }],
    ['limits.hh', { limits: { h: null, hh: 19 } }],
    // an alarm at 20 could never end, nor one at 80
    ['deadband', { deadband: 60 }],
    ['deadband', { deadband: 40, limits: { l: 40 } }],
    ['deadband', { deadband: 70, limits: { ll: 10, l: null, h: null, hh: 80 } }],
    ['deadband', { deadband: 100, limits: { h: null } }],
  ])('are refused for %s of %j', (field, dto) => {
    expect(() => changedSettings(TAG, dto)).toThrow(
      expect.objectContaining({
        code: 'VALIDATION_FAILED',
        fields: [{ field, message: expect.stringMatching(/\w/) }],
      }),
    );
  });

  it.each([
    { limits: { ll: -100, hh: 200 } },
    { deadband: 59.9 },
    { deadband: 69.9, limits: { ll: 10, l: null, h: null, hh: 80 } },
    { deadband: 99.9, limits: { h: null } },
    { deadband: 99.9, limits: { l: null } },
  ])('may be %j', (dto) => {
    expect(changedSettings(TAG, dto)).toMatchObject({ deadband: dto.deadband ?? 2 });
  });
});
