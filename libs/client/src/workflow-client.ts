import {
  type BulkStarted,
  type BulkStartItem,
  type ExecutionResults,
  type ExecutionState,
  type ExecutionStatus,
  type ExecutionSummary,
  type JournalEvent,
  type JsonObject,
  type NodeDetails,
  type StartedExecution,
  type SubmittedExecution,
  type TriggeredExecution,
} from '@workflow-engine/contracts';

import { DeadLetters } from './dead-letters';
import { Definitions, pathOf } from './definitions';
import { newIdempotencyKey } from './idempotency-key';
import { follow, type FollowOptions, untilEnded } from './journal';
import { type CallOptions, Listing, withQuery } from './listing';
import { type LogEntry, logsOf } from './logs';
import { Monitoring } from './monitoring';
import { defaultRetry, type RetryOptions } from './retry';
import { type Call, type Fetch, Transport } from './transport';

export interface WorkflowClientOptions {
  /** Of the engine, e.g. `http://127.0.0.1:8000`. In browsers `''` is where the page came from. */
  readonly url: string;
  /** Sent with every call, e.g. what a proxy wants to see. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly retry?: Partial<RetryOptions>;
  /** How long one try may take; default 30,000. */
  readonly timeoutMs?: number;
  /** Default: the global one. */
  readonly fetch?: Fetch;
}

export interface StartOptions extends CallOptions {
  readonly input?: JsonObject;
  /** Default: the newest one. */
  readonly version?: number;
  /** The same key again gives the first execution back; default: a random one per call. */
  readonly idempotencyKey?: string;
}

export interface ExecutionFilter extends CallOptions {
  /** Any of these. */
  readonly status?: readonly ExecutionStatus[];
  /** Exactly this workflow name. */
  readonly name?: string;
  /** All of these. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Created at or after, ISO 8601. */
  readonly since?: string;
}

export interface LogOptions extends CallOptions {
  /** Only what this node's attempts wrote. */
  readonly nodeId?: string;
  /** Goes on until the execution ends, instead of ending with what there is. */
  readonly follow?: boolean;
}

/** How long the engine may hold the answer to `run` before it is asked in another way; it allows 60 s. */
const holdSeconds = 30;

const terminal: readonly ExecutionStatus[] = ['COMPLETED', 'FAILED', 'CANCELLED', 'TIMED_OUT'];

/**
 * The REST API as methods. Calls that were refused for the moment (429, 503) and those whose connection was lost are
 * sent again after a while, unless a second time could do more than the first.
 *
 * Every call takes a `signal`. @throws {@link ProblemError}, `ConnectionError`, `UnexpectedAnswerError`
 */
export class WorkflowClient {
  readonly definitions: Definitions;
  readonly deadLetters: DeadLetters;
  readonly monitoring: Monitoring;
  private readonly transport: Transport;

  constructor(options: WorkflowClientOptions) {
    this.transport = new Transport({
      url: options.url.replace(/\/+$/, ''),
      headers: options.headers ?? {},
      retry: { ...defaultRetry, ...options.retry },
      timeoutMs: options.timeoutMs ?? 30_000,
      silenceMs: 45_000,
      // Called as a function of the window: browsers refuse it as a method of anything else.
      fetch: options.fetch ?? ((url, init) => fetch(url, init)),
    });
    this.definitions = new Definitions(this.transport);
    this.deadLetters = new DeadLetters(this.transport);
    this.monitoring = new Monitoring(this.transport);
  }

  /** Registers the definition and creates an execution that waits for `trigger`. Not repeated when its answer is lost. */
  submit(definition: object, { signal }: CallOptions = {}): Promise<SubmittedExecution> {
    const call = { method: 'POST', path: '/api/v1/workflow', body: definition } as const;
    return this.transport.request({ ...call, signal, repeatable: false });
  }

  /**
   * From its answer on the execution will finish. When the answer to a first try was lost and the second learns that the
   * execution is triggered already, the first is taken to have done it.
   */
  trigger(
    executionId: string,
    input: JsonObject = {},
    { signal }: CallOptions = {},
  ): Promise<TriggeredExecution> {
    return this.transport.request({
      method: 'POST',
      path: `/api/v1/workflow/trigger/${encodeURIComponent(executionId)}`,
      body: { input },
      signal,
      repeatable: true,
      settled: ({ code, problem: { execution_status: status } }) =>
        code === 'WRONG_STATE' && status !== undefined
          ? { execution_id: executionId, status: status as ExecutionStatus }
          : undefined,
    });
  }

  /** Starts an execution of a registered definition; once, however often the call has to be sent. */
  start(name: string, options: StartOptions = {}): Promise<StartedExecution> {
    return this.transport.request(startCall(name, options));
  }

  /** Starts an execution and waits for its results, whichever way it ends. */
  async run(name: string, options: StartOptions = {}): Promise<ExecutionResults> {
    const call = startCall<ExecutionResults | StartedExecution>(name, options);
    const answer = await this.transport.request({
      ...call,
      path: withQuery(call.path, { wait: holdSeconds }),
      patienceMs: holdSeconds * 1_000,
    });
    return 'outputs' in answer ? answer : this.wait(answer.execution_id, options);
  }

  /** Up to 1,000 at once: all of them are started, or none; each once, however often the call has to be sent. */
  startMany(
    name: string,
    items: readonly BulkStartItem[],
    { signal }: CallOptions = {},
  ): Promise<BulkStarted> {
    const executions = items.map((item) => ({ idempotency_key: newIdempotencyKey(), ...item }));
    const path = `${pathOf(name)}/executions/bulk`;
    return this.transport.request({ method: 'POST', path, body: { executions }, signal, repeatable: true });
  }

  /** Waits until the execution has ended, however long that takes; `AbortSignal.timeout(ms)` bounds it. */
  wait(executionId: string, { signal }: CallOptions = {}): Promise<ExecutionResults> {
    const look = async (): Promise<ExecutionResults | undefined> => {
      const results = await this.results(executionId, { signal });
      return terminal.includes(results.status) ? results : undefined;
    };
    return untilEnded(this.transport, executionId, look, { ...(signal && { signal }) });
  }

  /**
   * The journal and then each new event as it happens, in order, without gaps, until the execution has ended. Goes on
   * behind what it has when the connection is lost.
   */
  follow(executionId: string, options: FollowOptions = {}): AsyncGenerator<JournalEvent, void, undefined> {
    return follow(this.transport, executionId, options);
  }

  /** The journal so far. */
  events(
    executionId: string,
    { after, signal }: CallOptions & { readonly after?: number } = {},
  ): Listing<JournalEvent> {
    // Its cursor is the `seq` to go on after.
    return new Listing(
      this.transport,
      `${executionPath(executionId)}/events`,
      { after },
      { signal, cursorName: 'after' },
    );
  }

  /** What task handlers wrote, attempt by attempt. */
  logs(executionId: string, options: LogOptions = {}): AsyncGenerator<LogEntry, void, undefined> {
    const { signal, nodeId, follow: live = false } = options;
    const events = live
      ? this.follow(executionId, { ...(signal && { signal }) })
      : this.events(executionId, { signal });
    return logsOf(events, nodeId);
  }

  status(executionId: string, { signal }: CallOptions = {}): Promise<ExecutionState> {
    return this.transport.request({
      method: 'GET',
      path: executionPath(executionId),
      signal,
      repeatable: true,
    });
  }

  /** What there is so far. */
  results(executionId: string, { signal }: CallOptions = {}): Promise<ExecutionResults> {
    const path = `${executionPath(executionId)}/results`;
    return this.transport.request({ method: 'GET', path, signal, repeatable: true });
  }

  /** Everything about one node: config, output, attempts, logs. */
  node(executionId: string, nodeId: string, { signal }: CallOptions = {}): Promise<NodeDetails> {
    const path = `${executionPath(executionId)}/nodes/${encodeURIComponent(nodeId)}`;
    return this.transport.request({ method: 'GET', path, signal, repeatable: true });
  }

  /** Executions, newest first. */
  executions({ status, name, labels, since, signal }: ExecutionFilter = {}): Listing<ExecutionSummary> {
    const label = Object.entries(labels ?? {}).map(([key, value]) => `${key}:${value}`);
    return new Listing(this.transport, '/api/v1/workflows', { status, name, label, since }, { signal });
  }

  /** Nothing new starts, running tasks are told to stop. */
  cancel(
    executionId: string,
    { reason, signal }: CallOptions & { readonly reason?: string } = {},
  ): Promise<ExecutionState> {
    return this.change(executionId, 'cancel', { body: { ...(reason !== undefined && { reason }) }, signal });
  }

  /** Running tasks finish, nothing new starts. */
  pause(executionId: string, { signal }: CallOptions = {}): Promise<ExecutionState> {
    return this.change(executionId, 'pause', { signal });
  }

  resume(executionId: string, { signal }: CallOptions = {}): Promise<ExecutionState> {
    return this.change(executionId, 'resume', { signal });
  }

  /** From the failed nodes on; what succeeded stays. */
  retry(executionId: string, { signal }: CallOptions = {}): Promise<ExecutionState> {
    return this.change(executionId, 'retry', { signal });
  }

  /** From one node on, of an execution that has ended: it and what is downstream of it run again, the rest stays. */
  rerun(executionId: string, nodeId: string, { signal }: CallOptions = {}): Promise<ExecutionState> {
    return this.change(executionId, withQuery('rerun', { from: nodeId }), { signal });
  }

  /** Not repeated when its answer is lost: meanwhile somebody may have changed the execution again. */
  private change(
    executionId: string,
    verb: string,
    call: Pick<Call<ExecutionState>, 'body' | 'signal'>,
  ): Promise<ExecutionState> {
    const path = `${executionPath(executionId)}/${verb}`;
    return this.transport.request({ method: 'POST', path, ...call, repeatable: false });
  }
}

function executionPath(executionId: string): string {
  return `/api/v1/workflows/${encodeURIComponent(executionId)}`;
}

function startCall<T>(name: string, { input, version, idempotencyKey, signal }: StartOptions): Call<T> {
  return {
    method: 'POST',
    path: `${pathOf(name)}/executions`,
    headers: { 'idempotency-key': idempotencyKey ?? newIdempotencyKey() },
    body: { ...(input !== undefined && { input }), ...(version !== undefined && { version }) },
    signal,
    repeatable: true,
  };
}
