import { UnavailableError } from '../../src/errors';
import type { SeededRandom } from '../seeded-random';
import type { Scheduler } from './scheduler';
import type { SimulatedProcess } from './simulated-process';
import type { Trace } from './trace';

/** What goes wrong with calls, each with its probability. */
export interface NetworkFaults {
  /** The call fails after a while. It has no effect, or a late one. */
  readonly lostRequest: number;
  /** The call has its effect, and fails after a while. */
  readonly lostAnswer: number;
  /** The call is sent twice, and the second one is answered. */
  readonly duplicate: number;
  /** It takes up to {@link Network.longestDelayMs} to get there, or back. */
  readonly delay: number;
  /** The caller dies: before it is sent, or while it is under way. */
  readonly kill: number;
}

export const NO_FAULTS: NetworkFaults = { lostRequest: 0, lostAnswer: 0, duplicate: 0, delay: 0, kill: 0 };

/** What is at the other end. */
export interface Service {
  readonly isUp: boolean;
  /** Another one than before: whatever was under way has failed. */
  readonly incarnation: number;
}

/** A call that has had its effect. */
export interface Effect {
  readonly process: SimulatedProcess;
  readonly method: string;
  readonly args: readonly unknown[];
  readonly result: unknown;
}

interface Call {
  readonly process: SimulatedProcess;
  readonly service: Service;
  /** `port.method` */
  readonly method: string;
  readonly args: readonly unknown[];
  readonly send: () => Promise<unknown>;
}

interface Answer {
  resolve(result: unknown): void;
  reject(error: unknown): void;
}

export interface ConnectOptions {
  /** Methods that are not repeated: what they hand out is remembered by the caller's side. */
  readonly once?: readonly string[];
  readonly onFault?: () => void;
}

const LOST_AFTER_MS = 300;
/** By then whoever made a call that went wrong has tried again, and what was sent unheard has had its effect. */
const OVERCOME_AFTER_MS = 5000;

/** Everything between the processes and what they share. */
export class Network {
  faults = NO_FAULTS;
  private readonly listeners: ((effect: Effect) => void)[] = [];

  constructor(
    private readonly scheduler: Scheduler,
    private readonly random: SeededRandom,
    private readonly trace: Trace,
    private readonly longestDelayMs: number,
  ) {}

  onEffect(listener: (effect: Effect) => void): void {
    this.listeners.push(listener);
  }

  /** The port as the process sees it: every method is a call through the network. */
  connect<Port extends object>(
    process: SimulatedProcess,
    service: Service,
    name: string,
    port: () => Port,
    { once = [], onFault }: ConnectOptions = {},
  ): Port {
    const methodOf =
      (method: string) =>
      (...args: readonly unknown[]): Promise<unknown> => {
        const send = async (): Promise<unknown> => {
          const target = port();
          return Reflect.apply(Reflect.get(target, method) as (...args: unknown[]) => unknown, target, args);
        };
        const answered = this.call(
          { process, service, method: `${name}.${method}`, args, send },
          !once.includes(method),
        );
        if (onFault !== undefined) answered.catch(onFault);
        return answered;
      };
    const methods = new Map<PropertyKey, unknown>();
    const get = (_: object, property: PropertyKey): unknown => {
      if (!methods.has(property)) methods.set(property, methodOf(String(property)));
      return methods.get(property);
    };
    return new Proxy({}, { get }) as Port;
  }

  /** A message to a process that nobody waits for; it may be lost. */
  tell(process: SimulatedProcess, action: () => void): void {
    if (!this.random.chance(this.faults.lostRequest)) process.after(this.latency(process), action);
  }

  private call(call: Call, mayRepeat: boolean): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const { process } = call;
      if (!process.isAlive) return;
      if (this.strikes('kill', process)) return this.killDuring(call);
      const answer = this.answerTo(call, resolve, reject);
      if (this.strikes('lostRequest', process)) {
        answer.lost('request lost', LOST_AFTER_MS);
        // Or it was held up somewhere, and arrives when nobody expects it any more.
        if (mayRepeat && this.random.chance(0.5))
          this.performUnheard(call, this.random.between(0, this.longestDelayMs));
      } else {
        if (mayRepeat && this.strikes('duplicate', process)) this.performUnheard(call, 0);
        this.scheduler.after(this.latency(process), () => this.perform(call, answer));
      }
    });
  }

  /** Whoever asked does not hear of it. */
  private performUnheard(call: Call, ms: number): void {
    const unheard = { ...call, method: `${call.method} unheard` };
    this.scheduler.after(ms, () => this.perform(unheard, this.answerTo(unheard, nobody, nobody)));
  }

  private killDuring(call: Call): void {
    const isSent = this.random.chance(0.5);
    this.trace(call.process.name, `dies ${isSent ? 'while it waits for' : 'before'} ${call.method}`);
    if (isSent) this.performUnheard(call, this.latency(call.process));
    call.process.kill();
  }

  private perform(call: Call, answer: ReturnType<Network['answerTo']>): void {
    const { service, process, method, args, send } = call;
    if (!service.isUp) return answer.lost('connection refused', this.latency(process));
    const { incarnation } = service;
    send().then(
      (result) => {
        if (service.incarnation !== incarnation || !service.isUp)
          return answer.lost('connection lost', this.latency(process));
        for (const listener of this.listeners) listener({ process, method, args, result });
        if (this.strikes('lostAnswer', process)) answer.lost('answer lost', LOST_AFTER_MS);
        else answer.resolve(result);
      },
      (error: unknown) => answer.reject(error),
    );
  }

  private answerTo(
    { process, method, args }: Call,
    resolve: (result: unknown) => void,
    reject: (error: Error) => void,
  ): Answer & { lost(how: string, afterMs: number): void } {
    const back = (afterMs: number, what: unknown, action: () => void): void => {
      this.trace(process.name, method, args, what);
      process.after(afterMs, action);
    };
    return {
      resolve: (result) => back(this.latency(process), result, () => resolve(result)),
      reject: (error) => back(this.latency(process), error, () => reject(error as Error)),
      lost: (how, afterMs) => {
        process.disturb(OVERCOME_AFTER_MS);
        back(afterMs, how, () => reject(new UnavailableError(how)));
      },
    };
  }

  private strikes(fault: keyof NetworkFaults, process: SimulatedProcess): boolean {
    const probability = this.faults[fault];
    const isStruck = probability > 0 && this.random.chance(probability);
    if (isStruck) process.disturb(OVERCOME_AFTER_MS);
    return isStruck;
  }

  private latency(process: SimulatedProcess): number {
    return this.strikes('delay', process)
      ? this.random.between(5, this.longestDelayMs)
      : this.random.between(0, 3);
  }
}

function nobody(): void {
  // An answer that goes nowhere.
}
