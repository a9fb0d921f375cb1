import type { ArchiveOutbox } from '../ports/archive-outbox';
import type { Clock, Ids } from '../ports/clock';
import type { DeadLetters } from '../ports/dead-letters';
import type { DefinitionRepository } from '../ports/definition-repository';
import type { EventStream } from '../ports/event-stream';
import type { ExecutionFeed } from '../ports/execution-feed';
import type { ExecutionRepository } from '../ports/execution-repository';
import type { ExecutionStore } from '../ports/execution-store';
import type { Log } from '../ports/log';
import type { SchemaValidator } from '../ports/schema-validator';
import type { HandlerCatalog } from '../ports/task-handler';
import type { TaskQueue } from '../ports/task-queue';
import type { WorkerDirectory } from '../ports/worker-directory';
import type { ExecutionViews } from './execution-views';

/** What the verbs that people call need of the world. */
export interface ApiPorts {
  readonly definitions: DefinitionRepository;
  readonly executions: ExecutionRepository;
  readonly deadLetters: DeadLetters;
  readonly stream: EventStream;
  readonly store: ExecutionStore;
  readonly feed: ExecutionFeed;
  readonly tasks: Pick<TaskQueue, 'depths'>;
  readonly outbox: Pick<ArchiveOutbox, 'lag'>;
  readonly workers: Pick<WorkerDirectory, 'list'>;
  readonly handlers: HandlerCatalog;
  readonly schemas: SchemaValidator;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
}

/** ... and the views that they share. */
export interface ApiContext extends ApiPorts {
  readonly views: ExecutionViews;
}
