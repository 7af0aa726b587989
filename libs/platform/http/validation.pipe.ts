import { ValidationPipe, type ValidationError } from '@nestjs/common';
import { AppError, type FieldError } from '../failure/errors.js';

const MAX_FIELD_ERRORS = 50;

/** Validates DTOs: unknown fields are refused, every complaint names its field. */
export function validationPipe(): ValidationPipe {
  return new ValidationPipe({
    whitelist: true,
    forbidNonWhitelisted: true,
    transform: true,
    exceptionFactory: (errors) => {
      const fields = fieldErrors(errors);
      return new AppError({
        kind: 'invalid',
        code: 'VALIDATION_FAILED',
        message: fields
          .map(({ field, message }) => `${field}: ${message}`)
          .join('; ')
          .slice(0, 2_000),
        fields,
      });
    },
  });
}

function fieldErrors(errors: ValidationError[], path = ''): FieldError[] {
  return errors
    .flatMap((error) => {
      const field = path === '' ? error.property : `${path}.${error.property}`;
      // Decorators speak from the lowest to the topmost; the topmost says what kind of value it has to be at all.
      const message = Object.values(error.constraints ?? {}).at(-1);
      const own = message === undefined ? [] : [{ field, message }];
      return [...own, ...fieldErrors(error.children ?? [], field)];
    })
    .slice(0, MAX_FIELD_ERRORS);
}
