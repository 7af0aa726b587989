import { describe, expect, it } from '#jest';
import { requestedZone } from './requested-zone.js';

const MIDNIGHT = '2026-11-20T00:00:00';

describe('the zone of a request', () => {
  it.each([
    ['the one it names', { time_zone: 'Asia/Kolkata', from: `${MIDNIGHT}+09:00` }, 'Asia/Kolkata'],
    ['the offset it is written with', { from: `${MIDNIGHT}+09:00` }, '+09:00'],
    ['the offset of its end', { from: '2026-11-20', to: `${MIDNIGHT}-05:00` }, '-05:00'],
    ['ours, where that is its offset', { from: `${MIDNIGHT}+01:00` }, 'Europe/Berlin'],
    ['the offset, where it is that of the other half of the year', { from: `${MIDNIGHT}+02:00` }, '+02:00'],
    ['ours, where a program writes UTC', { from: `${MIDNIGHT}Z`, to: `${MIDNIGHT}+00:00` }, 'Europe/Berlin'],
    ['ours, where there is nothing to go by', { from: '2026-11-20', to: 'yesterday' }, 'Europe/Berlin'],
  ])('is %s', (_what, request, zone) => {
    expect(requestedZone(request, 'Europe/Berlin')).toBe(zone);
  });
});
