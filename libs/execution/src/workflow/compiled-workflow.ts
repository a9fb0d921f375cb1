import type { CompiledGraph, JoinPolicy, JsonObject, UncertaintyPolicy } from '@workflow-engine/dag';
import type { CompiledTemplates } from '@workflow-engine/templating';

import type { ControlHandler } from '../decider/control-nodes';
import type { FollowUpPlan } from '../ports/task-queue';

/** A registered definition, ready to be run: everything a step needs is looked up by node index. */
export interface CompiledWorkflow {
  readonly workflowId: string;
  readonly version: number;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly graph: CompiledGraph;
  readonly templates: CompiledTemplates;
  readonly plans: readonly NodePlan[];
  /** From trigger to end; undefined: no limit. */
  readonly timeoutMs: number | undefined;
  readonly inputSchema: JsonObject | undefined;
  /** Why the definition cannot be used any more, when it cannot: then its executions fail. */
  readonly unusable?: string;
}

/** How one node is run, with every default filled in. */
export interface NodePlan {
  readonly handler: string;
  /** Set for the nodes that the decider carries out itself; the others are tasks for workers. */
  readonly control: ControlHandler | undefined;
  readonly queue: string;
  readonly join: JoinPolicy;
  readonly retry: RetryPlan;
  readonly startToCloseMs: number | undefined;
  readonly heartbeatMs: number | undefined;
  readonly scheduleToStartMs: number | undefined;
  /** `on_failure: continue` */
  readonly tolerated: boolean;
  readonly onUncertain: UncertaintyPolicy;
  /** When it may begin at once after the node before it. */
  readonly followUp?: FollowUpPlan;
}

export interface RetryPlan {
  readonly maxAttempts: number;
  readonly intervalMs: number;
  readonly backoffRate: number;
  readonly maxIntervalMs: number;
  readonly fullJitter: boolean;
  /** Undefined: whatever the handler marks as retryable. */
  readonly retryOn: ReadonlySet<string> | undefined;
}
