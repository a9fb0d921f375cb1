import type { Json, JsonObject } from '@workflow-engine/contracts';
import { useState } from 'react';

import { isObject, listOf } from '../json';
import { skeletonOf } from './input-skeleton';

export interface InputFormProps {
  readonly schema: Json | undefined;
  /** What is filled in already. */
  readonly initial?: Json | undefined;
  readonly onRun: (input: JsonObject) => void;
  readonly isBusy: boolean;
  readonly formId: string;
}

/** The input of an execution: a field for each property of a plain schema, JSON for everything else. */
export function InputForm({ schema, initial, onRun, formId }: InputFormProps) {
  const fields = fieldsOf(schema);
  const [values, setValues] = useState(() => valuesOf(fields, initial) ?? {});
  const [asJson, setAsJson] = useState(
    () => fields.length === 0 || (initial !== undefined && valuesOf(fields, initial) === undefined),
  );
  const [text, setText] = useState(() => JSON.stringify(initial ?? skeletonOf(schema), null, 2));
  const [fault, setFault] = useState('');
  const submit = (): void => {
    const input = asJson ? parsed(text) : inputOf(fields, values);
    if (typeof input === 'string') setFault(input);
    else onRun(input);
  };
  return (
    <form
      id={formId}
      className="input-form"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      {asJson ? (
        <label>
          Input, as JSON
          <textarea
            rows={8}
            spellCheck={false}
            value={text}
            aria-invalid={fault !== ''}
            onChange={({ target }) => {
              setText(target.value);
              setFault('');
            }}
          />
        </label>
      ) : (
        fields.map((field) => (
          <Field
            key={field.name}
            field={field}
            value={values[field.name] ?? ''}
            onChange={(value) => setValues({ ...values, [field.name]: value })}
          />
        ))
      )}
      {fault !== '' && (
        <p className="fault-text" role="alert">
          {fault}
        </p>
      )}
      {fields.length > 0 && (
        <button type="button" className="link-button" onClick={() => setAsJson(!asJson)}>
          {asJson ? 'Fill in fields instead' : 'Write JSON instead'}
        </button>
      )}
    </form>
  );
}

interface InputField {
  readonly name: string;
  readonly type: string;
  readonly isRequired: boolean;
  readonly description: string;
  readonly choices: readonly string[];
}

function Field({
  field,
  value,
  onChange,
}: {
  readonly field: InputField;
  readonly value: string;
  readonly onChange: (value: string) => void;
}) {
  const { name, type, isRequired, description, choices } = field;
  return (
    <label>
      <span>
        {name} {!isRequired && <span className="muted">optional</span>}
      </span>
      {description !== '' && <small className="muted">{description}</small>}
      {choices.length > 0 || type === 'boolean' ? (
        <select required={isRequired} value={value} onChange={({ target }) => onChange(target.value)}>
          <option value="">-</option>
          {(type === 'boolean' ? ['true', 'false'] : choices).map((choice) => (
            <option key={choice}>{choice}</option>
          ))}
        </select>
      ) : (
        <input
          type={type === 'string' ? 'text' : 'number'}
          step={type === 'integer' ? 1 : 'any'}
          required={isRequired}
          value={value}
          onChange={({ target }) => onChange(target.value)}
        />
      )}
    </label>
  );
}

const plain: ReadonlySet<string> = new Set(['string', 'number', 'integer', 'boolean']);

/** None when the schema asks for more than plain values. */
export function fieldsOf(schema: Json | undefined): readonly InputField[] {
  if (!isObject(schema) || !isObject(schema.properties)) return [];
  const required = listOf(schema.required);
  const fields: InputField[] = [];
  for (const [name, property] of Object.entries(schema.properties)) {
    if (!isObject(property) || typeof property.type !== 'string' || !plain.has(property.type)) return [];
    fields.push({
      name,
      type: property.type,
      isRequired: required.includes(name),
      description: typeof property.description === 'string' ? property.description : '',
      choices: listOf(property.enum).map(String),
    });
  }
  return fields;
}

export function inputOf(fields: readonly InputField[], values: Readonly<Record<string, string>>): JsonObject {
  const input: Record<string, Json> = {};
  for (const { name, type, isRequired } of fields) {
    const value = values[name] ?? '';
    if (value === '' && !(isRequired && type === 'string')) continue;
    input[name] = type === 'string' ? value : type === 'boolean' ? value === 'true' : Number(value);
  }
  return input;
}

/** The other way round; undefined when the input has more than the fields can hold. */
export function valuesOf(
  fields: readonly InputField[],
  input: Json | undefined,
): Readonly<Record<string, string>> | undefined {
  if (!isObject(input)) return undefined;
  const values: Record<string, string> = {};
  for (const [name, value] of Object.entries(input)) {
    const field = fields.find((one) => one.name === name);
    if (field === undefined || typeof value === 'object') return undefined;
    values[name] = String(value);
  }
  return values;
}

function parsed(text: string): JsonObject | string {
  try {
    const value = JSON.parse(text) as Json;
    return isObject(value) ? value : 'The input has to be an object, such as {"user_id": 7}.';
  } catch (error) {
    return error instanceof Error ? error.message : 'This is no JSON.';
  }
}
