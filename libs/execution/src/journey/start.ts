import { canonicalJson } from '@workflow-engine/dag';
import type { Fault, Json } from '@workflow-engine/dag';

import { IdempotencyConflictError, InvalidDocumentError, OutdatedVersionError } from '../errors';
import type { RegisteredDefinition } from '../ports/definition-repository';
import type { CreatedExecution, ExecutionRecord, NewExecution } from '../ports/execution-repository';
import { definition } from './definitions';
import type { StartRequest } from './engine-api';
import type { ApiContext } from './ports';
import { newExecution } from './submit';
import { checkInput, sendTriggers } from './trigger';

/** By the version that requests ask for; `undefined` asks for the newest. */
type Definitions = ReadonlyMap<number | undefined, RegisteredDefinition>;
type KeyHolder = Pick<ExecutionRecord, 'id' | 'input'>;

/**
 * Creates and triggers executions of a registered definition in one step; all of them or none. Which version is the newest
 * one is mostly known, and need not be looked up before: whether it still is shows when they are created.
 */
export async function start(
  context: ApiContext,
  name: string,
  requests: readonly StartRequest[],
): Promise<readonly CreatedExecution[]> {
  const known = context.definitions.lastKnown(name);
  if (known !== undefined && requests.every(({ version }) => version === undefined)) {
    try {
      return await startAs(context, requests, new Map([[undefined, known]]), 'createOfNewest');
    } catch (error) {
      // Another version may be the newest one by now, and take other input.
      if (!(error instanceof OutdatedVersionError || error instanceof InvalidDocumentError)) throw error;
    }
  }
  return startAs(context, requests, await definitionsOf(context, name, requests), 'create');
}

async function startAs(
  context: ApiContext,
  requests: readonly StartRequest[],
  definitions: Definitions,
  create: 'create' | 'createOfNewest',
): Promise<readonly CreatedExecution[]> {
  const executions = newExecutions(context, requests, definitions);
  if (executions.length > 1) await refuseKeysOfOthers(context, executions);
  const created = await context.executions[create](executions);
  await sendTriggers(
    context,
    created.filter((one) => one.created).map(({ execution }) => execution),
  );
  for (const [index, { created: isNew, execution }] of created.entries()) {
    if (!isNew) assertSameInput(inputOf(executions[index]), execution);
  }
  return created;
}

async function definitionsOf(
  context: ApiContext,
  name: string,
  requests: readonly StartRequest[],
): Promise<Definitions> {
  const definitions = new Map<number | undefined, RegisteredDefinition>();
  for (const { version } of requests) {
    if (!definitions.has(version)) definitions.set(version, await definition(context, name, version));
  }
  return definitions;
}

/** @throws InvalidDocumentError with the faults of all inputs; pointers are `/<index>/input/...` */
function newExecutions(
  context: ApiContext,
  requests: readonly StartRequest[],
  definitions: Definitions,
): readonly NewExecution[] {
  const faults: Fault[] = [];
  const executions: NewExecution[] = [];
  for (const [index, { input, version, idempotencyKey }] of requests.entries()) {
    const registered = definitions.get(version);
    if (registered === undefined) continue;
    try {
      const checked = checkInput(context.schemas, registered.definition.input_schema, input);
      const execution = { ...newExecution(context, registered), trigger: { input: checked } };
      executions.push(idempotencyKey === undefined ? execution : { ...execution, idempotencyKey });
    } catch (error) {
      if (!(error instanceof InvalidDocumentError)) throw error;
      for (const fault of error.faults) faults.push({ ...fault, pointer: `/${index}/input${fault.pointer}` });
    }
  }
  if (faults.length > 0) throw new InvalidDocumentError('INVALID_INPUT', faults);
  return executions;
}

/** Before anything is created, so that one key of another request does not leave the rest started. */
async function refuseKeysOfOthers(context: ApiContext, executions: readonly NewExecution[]): Promise<void> {
  const keyed = executions.filter(({ idempotencyKey }) => idempotencyKey !== undefined);
  const [first] = keyed;
  if (first === undefined) return;
  const keys = keyed.map(({ idempotencyKey = '' }) => idempotencyKey);
  const known = new Map<string, KeyHolder>(await context.executions.findByKeys(first.workflowId, keys));
  for (const execution of keyed) {
    const { idempotencyKey = '', id } = execution;
    const holder = known.get(idempotencyKey);
    if (holder !== undefined) assertSameInput(inputOf(execution), holder);
    else known.set(idempotencyKey, { id, input: inputOf(execution) });
  }
}

function inputOf(execution: NewExecution | undefined): Json {
  return execution?.trigger?.input ?? null;
}

function assertSameInput(input: Json, known: KeyHolder): void {
  if (canonicalJson(input) === canonicalJson(known.input)) return;
  throw new IdempotencyConflictError(
    `the idempotency key belongs to execution ${known.id}, which has another input; use a new key for a new request`,
  );
}
