import { ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, Max, Min } from 'class-validator';
import { MAX_COUNT } from '../database/bounded-count.js';
import { AppError } from '../failure/errors.js';
import { IsText } from './is-text.js';
import { QueryBoolean } from './query-boolean.js';

export const DEFAULT_PAGE_SIZE = 50;
export const MAX_PAGE_SIZE = 500;

/** Query of every list: `?limit=&cursor=&total=`. */
export class PageQuery {
  @ApiPropertyOptional({
    type: 'integer',
    description: `Items per page, at most ${MAX_PAGE_SIZE}`,
    default: DEFAULT_PAGE_SIZE,
    minimum: 1,
    maximum: MAX_PAGE_SIZE,
  })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(MAX_PAGE_SIZE)
  limit: number = DEFAULT_PAGE_SIZE;

  @ApiPropertyOptional({ description: 'next_cursor of the page before' })
  @IsOptional()
  @IsText(500)
  cursor?: string;

  @QueryBoolean('Whether to count what the list has on all pages')
  total?: boolean;
}

/** One page of a list. */
export interface Page<Item> {
  items: Item[];
  next_cursor: string | null;
  total?: number;
}

/**
 * Cuts a page out of `limit + 1` rows: the extra row only shows that there is more.
 * @param keyOf the sort key of an item, of which the cursor of the next page is made
 * @param total items on all pages, if it was asked for
 */
export function pageOf<Row, Item>(
  rows: Row[],
  limit: number,
  keyOf: (row: Row) => (string | number)[],
  present: (row: Row) => Item,
  total: number | undefined,
): Page<Item> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(present),
    next_cursor: rows.length > limit && last !== undefined ? encodeCursor(keyOf(last)) : null,
    ...(total === undefined ? {} : { total: Math.min(total, MAX_COUNT) }),
  };
}

function encodeCursor(key: (string | number)[]): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

/**
 * The sort key a cursor holds.
 * @param shape the expected type of each part, e.g. `['number', 'string']`
 * @throws AppError VALIDATION_FAILED when it is not a cursor of this list
 */
export function decodeCursor(
  cursor: string | undefined,
  shape: ('string' | 'number')[],
): (string | number)[] | undefined {
  if (cursor === undefined) return undefined;
  let key: unknown;
  try {
    key = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    throw AppError.invalid('cursor', 'is not a cursor of this list');
  }
  const parts = Array.isArray(key) ? (key as unknown[]) : [];
  const fits = parts.length === shape.length && shape.every((type, i) => typeof parts[i] === type);
  if (!fits) throw AppError.invalid('cursor', 'is not a cursor of this list');
  return parts as (string | number)[];
}
