import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import type {
  ExecutionResults,
  ExecutionState,
  ExecutionSummary,
  NodeDetails,
  Page,
} from '@workflow-engine/contracts';
import type { EngineApi, ExecutionFilter } from '@workflow-engine/execution';

import { ENGINE } from '../engine';
import { BodyPipe, QueryPipe } from '../http/dto-pipe';
import { pageRequest, toWirePage } from '../http/page-query';
import { executionId, nodeId } from '../http/path-ids';
import { Operation, pageParameters, type Parameter } from '../openapi/operation';
import { CancelBody, RerunQuery, SearchQuery } from './requests';
import { toNodeDetails, toResults, toState, toSummary } from './wire';

const searchParameters: readonly Parameter[] = [
  {
    name: 'status',
    schema: { type: 'array', items: { $ref: '#/components/schemas/ExecutionStatus' } },
    description: 'Any of these; repeated, or separated by commas',
  },
  { name: 'name', schema: { type: 'string' }, description: 'Exactly this workflow name' },
  {
    name: 'label',
    schema: { type: 'array', items: { type: 'string' } },
    description: '`key:value`; repeated: all of them',
    example: ['team:sales'],
  },
  {
    name: 'since',
    schema: { type: 'string', format: 'date-time' },
    description: 'Created at or after',
  },
  ...pageParameters,
];

const changeProblems = ['EXECUTION_NOT_FOUND', 'WRONG_STATE', 'UNAVAILABLE'] as const;

@Controller('api/v1/workflows')
export class WorkflowsController {
  constructor(@Inject(ENGINE) private readonly engine: EngineApi) {}

  @Get()
  @Operation({
    id: 'searchWorkflows',
    tag: 'Workflows',
    summary: 'Search executions, newest first',
    parameters: searchParameters,
    answers: { 200: { schema: 'ExecutionSummaryPage', description: 'One page' } },
    problems: ['INVALID_REQUEST', 'INVALID_CURSOR', 'UNAVAILABLE'],
  })
  async search(@Query(new QueryPipe(SearchQuery)) query: SearchQuery): Promise<Page<ExecutionSummary>> {
    return toWirePage(await this.engine.search(filterOf(query), pageRequest(query)), toSummary);
  }

  @Get(':execution_id/results')
  @Operation({
    id: 'getResults',
    tag: 'Workflows',
    summary: 'Output of an execution and of its nodes',
    answers: { 200: { schema: 'ExecutionResults', description: 'What there is so far' } },
    problems: ['EXECUTION_NOT_FOUND', 'UNAVAILABLE'],
  })
  async results(@Param('execution_id', executionId) id: string): Promise<ExecutionResults> {
    return toResults(await this.engine.results(id));
  }

  @Get(':execution_id/nodes/:node_id')
  @Operation({
    id: 'getNode',
    tag: 'Workflows',
    summary: 'Everything about one node: config, output, attempts, logs',
    answers: { 200: { schema: 'NodeDetails', description: 'The node' } },
    problems: ['EXECUTION_NOT_FOUND', 'NODE_NOT_FOUND', 'UNAVAILABLE'],
  })
  async node(
    @Param('execution_id', executionId) id: string,
    @Param('node_id', nodeId) node: string,
  ): Promise<NodeDetails> {
    return toNodeDetails(await this.engine.node(id, node));
  }

  @Post(':execution_id/cancel')
  @HttpCode(200)
  @Operation({
    id: 'cancelWorkflow',
    tag: 'Workflows',
    summary: 'Cancel: nothing new starts, running tasks are told to stop',
    body: { schema: 'CancelRequest', example: 'cancel', optional: true },
    answers: { 200: { schema: 'ExecutionState', description: 'The status then' } },
    problems: ['INVALID_REQUEST', ...changeProblems],
  })
  async cancel(
    @Param('execution_id', executionId) id: string,
    @Body(new BodyPipe(CancelBody)) body: CancelBody,
  ): Promise<ExecutionState> {
    return toState(await this.engine.cancel(id, body.reason));
  }

  @Delete(':execution_id')
  @HttpCode(200)
  @Operation({
    id: 'deleteWorkflow',
    tag: 'Workflows',
    summary: 'The same as cancel; the history stays',
    answers: { 200: { schema: 'ExecutionState', description: 'The status then' } },
    problems: changeProblems,
  })
  async remove(@Param('execution_id', executionId) id: string): Promise<ExecutionState> {
    return toState(await this.engine.cancel(id));
  }

  @Post(':execution_id/pause')
  @HttpCode(200)
  @Operation({
    id: 'pauseWorkflow',
    tag: 'Workflows',
    summary: 'Pause: running tasks finish, nothing new starts',
    answers: { 200: { schema: 'ExecutionState', description: 'The status then' } },
    problems: changeProblems,
  })
  async pause(@Param('execution_id', executionId) id: string): Promise<ExecutionState> {
    return toState(await this.engine.pause(id));
  }

  @Post(':execution_id/resume')
  @HttpCode(200)
  @Operation({
    id: 'resumeWorkflow',
    tag: 'Workflows',
    summary: 'Go on after a pause',
    answers: { 200: { schema: 'ExecutionState', description: 'The status then' } },
    problems: changeProblems,
  })
  async resume(@Param('execution_id', executionId) id: string): Promise<ExecutionState> {
    return toState(await this.engine.resume(id));
  }

  @Post(':execution_id/retry')
  @HttpCode(200)
  @Operation({
    id: 'retryWorkflow',
    tag: 'Workflows',
    summary: 'Run again from the failed nodes on; what succeeded stays',
    answers: { 200: { schema: 'ExecutionState', description: 'The status then' } },
    problems: changeProblems,
  })
  async retry(@Param('execution_id', executionId) id: string): Promise<ExecutionState> {
    return toState(await this.engine.retry(id));
  }

  @Post(':execution_id/rerun')
  @HttpCode(200)
  @Operation({
    id: 'rerunWorkflow',
    tag: 'Workflows',
    summary: 'Run an execution that has ended again from one node on; the other outputs stay',
    description:
      'That node and everything downstream of it run again, whatever became of them. Of an execution that did not complete, what failed or was cancelled elsewhere goes on as well.',
    parameters: [{ name: 'from', required: true, schema: { type: 'string' }, description: 'Id of the node' }],
    answers: { 200: { schema: 'ExecutionState', description: 'The status then' } },
    problems: ['INVALID_REQUEST', 'NODE_NOT_FOUND', ...changeProblems],
  })
  async rerun(
    @Param('execution_id', executionId) id: string,
    @Query(new QueryPipe(RerunQuery)) query: RerunQuery,
  ): Promise<ExecutionState> {
    return toState(await this.engine.rerun(id, query.from));
  }
}

function filterOf(query: SearchQuery): ExecutionFilter {
  return {
    ...(query.status === undefined ? {} : { status: query.status }),
    ...(query.name === undefined ? {} : { name: query.name }),
    ...(query.label === undefined ? {} : { labels: Object.fromEntries(query.label.map(splitLabel)) }),
    ...(query.since === undefined ? {} : { since: new Date(query.since).toISOString() }),
  };
}

/** The value may hold colons, the key not. */
function splitLabel(label: string): readonly [string, string] {
  const colon = label.indexOf(':');
  return [label.slice(0, colon), label.slice(colon + 1)];
}
