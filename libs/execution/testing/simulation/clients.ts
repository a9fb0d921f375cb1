import type { JsonObject } from '@workflow-engine/dag';

import type { EngineApi } from '../../src/journey/engine-api';
import { InvalidDocumentError, WrongStateError } from '../../src/errors';
import type { DeadLetter } from '../../src/ports/dead-letters';
import { UNCERTAIN } from '../../src/decider/park';
import type { ExecutionStatus } from '../../src/decider/status';
import type { RandomWorkflow } from './random-workflow';
import { LEASE_MS } from './world';
import type { World } from './world';

/** What one client wants of a workflow. */
export interface Request {
  readonly workflow: RandomWorkflow;
  readonly starts: readonly Start[];
}

/** Something that is to run, once. */
export interface Start {
  readonly idempotencyKey: string;
  /** No other start of the workflow has the same one. */
  readonly input: JsonObject;
  /** Executions of which the client was told that they are triggered. */
  readonly accepted: Set<string>;
}

const ANSWER_WITHIN_MS = 6000;
/** Of one workflow in one call. */
const MOST_STARTS = 4;
/** What somebody may want of an execution, mostly of one that is so far. */
const VERBS = {
  PENDING: ['cancel'],
  RUNNING: ['pause', 'pause', 'cancel', 'letters'],
  PAUSED: ['resume', 'resume', 'cancel', 'letters'],
  COMPLETED: ['rerun'],
  FAILED: ['retry', 'rerun', 'letters'],
  CANCELLED: ['retry', 'rerun'],
  TIMED_OUT: ['retry', 'rerun'],
} as const satisfies Record<ExecutionStatus, readonly string[]>;
const ANY_VERB = Object.values(VERBS).flat();

/** The people around the engine: they start executions, change their minds, and clean up in the end. */
export class Clients {
  readonly requests: Request[] = [];
  /** When somebody first asked for something, by what it is and the execution's id; epoch milliseconds. */
  private readonly asked = new Map<string, number>();
  private readonly over = new AbortController();

  constructor(private readonly world: World) {}

  /** Nobody asks for anything new. */
  stop(): void {
    this.over.abort('over');
  }

  /** Infinity: nobody ever did. */
  firstAsked(what: string, executionId: string): number {
    return this.asked.get(`${what} ${executionId}`) ?? Infinity;
  }

  /** Has the workflow run, each start of it once, whatever it takes, and meddles. */
  async want(workflow: RandomWorkflow): Promise<void> {
    const { random, scheduler } = this.world;
    const byKey = random.chance(0.5);
    const count = byKey && random.chance(0.3) ? random.between(2, MOST_STARTS) : 1;
    const starts = Array.from({ length: count }, (_, index) => ({
      idempotencyKey: `key-${index}`,
      input: { of: index, ...(random.chance(0.5) && { n: random.between(0, 9) }) },
      accepted: new Set<string>(),
    }));
    this.requests.push({ workflow, starts });
    await scheduler.sleep(random.between(0, 3 * LEASE_MS));
    if (byKey) await this.startByKey(workflow, starts);
    else for (const start of starts) await this.submitAndTrigger(workflow, start);
    const accepted = starts.flatMap((start) => [...start.accepted]);
    await Promise.all(accepted.map((id) => this.meddle(id, workflow)));
  }

  /** Resumes what is paused and answers what is parked; calls are without faults by now. */
  async cleanUp(): Promise<void> {
    const { executions, deadLetters, random } = this.world;
    const { items } = await executions.search({ status: ['PAUSED'] }, { limit: 100 });
    const letters = (await deadLetters.list({ limit: 100 })).items.filter(
      ({ error }) => error.code === UNCERTAIN,
    );
    await Promise.all([
      ...items.map(({ id }) => this.ask('resume', id, (api) => api.resume(id))),
      ...letters.map((letter) => (random.chance(0.5) ? this.discard(letter) : this.retryLetter(letter))),
    ]);
  }

  /** All in one call, or in two that come at the same time. */
  private async startByKey({ definition }: RandomWorkflow, starts: readonly Start[]): Promise<void> {
    await this.untilAnswered('register', (api) => api.register(definition));
    const start = (api: EngineApi) => api.start(definition.name, starts);
    const answers = this.world.random.chance(0.3)
      ? await Promise.all([this.untilAnswered('start', start), this.untilAnswered('start', start)])
      : [await this.untilAnswered('start', start)];
    for (const answer of answers)
      for (const [index, { execution }] of (answer ?? []).entries())
        starts[index]?.accepted.add(execution.id);
  }

  private async submitAndTrigger({ definition }: RandomWorkflow, { input, accepted }: Start): Promise<void> {
    const submitted = await this.untilAnswered('submit', (api) => api.submit(definition));
    if (submitted === undefined) return;
    const { id } = submitted;
    const trigger = async (api: EngineApi): Promise<unknown> => {
      try {
        return await api.trigger(id, input);
      } catch (error) {
        // An earlier try had succeeded, or somebody else had cancelled it.
        if (error instanceof WrongStateError) return error.status !== 'CANCELLED';
        throw error;
      }
    };
    if (this.world.random.chance(0.1)) void this.ask('cancel', id, (api) => api.cancel(id));
    const times = this.world.random.chance(0.3) ? 2 : 1;
    const tries = Array.from({ length: times }, () => this.untilAnswered('trigger', trigger));
    if ((await Promise.all(tries)).some(Boolean)) accepted.add(id);
  }

  /** Now and then somebody wants something else to become of an execution. */
  private async meddle(id: string, workflow: RandomWorkflow): Promise<void> {
    const { executions, random, scheduler } = this.world;
    const { signal } = this.over;
    while (random.chance(0.6)) {
      await scheduler.sleep(random.between(0, random.pick([30, 300, 3 * LEASE_MS])), signal);
      if (signal.aborted) return;
      const { status = 'PENDING' } = { ...(await executions.find(id)) };
      const verb = random.pick<(typeof ANY_VERB)[number]>(random.chance(0.8) ? VERBS[status] : ANY_VERB);
      if (verb === 'letters') await this.readLetters();
      else if (verb === 'rerun') {
        const { id: node } = random.pick(workflow.plan);
        await this.ask(verb, id, (api) => api.rerun(id, node));
      } else await this.ask(verb, id, (api) => api[verb](id));
    }
  }

  private async readLetters(): Promise<void> {
    const page = await this.ask('letters', '', (api) => api.deadLetters({ limit: 10 }));
    for (const letter of page?.items ?? []) {
      if (this.world.random.chance(0.3)) await this.discard(letter);
      else await this.retryLetter(letter);
    }
  }

  private async retryLetter({ id, executionId }: DeadLetter): Promise<void> {
    await this.ask('retry letter', executionId, (api) => api.retryDeadLetter(id));
  }

  private async discard({ id, executionId }: DeadLetter): Promise<void> {
    await this.ask('discard', executionId, (api) => api.discardDeadLetter(id));
  }

  /** Asks again until there is an answer; undefined when it is too late for that. */
  private async untilAnswered<T>(
    what: string,
    question: (api: EngineApi) => Promise<T>,
  ): Promise<T | undefined> {
    while (!this.over.signal.aborted) {
      const answer = await this.ask(what, '', question);
      if (answer !== undefined) return answer;
      await this.world.scheduler.sleep(this.world.random.between(10, LEASE_MS));
    }
    return undefined;
  }

  /** Undefined when there is no answer, or a refusal. */
  private async ask<T>(
    what: string,
    about: string,
    question: (api: EngineApi) => Promise<T>,
  ): Promise<T | undefined> {
    const { trace, scheduler } = this.world;
    const api = this.world.api();
    if (api === undefined) return undefined;
    const key = `${what} ${about}`;
    if (!this.asked.has(key)) this.asked.set(key, scheduler.now());
    const tell = (answer: unknown): void => trace('client', what, [about], answer);
    const answered = question(api).then(
      (answer) => {
        tell(answer);
        return answer;
      },
      (error: unknown) => {
        tell(error);
        if (error instanceof InvalidDocumentError) this.world.ledger.faults.push(`${what}: ${error.message}`);
        return undefined;
      },
    );
    return Promise.race([answered, scheduler.sleep(ANSWER_WITHIN_MS).then(() => undefined)]);
  }
}
