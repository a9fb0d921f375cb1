import { parseDefinition } from '@workflow-engine/dag';
import type { Json, WorkflowDefinition } from '@workflow-engine/dag';
import { compileTemplates } from '@workflow-engine/templating';
import type { CompiledTemplate } from '@workflow-engine/templating';

import { followUpTask } from '../follow-up-task';
import type { FollowUp, FollowUpPlan, FollowUpScope, Task } from '../ports/task-queue';

/** Makes tasks of follow-ups as the owner of the execution does: by the same templates with the same data. */
export class FollowUpResolver {
  private readonly templates = new WeakMap<FollowUpPlan, CompiledTemplate>();

  /** @param output of the task before it @throws TemplateError */
  resolve(followUp: FollowUp, scope: FollowUpScope, output: Json): Task {
    const { isTemplate, config } = followUp.plan;
    const value = isTemplate ? this.resolved(followUp, scope, output) : config;
    // The handler may change its config, and must not change the plan or the output before by that.
    return followUpTask(followUp, JSON.parse(JSON.stringify(value)) as Json);
  }

  private resolved(
    { executionId, nodeId, plan }: FollowUp,
    { input, labels, startedAt }: FollowUpScope,
    output: Json,
  ): Json {
    let template = this.templates.get(plan);
    if (template === undefined) this.templates.set(plan, (template = compile(nodeId, plan)));
    const node = { output, status: 'COMPLETED', error: null };
    const execution = { id: executionId, started_at: startedAt };
    return template.resolve({ node: () => node, input, execution, labels }).value;
  }
}

/** Of the two nodes that matter: it was checked when the whole definition was. */
function compile(nodeId: string, { dependency, handler, config }: FollowUpPlan): CompiledTemplate {
  const nodes = [
    { id: dependency, handler },
    { id: nodeId, handler, dependencies: [dependency], config },
  ];
  const definition = { name: 'follow-up', dag: { nodes } } as WorkflowDefinition;
  const parsed = parseDefinition(definition);
  const templates = parsed.ok ? compileTemplates(definition, parsed.value.graph) : parsed;
  const template = templates.ok ? templates.value.nodes[1] : undefined;
  if (template === undefined) throw new Error(`the config of "${nodeId}" was accepted before and is not now`);
  return template.config;
}
