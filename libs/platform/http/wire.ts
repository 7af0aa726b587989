import { dayStart, isDate } from '#calendar';
import { applyDecorators, type Type } from '@nestjs/common';
import {
  ApiExtraModels,
  ApiProperty,
  ApiPropertyOptional,
  ApiResponse,
  getSchemaPath,
} from '@nestjs/swagger';
import { MAX_COUNT } from '../database/bounded-count.js';
import { AppError } from '../failure/errors.js';
import type { Page } from './pagination.js';

/** Epoch milliseconds as the wire writes them: ISO 8601 in UTC. */
export function isoTime(epochMs: number): string {
  return new Date(epochMs).toISOString();
}

/** Like `isoTime`, for times that may be missing. */
export function isoTimeOrNull(epochMs: number | null): string | null {
  return epochMs === null ? null : isoTime(epochMs);
}

/** More digits than that say nothing where instruments give five. */
const FIGURE_DIGITS = 6;

/** A computed figure (statistic, probability, share, KPI) as the wire writes it: six significant digits at the most. */
export function figure(value: number): number {
  return Number(value.toPrecision(FIGURE_DIGITS));
}

/** Like `figure`, for figures that may be missing. */
export function figureOrNull(value: number | null): number | null {
  return value === null ? null : figure(value);
}

const ISO_TIME = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2}))?$/;

/**
 * Reads an ISO 8601 time. A bare date is the begin of that day.
 * @param timeZone whose days are meant
 * @returns epoch milliseconds
 * @throws AppError VALIDATION_FAILED naming the field
 */
export function parseTime(text: string, field: string, timeZone: string): number {
  const isTime = ISO_TIME.test(text) && isDate(text.slice(0, 10));
  const epochMs = !isTime ? Number.NaN : text.length === 10 ? dayStart(text, timeZone) : Date.parse(text);
  if (Number.isNaN(epochMs))
    throw AppError.invalid(field, 'must be an ISO 8601 time with a zone, e.g. 2026-03-01T08:00:00Z');
  return epochMs;
}

/** The reply type of a list of `item`, for OpenAPI. */
export function PageDto<Item>(item: Type<Item>): Type<Page<Item>> {
  class PageOfItems {
    @ApiProperty({ type: [item] })
    items!: Item[];

    @ApiProperty({
      type: String,
      nullable: true,
      description: 'cursor of the next page; null on the last',
      example: null,
    })
    next_cursor!: string | null;

    @ApiPropertyOptional({
      type: 'integer',
      minimum: 0,
      maximum: MAX_COUNT,
      description: `Items on all pages, with total=true; ${MAX_COUNT} when they are that many or more`,
      example: 53,
    })
    total?: number;
  }
  return PageOfItems;
}

const JSON_LEAVES = [
  { type: 'string' },
  { type: 'number' },
  { type: 'boolean' },
  { type: 'null' },
  { $ref: '#/components/schemas/JsonObject' },
];
const JSON_LIST = { type: 'array', items: { anyOf: JSON_LEAVES } };

/** Components of the document that other schemas refer to by name. */
export const NAMED_SCHEMAS = {
  JsonObject: {
    type: 'object' as const,
    additionalProperties: { $ref: '#/components/schemas/JsonValue' },
  },
  /** Arrays are nested as deep as a matrix: TypeScript has no name for an array of itself in what is generated. */
  JsonValue: {
    description: 'Any JSON',
    anyOf: [...JSON_LEAVES, { type: 'array', items: { anyOf: [...JSON_LEAVES, JSON_LIST] } }],
  },
};

/** The schema of an object of which only its reader knows what is in it. */
export const JSON_OBJECT = NAMED_SCHEMAS.JsonObject;

class ProblemFieldDto {
  @ApiProperty()
  field!: string;

  @ApiProperty()
  message!: string;
}

/** RFC 9457 problem document, the body of every error. */
export class ProblemDto {
  @ApiProperty({ example: 'about:blank' })
  type!: string;

  @ApiProperty({ example: 'Bad Request' })
  title!: string;

  @ApiProperty({ type: 'integer', example: 400 })
  status!: number;

  @ApiProperty({ example: 'VALIDATION_FAILED', description: 'Stable; programs may rely on it' })
  code!: string;

  @ApiProperty({ required: false })
  detail?: string;

  @ApiProperty({ type: [ProblemFieldDto], required: false })
  errors?: ProblemFieldDto[];

  @ApiProperty({ required: false, description: 'Of a 500: the id under which the log tells more' })
  error_id?: string;
}

const PROBLEMS: Record<number, string> = {
  400: 'A field is missing or wrong; `errors` names it',
  404: 'There is no such thing',
  409: 'It contradicts what is stored',
  412: 'Somebody changed it meanwhile',
  413: 'The body is too large',
  415: 'The route does not read this media type',
  416: 'The requested range is not in the file',
  422: 'Well formed, but it cannot be done; `code` says why',
  428: 'If-Match is missing',
  429: 'Too much is waiting already; see Retry-After',
  503: 'A part that is needed does not answer; see Retry-After',
};

/** Documents the problem answers of a route. */
export function ApiProblems(...statuses: (keyof typeof PROBLEMS)[]): MethodDecorator & ClassDecorator {
  const content = { 'application/problem+json': { schema: { $ref: getSchemaPath(ProblemDto) } } };
  return applyDecorators(
    ApiExtraModels(ProblemDto),
    ...statuses.map((status) =>
      ApiResponse({ status: Number(status), description: PROBLEMS[status], content }),
    ),
  );
}
