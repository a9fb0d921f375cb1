import { checkDuration } from '@workflow-engine/dag';
import { Transform } from 'class-transformer';
import { registerDecorator } from 'class-validator';

/** Query parameters are texts; a number stays a text when it is none, so that the validation can say so. */
export function ToNumber(): PropertyDecorator {
  return Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value,
  );
}

/** `?status=A&status=B` and `?status=A,B` mean the same. */
export function ToList(): PropertyDecorator {
  return Transform(({ value }: { value: unknown }) =>
    (Array.isArray(value) ? value : [value]).flatMap((entry: unknown) =>
      typeof entry === 'string' ? entry.split(',') : [entry],
    ),
  );
}

/** Repeatable; commas belong to the values. */
export function ToRepeated(): PropertyDecorator {
  return Transform(({ value }: { value: unknown }): unknown => (Array.isArray(value) ? value : [value]));
}

export function IsDurationUpTo(maxMs: number): PropertyDecorator {
  return (target, property) =>
    registerDecorator({
      name: 'isDurationUpTo',
      target: target.constructor,
      propertyName: String(property),
      validator: {
        validate: (value: unknown) => {
          const checked = checkDuration(asDuration(value));
          return checked.ok && checked.ms <= maxMs;
        },
        defaultMessage: ({ property: name }: { property: string } = { property: 'it' }) =>
          `"${name}" must be an ISO 8601 duration ("PT10S") or seconds ("10"), at most ${maxMs / 1_000} seconds.`,
      },
    });
}

/** `"10"` in a query is a number of seconds. */
export function asDuration(value: unknown): unknown {
  return typeof value === 'string' && /^\d{1,9}(?:\.\d{1,9})?$/.test(value) ? Number(value) : value;
}
