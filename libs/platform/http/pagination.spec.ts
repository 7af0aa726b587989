import { describe, expect, it } from '#jest';
import { decodeCursor, pageOf } from './pagination.js';

interface Row {
  at: number;
  code: string;
}

const rows = (count: number): Row[] =>
  Array.from({ length: count }, (_, i) => ({ at: i, code: `코드-${i}` }));
const page = (count: number, limit: number, total?: number) =>
  pageOf(
    rows(count),
    limit,
    ({ at, code }) => [at, code],
    ({ code }) => code,
    total,
  );

describe('a page of a list', () => {
  it('leads to the next one by the key of its last item', () => {
    const { items, next_cursor } = page(4, 3);
    expect(items).toEqual(['코드-0', '코드-1', '코드-2']);
    expect(decodeCursor(next_cursor ?? '', ['number', 'string'])).toEqual([2, '코드-2']);
  });

  it('is the last one when no row is left over', () => {
    expect(page(3, 3)).toMatchObject({ items: expect.arrayContaining(['코드-2']), next_cursor: null });
    expect(page(0, 3)).toEqual({ items: [], next_cursor: null });
  });

  it('says how much there is on all pages, if it was asked to count', () => {
    expect(page(4, 3, 4)).toMatchObject({ items: { length: 3 }, total: 4 });
    expect(page(4, 3, 12_345)).toMatchObject({ total: 10_000 });
    expect(page(4, 3)).not.toHaveProperty('total');
  });

  it('begins at the beginning without a cursor', () => {
    expect(decodeCursor(undefined, ['number'])).toBeUndefined();
  });

  const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  it.each([
    ['no base64 of anything', '%%%'],
    ['a number instead of a key', encoded(7)],
    ['the key of another list', encoded(['x', 1])],
    ['a key that is too long', encoded([1, 'x', 2])],
    ['SQL', "1' OR '1'='1"],
  ])('refuses a cursor that is %s', (_what, cursor) => {
    expect(() => decodeCursor(cursor, ['number', 'string'])).toThrow(
      expect.objectContaining({
        code: 'VALIDATION_FAILED',
        fields: [{ field: 'cursor', message: 'is not a cursor of this list' }],
      }),
    );
  });
});
