/** What kind of refusal an error is; one place (problem.filter.ts) turns it into an HTTP status. */
export type ErrorKind =
  | 'invalid'
  | 'unauthorized'
  | 'forbidden'
  | 'not_found'
  | 'conflict'
  | 'precondition_failed'
  | 'precondition_required'
  | 'too_large'
  | 'unsupported_media_type'
  | 'unprocessable'
  | 'too_many_requests'
  | 'unavailable'
  | 'storage_full';

/** One complaint about one field of a request. */
export interface FieldError {
  field: string;
  message: string;
}

export interface AppErrorOptions {
  kind: ErrorKind;
  /** Stable, upper-case, part of the wire format. */
  code: string;
  message: string;
  fields?: FieldError[] | undefined;
  /** Further members of the problem document, e.g. `{ missing: [...] }`. */
  details?: Record<string, unknown> | undefined;
  retryAfterSeconds?: number | undefined;
  cause?: unknown;
}

/** A refusal the caller can act on. It knows nothing of HTTP and can be thrown in any process. */
export class AppError extends Error {
  readonly kind: ErrorKind;
  readonly code: string;
  readonly fields: FieldError[];
  readonly details: Record<string, unknown>;
  readonly retryAfterSeconds: number | undefined;

  constructor(options: AppErrorOptions) {
    super(options.message, { cause: options.cause });
    this.name = 'AppError';
    this.kind = options.kind;
    this.code = options.code;
    this.fields = options.fields ?? [];
    this.details = options.details ?? {};
    this.retryAfterSeconds = options.retryAfterSeconds;
  }

  /** A field of the request is wrong (400). */
  static invalid(field: string, message: string, code = 'VALIDATION_FAILED'): AppError {
    return new AppError({
      kind: 'invalid',
      code,
      message: `${field} ${message}`,
      fields: [{ field, message }],
    });
  }

  /** Nothing of that name exists (404), e.g. `AppError.notFound('EQUIPMENT', 'equipment', 'R-1')`. */
  static notFound(codePrefix: string, what: string, id: string | number): AppError {
    return new AppError({
      kind: 'not_found',
      code: `${codePrefix}_NOT_FOUND`,
      message: `There is no ${what} ${id}`,
    });
  }

  /** The request contradicts what is stored (409). */
  static conflict(code: string, message: string, details?: Record<string, unknown>): AppError {
    return new AppError({ kind: 'conflict', code, message, details });
  }

  /** The request is well formed but cannot be carried out (422). */
  static unprocessable(code: string, message: string, details?: Record<string, unknown>): AppError {
    return new AppError({ kind: 'unprocessable', code, message, details });
  }
}

/** What whoever runs the product has to mend before it can start; said remedy first, in one line and without a stack. */
export class OperatorError extends Error {
  /** @param remedy what to do, e.g. 'Run: npm run db:init' */
  constructor(
    readonly remedy: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'OperatorError';
  }
}

/**
 * A server or file the product needs is silent, refused, busy or full. It is never the fault of what was asked: the caller
 * may come back, and a job that met it has not used up an attempt.
 */
export class OutageError extends AppError {
  constructor(options: AppErrorOptions & { kind: 'unavailable' | 'storage_full' }) {
    super(options);
    this.name = 'OutageError';
  }
}
