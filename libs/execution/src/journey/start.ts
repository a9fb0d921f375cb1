import { canonicalJson } from '@workflow-engine/dag';
import type { Fault } from '@workflow-engine/dag';

import { IdempotencyConflictError, InvalidDocumentError } from '../errors';
import type { CreatedExecution, ExecutionRecord, NewExecution } from '../ports/execution-repository';
import { definition } from './definitions';
import type { StartRequest } from './engine-api';
import type { ApiContext } from './ports';
import { newExecution } from './submit';
import { checkInput, triggerOf } from './trigger';

/** Creates and triggers executions of a registered definition in one step; all of them or none. */
export async function start(
  context: ApiContext,
  name: string,
  requests: readonly StartRequest[],
): Promise<readonly CreatedExecution[]> {
  const versions = new Map<number | undefined, Awaited<ReturnType<typeof definition>>>();
  for (const { version } of requests) {
    if (!versions.has(version)) versions.set(version, await definition(context, name, version));
  }
  const faults: Fault[] = [];
  const executions: NewExecution[] = [];
  for (const [index, request] of requests.entries()) {
    const registered = versions.get(request.version);
    if (registered === undefined) continue;
    try {
      const input = checkInput(context.schemas, registered.definition.input_schema, request.input);
      executions.push({
        ...newExecution(context, registered),
        trigger: { input },
        ...(request.idempotencyKey !== undefined && { idempotencyKey: request.idempotencyKey }),
      });
    } catch (error) {
      if (!(error instanceof InvalidDocumentError)) throw error;
      const prefix = requests.length > 1 ? `/${index}/input` : '/input';
      faults.push(...error.faults.map((fault) => ({ ...fault, pointer: prefix + fault.pointer })));
    }
  }
  if (faults.length > 0) throw new InvalidDocumentError('INVALID_INPUT', faults);
  const created = await context.executions.create(executions);
  await context.stream.append(
    created.filter((one) => one.created).map(({ execution }) => triggerOf(execution)),
  );
  for (const [index, one] of created.entries())
    if (!one.created) assertSameRequest(executions[index], one.execution);
  return created;
}

function assertSameRequest(asked: NewExecution | undefined, known: ExecutionRecord): void {
  if (asked === undefined || canonicalJson(asked.trigger?.input ?? null) === canonicalJson(known.input))
    return;
  throw new IdempotencyConflictError(
    `the idempotency key started execution ${known.id} with another input; use a new key for a new request`,
  );
}
