import type { Checked } from '@workflow-engine/dag';

import { InvalidDocumentError, NotFoundError } from '../errors';
import type { RegisteredDefinition } from '../ports/definition-repository';
import { checkDefinition } from '../workflow/check-definition';
import type { CheckedDefinition } from '../workflow/check-definition';
import type { DefinitionCheck } from './engine-api';
import { shortened } from './execution-views';
import type { ApiPorts } from './ports';

export async function validate(ports: ApiPorts, document: unknown): Promise<DefinitionCheck> {
  const checked = await check(ports, document);
  if (!checked.ok) return { valid: false, faults: checked.faults };
  const { graph } = checked.value;
  return { valid: true, nodeCount: graph.size, edgeCount: graph.edgeCount };
}

/** @throws InvalidDocumentError with every fault */
export async function register(
  ports: ApiPorts,
  document: unknown,
): Promise<RegisteredDefinition & { readonly created: boolean }> {
  const checked = await check(ports, document);
  if (!checked.ok) throw new InvalidDocumentError('INVALID_DEFINITION', checked.faults);
  return ports.definitions.register(checked.value.definition);
}

/** A worker that came up a moment ago may offer what nobody offered before. */
async function check(ports: ApiPorts, document: unknown): Promise<Checked<CheckedDefinition>> {
  const checked = checkDefinition(document, ports);
  const isComplete = checked.ok || !checked.faults.some(({ code }) => code === 'UNKNOWN_HANDLER');
  if (isComplete || (await ports.handlers.refresh?.()) !== true) return checked;
  return checkDefinition(document, ports);
}

export async function definition(
  ports: ApiPorts,
  name: string,
  version?: number,
): Promise<RegisteredDefinition> {
  const found = await ports.definitions.findByName(name, version);
  if (found !== undefined) return found;
  const what = version === undefined ? '' : ` version ${version} of`;
  throw new NotFoundError('DEFINITION_NOT_FOUND', `there is no${what} definition "${shortened(name)}"`);
}
