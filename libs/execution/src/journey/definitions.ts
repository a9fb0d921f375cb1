import { InvalidDocumentError, NotFoundError } from '../errors';
import type { RegisteredDefinition } from '../ports/definition-repository';
import { checkDefinition } from '../workflow/check-definition';
import type { CheckedDefinition } from '../workflow/check-definition';
import type { DefinitionCheck } from './engine-api';
import { shortened } from './execution-views';
import type { ApiPorts } from './ports';

export function validate(ports: ApiPorts, document: unknown): DefinitionCheck {
  const checked = checkDefinition(document, ports);
  if (!checked.ok) return { valid: false, faults: checked.faults };
  const { graph } = checked.value;
  return { valid: true, nodeCount: graph.size, edgeCount: graph.edgeCount };
}

/** @throws InvalidDocumentError with every fault */
export function accept(ports: ApiPorts, document: unknown): CheckedDefinition {
  const checked = checkDefinition(document, ports);
  if (!checked.ok) throw new InvalidDocumentError('INVALID_DEFINITION', checked.faults);
  return checked.value;
}

export async function register(
  ports: ApiPorts,
  document: unknown,
): Promise<RegisteredDefinition & { readonly created: boolean }> {
  return ports.definitions.register(accept(ports, document).definition);
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
