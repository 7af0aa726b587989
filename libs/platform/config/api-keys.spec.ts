import { describe, expect, it } from '#jest';
import { authenticate, createApiKey, parseApiKeys, roleSuffices } from './api-keys.js';

const NOON = Date.parse('2026-03-01T12:00:00Z');

describe('an API key', () => {
  it('is kept as a hash only, and lets its owner in', () => {
    const { secret, entry } = createApiKey('panel', 'viewer');
    expect(entry).not.toContain(secret);
    const keys = parseApiKeys(entry);
    expect(authenticate(keys, secret, NOON)).toEqual({ name: 'panel', role: 'viewer' });
    expect(authenticate(keys, `${secret}x`, NOON)).toBeUndefined();
    expect(authenticate(keys, '', NOON)).toBeUndefined();
    expect(authenticate([], secret, NOON)).toBeUndefined();
  });

  it('ends with the beginning of its day of expiry', () => {
    const { secret, entry } = createApiKey('shift', 'operator', '2026-03-02');
    const keys = parseApiKeys(entry);
    const midnight = Date.parse('2026-03-02T00:00:00Z');
    expect(authenticate(keys, secret, midnight - 1)).toEqual({ name: 'shift', role: 'operator' });
    expect(authenticate(keys, secret, midnight)).toBeUndefined();
  });

  it('is never made twice', () => {
    expect(createApiKey('a', 'admin').secret).not.toBe(createApiKey('a', 'admin').secret);
  });

  it('may do what the roles below it may', () => {
    expect(roleSuffices('admin', 'viewer')).toBe(true);
    expect(roleSuffices('operator', 'operator')).toBe(true);
    expect(roleSuffices('viewer', 'operator')).toBe(false);
    expect(roleSuffices('operator', 'admin')).toBe(false);
  });
});

describe('API_KEYS', () => {
  it('holds several keys, with blanks and empty entries between them', () => {
    const entries = [createApiKey('a', 'viewer').entry, createApiKey('b', 'admin', '2027-01-01').entry];
    expect(parseApiKeys(` ${entries[0]} ,, ${entries[1]},`).map(({ name, role }) => [name, role])).toEqual([
      ['a', 'viewer'],
      ['b', 'admin'],
    ]);
  });

  it.each([
    ['a role that does not exist', `a:root:${'0'.repeat(64)}`],
    ['a secret instead of its hash', 'a:admin:tep_0123456789'],
    ['a day that is no date', `a:admin:${'0'.repeat(64)}:tomorrow`],
    ['a day that is in no calendar', `a:admin:${'0'.repeat(64)}:2026-02-31`],
    ['a name with blanks', `a b:admin:${'0'.repeat(64)}`],
  ])('refuses %s', (_what, entry) => {
    expect(() => parseApiKeys(entry)).toThrow(/^API_KEYS/);
  });

  it('refuses one name for two keys', () => {
    const entries = [createApiKey('a', 'viewer').entry, createApiKey('a', 'admin').entry];
    expect(() => parseApiKeys(entries.join())).toThrow(/API_KEYS.*"a"/);
  });
});
