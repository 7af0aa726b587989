import { isTimeZone } from '#calendar';
import { ValidateBy } from 'class-validator';

/** Whether it is the IANA name of a time zone or a fixed offset. class-validator's own accepts what the release of Node does. */
export function IsTimeZone(): PropertyDecorator {
  return ValidateBy({
    name: 'isTimeZone',
    validator: {
      validate: (value) => typeof value === 'string' && isTimeZone(value),
      defaultMessage: (validated) =>
        `${validated?.property} must be the IANA name of a time zone, e.g. Asia/Seoul, or an offset, e.g. +09:00`,
    },
  });
}
