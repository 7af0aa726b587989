import { describe, expect, it } from '#jest';
import { entityTag, versionConflict, versionOfIfMatch } from './entity-tag.js';

describe('an entity tag', () => {
  it('is the version in quotes, and read back from If-Match', () => {
    expect(entityTag(3)).toBe('"3"');
    expect(versionOfIfMatch(entityTag(3))).toBe(3);
    // Proxies that compress an answer weaken its tag.
    expect(versionOfIfMatch(' W/"12" ')).toBe(12);
  });

  it('must be sent with a change', () => {
    expect(() => versionOfIfMatch(undefined)).toThrow(
      expect.objectContaining({ kind: 'precondition_required', code: 'IF_MATCH_REQUIRED' }),
    );
  });

  it.each(['3', '*', '"x"', '"1", "2"', '"-1"', '""'])('must be one of ours, which %s is not', (tag) => {
    expect(() => versionOfIfMatch(tag)).toThrow(
      expect.objectContaining({ kind: 'invalid', code: 'IF_MATCH_INVALID' }),
    );
  });

  it('names the current one to whoever comes too late', () => {
    expect(versionConflict(4)).toMatchObject({
      kind: 'precondition_failed',
      code: 'VERSION_CONFLICT',
      details: { current_etag: '"4"' },
    });
  });
});
