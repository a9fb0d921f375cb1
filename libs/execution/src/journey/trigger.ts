import { checkJson } from '@workflow-engine/dag';
import type { Json, JsonObject } from '@workflow-engine/dag';

import { InvalidDocumentError, NotFoundError, UnavailableError, WrongStateError } from '../errors';
import type { ExecutionRecord } from '../ports/execution-repository';
import type { SchemaValidator } from '../ports/schema-validator';
import type { Trigger } from '../decider/commands';
import { shortened } from './execution-views';
import type { ApiContext } from './ports';

/**
 * Starts a PENDING execution. The system of record knows of it before the event leaves, so it will run even if
 * this process dies in between: the reaper sends stranded triggers again.
 */
export async function trigger(
  context: ApiContext,
  executionId: string,
  input: unknown,
): Promise<ExecutionRecord> {
  const record = await context.views.record(executionId);
  const { inputSchema } = await context.views.workflowOf(record);
  const checked = checkInput(context.schemas, inputSchema, input);
  const at = new Date(context.clock.now()).toISOString();
  const result = await context.executions.trigger(record.id, checked, at);
  switch (result.outcome) {
    case 'triggered':
      await sendTriggers(context, [result.execution]);
      return result.execution;
    case 'wrong_state':
      throw new WrongStateError(
        executionId,
        result.status,
        `the execution was triggered already: it is ${result.status}; submit the workflow again for another run`,
      );
    case 'not_found':
      throw new NotFoundError('EXECUTION_NOT_FOUND', `there is no execution "${shortened(executionId)}"`);
  }
}

/**
 * The executions are accepted by now, so nobody may be told otherwise: triggers that cannot be sent are sent again by the
 * recovery.
 */
export async function sendTriggers(
  { stream, log }: ApiContext,
  executions: readonly ExecutionRecord[],
): Promise<void> {
  try {
    await stream.append(executions.map(triggerOf));
  } catch (error) {
    if (!(error instanceof UnavailableError)) throw error;
    log.warn('triggers could not be sent and will be sent again', { count: executions.length, err: error });
  }
}

function triggerOf({ id, workflowId, version, input, startedAt }: ExecutionRecord): Trigger {
  const trigger = { type: 'Trigger', executionId: id, workflowId, version, input } as const;
  return startedAt === null ? trigger : { ...trigger, acceptedAt: startedAt };
}

/** The input, `{}` when there is none. @throws InvalidDocumentError */
export function checkInput(schemas: SchemaValidator, schema: JsonObject | undefined, input: unknown): Json {
  const value = input ?? {};
  if (typeof value !== 'object' || Array.isArray(value)) {
    const message = 'The input must be a JSON object, such as {"order_id": 7}.';
    throw new InvalidDocumentError('INVALID_INPUT', [{ code: 'WRONG_TYPE', pointer: '', message }]);
  }
  const faults = checkJson(value);
  if (faults.length > 0) throw new InvalidDocumentError('INVALID_INPUT', faults);
  const misfits = schema === undefined ? [] : schemas.check(schema, value as Json);
  if (misfits.length > 0) throw new InvalidDocumentError('INVALID_INPUT', misfits);
  return value as Json;
}
