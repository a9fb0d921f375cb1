import type { CreatedExecution, ExecutionRepository, NewExecution } from '../src/ports/execution-repository';

/** A call of its own for one execution. */
export async function createOne(
  repository: ExecutionRepository,
  execution: NewExecution,
): Promise<CreatedExecution> {
  const [created, ...others] = await repository.create([execution]);
  if (created === undefined || others.length > 0) throw new Error('one answer per execution');
  return created;
}
