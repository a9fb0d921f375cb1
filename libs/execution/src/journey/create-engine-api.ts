import { knownHandlers } from '../workflow/known-handlers';
import { cancel, pause, rerun, resume, retry } from './control';
import { deadLetter, discardDeadLetter, retryDeadLetter } from './dead-letter';
import { definition, register, validate } from './definitions';
import type { EngineApi } from './engine-api';
import { ExecutionViews, viewOf } from './execution-views';
import { follow, wait } from './follow';
import { readJournal } from './journal-reader';
import { queues, statistics } from './monitoring';
import { nodeDetails } from './node-details';
import type { ApiContext, ApiPorts } from './ports';
import { results } from './results';
import { start } from './start';
import { submit } from './submit';
import { trigger } from './trigger';

/** Every verb that people can call, over the given ports. */
export function createEngineApi(ports: ApiPorts): EngineApi {
  const context: ApiContext = { ...ports, views: new ExecutionViews(ports) };
  return {
    handlers: () => knownHandlers(context.handlers),
    validate: (document) => validate(context, document),
    register: (document) => register(context, document),
    definition: (name, version) => definition(context, name, version),
    definitions: (page) => context.definitions.list(page),
    definitionVersions: async (name, page) => {
      await definition(context, name);
      return context.definitions.versions(name, page);
    },
    submit: (document) => submit(context, document),
    trigger: (executionId, input) => trigger(context, executionId, input),
    start: (name, requests) => start(context, name, requests),
    status: async (executionId) => viewOf(await context.views.fold(executionId)),
    results: (executionId) => results(context, executionId),
    node: (executionId, nodeId) => nodeDetails(context, executionId, nodeId),
    events: async (executionId, afterSeq, limit) => {
      await context.views.record(executionId);
      return readJournal(context, executionId, afterSeq, limit);
    },
    follow: (executionId, afterSeq, signal) => follow(context, executionId, afterSeq, signal),
    wait: (executionId, timeoutMs, signal) => wait(context, executionId, timeoutMs, signal),
    search: (filter, page) => context.executions.search(filter, page),
    cancel: (executionId, reason) => cancel(context, executionId, reason),
    pause: (executionId) => pause(context, executionId),
    resume: (executionId) => resume(context, executionId),
    retry: (executionId) => retry(context, executionId),
    rerun: (executionId, nodeId) => rerun(context, executionId, nodeId),
    deadLetters: (page) => context.deadLetters.list(page),
    deadLetter: (id) => deadLetter(context, id),
    retryDeadLetter: (id) => retryDeadLetter(context, id),
    discardDeadLetter: (id) => discardDeadLetter(context, id),
    statistics: (windowMs) => statistics(context, windowMs),
    queues: () => queues(context),
    workers: () => context.workers.list(),
  };
}
