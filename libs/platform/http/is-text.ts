import { freeTextFault, type FreeTextRule, normalisedText, textLength } from '#text';
import { Transform } from 'class-transformer';
import { IsString, ValidateBy, type ValidationArguments, type ValidationOptions } from 'class-validator';

export interface IsTextOptions extends FreeTextRule {
  /** Whether the field is an array of texts. @default false */
  each?: boolean;
}

/** The name of the constraint in class-validator's metadata. */
const FREE_TEXT = 'isFreeText';

/**
 * A string that comes in, in the one form all texts have: normalised and trimmed before anything counts or compares it, without
 * control characters. Every string of a request is declared by this, or by a pattern or list of what it may be.
 * @param maxLength in characters, as databases count them
 */
export function IsText(maxLength: number, { each = false, ...rule }: IsTextOptions = {}): PropertyDecorator {
  const decorators = [
    Transform(({ value }: { value: unknown }) => mapTexts(value, normalisedText)),
    FreeText(rule, { each }),
    LongestText(maxLength, { each }),
    // Of several problems the last one is reported.
    IsString({ each }),
  ];
  return (target, property) => decorators.forEach((decorate) => decorate(target, property));
}

function FreeText(rule: FreeTextRule, options: ValidationOptions): PropertyDecorator {
  const validator = {
    validate: (value: unknown) => typeof value !== 'string' || freeTextFault(value, rule) === undefined,
    defaultMessage: (about?: ValidationArguments) => {
      const texts = [about?.value].flat().filter((value) => typeof value === 'string');
      const fault = texts.map((text) => freeTextFault(text, rule)).find(Boolean);
      return `${options.each ? 'each value in ' : ''}$property ${fault}`;
    },
  };
  return ValidateBy({ name: FREE_TEXT, validator }, options);
}

/** class-validator's own MaxLength leaves out variation selectors, which databases count. */
function LongestText(maxLength: number, options: ValidationOptions): PropertyDecorator {
  const validator = {
    validate: (value: unknown) => typeof value !== 'string' || textLength(value) <= maxLength,
    defaultMessage: () =>
      `${options.each ? 'each value in ' : ''}$property must be shorter than or equal to $constraint1 characters`,
  };
  return ValidateBy({ name: 'maxTextLength', constraints: [maxLength], validator }, options);
}

function mapTexts(value: unknown, map: (text: string) => string): unknown {
  if (Array.isArray(value))
    return value.map((item: unknown) => (typeof item === 'string' ? map(item) : item));
  return typeof value === 'string' ? map(value) : value;
}
