import type { ExecutionRecord, NewExecution } from '../ports/execution-repository';
import type { RegisteredDefinition } from '../ports/definition-repository';
import { register } from './definitions';
import type { ApiPorts } from './ports';

/** Registers the definition and creates an execution that waits for its trigger. */
export async function submit(ports: ApiPorts, document: unknown): Promise<ExecutionRecord> {
  const registered = await register(ports, document);
  const [created] = await ports.executions.create([newExecution(ports, registered)]);
  if (created === undefined) throw new Error('the repository created nothing');
  return created.execution;
}

export function newExecution(ports: ApiPorts, registered: RegisteredDefinition): NewExecution {
  const { workflowId, version, name, definition } = registered;
  const createdAt = new Date(ports.clock.now()).toISOString();
  return { id: ports.ids.next(), workflowId, version, name, labels: definition.labels ?? {}, createdAt };
}
