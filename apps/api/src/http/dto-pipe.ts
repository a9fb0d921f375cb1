import { Injectable, type PipeTransform } from '@nestjs/common';
import type { ProblemFault } from '@workflow-engine/contracts';
import { plainToInstance } from 'class-transformer';
import { getMetadataStorage, type ValidationError, validateSync } from 'class-validator';

import { invalidRequest } from '../problems/http-problem';

type DtoClass<T extends object> = new () => T;

const validation = { forbidUnknownValues: true, stopAtFirstError: true } as const;

/** Query parameters: texts, turned into what the DTO says; unknown ones are refused, because they are typing mistakes. */
@Injectable()
export class QueryPipe<T extends object> implements PipeTransform<unknown, T> {
  constructor(private readonly dto: DtoClass<T>) {}

  transform(query: unknown): T {
    const given = Object.entries(query as object);
    const unknown = unknownFields(
      this.dto,
      given.map(([name]) => name),
    );
    const faults = unknown.map((fault) => ({ ...fault, pointer: '' }));
    const dto = plainToInstance(this.dto, Object.fromEntries(given));
    for (const { name, message } of violations(dto)) {
      faults.push({ code: 'INVALID_PARAMETER', pointer: '', message, parameter: name });
    }
    if (faults.length > 0) throw invalidRequest(faults);
    return dto;
  }
}

/**
 * JSON bodies. Fields are checked one level deep and never copied or transformed: `input` may be 16 MB of
 * anything, and walking it is the engine's business.
 */
@Injectable()
export class BodyPipe<T extends object> implements PipeTransform<unknown, T> {
  constructor(private readonly dto: DtoClass<T>) {}

  transform(body: unknown): T {
    const { value, faults } = checkBody(this.dto, body, '');
    if (faults.length > 0) throw invalidRequest(faults);
    return value;
  }
}

/** A missing body is an empty one; whether that will do is up to the DTO. */
export function checkBody<T extends object>(
  dto: DtoClass<T>,
  body: unknown,
  pointer: string,
): { readonly value: T; readonly faults: readonly ProblemFault[] } {
  const value = new dto();
  if (body === undefined) return { value, faults: faultsOf(value, pointer) };
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    return {
      value,
      faults: [{ code: 'WRONG_TYPE', pointer, message: `Must be an object with ${knownList(dto)}.` }],
    };
  }
  const unknown = unknownFields(dto, Object.keys(body));
  const faults = unknown.map((fault) => ({
    code: fault.code,
    pointer: `${pointer}/${fault.parameter.replaceAll('~', '~0').replaceAll('/', '~1')}`,
    message: fault.message,
  }));
  if (unknown.length === 0) Object.assign(value, body);
  return { value, faults: faults.length > 0 ? faults : faultsOf(value, pointer) };
}

function faultsOf(value: object, pointer: string): readonly ProblemFault[] {
  return violations(value).map(({ name, message }) => ({
    code: 'INVALID_FIELD',
    pointer: `${pointer}/${name}`,
    message,
  }));
}

function violations(dto: object): readonly { readonly name: string; readonly message: string }[] {
  return validateSync(dto, validation).map((error: ValidationError) => ({
    name: error.property,
    message: Object.values(error.constraints ?? {})[0] ?? `${error.property} is not valid`,
  }));
}

function unknownFields(dto: DtoClass<object>, names: readonly string[]) {
  const known = knownFields(dto);
  return names
    .filter((name) => !known.includes(name))
    .slice(0, 20)
    .map((name) => ({
      code: 'UNKNOWN_FIELD',
      parameter: name.slice(0, 100),
      message: `${JSON.stringify(name.slice(0, 100))} is not known here. Use ${knownList(dto)}.`,
    }));
}

const fieldsOf = new Map<DtoClass<object>, readonly string[]>();

function knownFields(dto: DtoClass<object>): readonly string[] {
  let fields = fieldsOf.get(dto);
  if (fields === undefined) {
    const rules = getMetadataStorage().getTargetValidationMetadatas(dto, '', false, false);
    fields = [...new Set(rules.map((rule) => rule.propertyName))];
    fieldsOf.set(dto, fields);
  }
  return fields;
}

function knownList(dto: DtoClass<object>): string {
  const names = knownFields(dto).map((name) => `"${name}"`);
  return names.length === 0 ? 'no fields' : names.join(', ');
}
