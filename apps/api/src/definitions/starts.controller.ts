import { Body, Controller, Headers, HttpCode, Inject, Param, Post, Query, Res } from '@nestjs/common';
import type {
  BulkStarted,
  ExecutionResults,
  ProblemFault,
  StartedExecution,
} from '@workflow-engine/contracts';
import { durationMs } from '@workflow-engine/dag';
import {
  type CreatedExecution,
  type EngineApi,
  isTerminal,
  type StartRequest,
} from '@workflow-engine/execution';
import { Shutdown } from '@workflow-engine/runtime';
import type { Response } from 'express';

import { ENGINE } from '../engine';
import { whileWanted } from '../http/client-presence';
import { pointersInBody } from '../http/body-pointers';
import { BodyPipe, checkBody, QueryPipe } from '../http/dto-pipe';
import { definitionName } from '../http/path-ids';
import { asDuration } from '../http/query-values';
import { Operation, type Parameter } from '../openapi/operation';
import { invalidRequest } from '../problems/http-problem';
import { toResults } from '../workflows/wire';
import { BulkBody, BulkItem, idempotencyKeyPattern, maxWaitMs, StartBody, WaitQuery } from './requests';
import { toStarted } from './wire';

const startParameters: readonly Parameter[] = [
  {
    name: 'Idempotency-Key',
    in: 'header',
    schema: { type: 'string', minLength: 1, maxLength: 255 },
    description: 'The same key again gives the first execution back instead of starting another one',
  },
  {
    name: 'wait',
    schema: { type: 'string' },
    description: `How long to wait for the end: an ISO 8601 duration or seconds, at most ${maxWaitMs / 1_000} s`,
    example: 'PT10S',
  },
];

const startProblems = [
  'INVALID_REQUEST',
  'INVALID_INPUT',
  'DEFINITION_NOT_FOUND',
  'IDEMPOTENCY_CONFLICT',
  'UNAVAILABLE',
  'OVERLOADED',
] as const;

/** Starts executions of registered definitions in one call. */
@Controller('api/v1/definitions/:name/executions')
export class StartsController {
  constructor(
    @Inject(ENGINE) private readonly engine: EngineApi,
    @Inject(Shutdown) private readonly shutdown: Shutdown,
  ) {}

  @Post()
  @HttpCode(202)
  @Operation({
    id: 'startExecution',
    tag: 'Definitions',
    summary: 'Start an execution, and wait for its results if asked to',
    parameters: startParameters,
    body: { schema: 'StartRequest', example: 'start', optional: true },
    answers: {
      202: {
        schema: 'StartedExecution',
        description: 'Started',
        headers: ['Location', 'Idempotent-Replayed'],
      },
      200: {
        schema: 'ExecutionResults',
        description: 'With `wait`: it ended in time, and these are the results',
        headers: ['Location', 'Idempotent-Replayed'],
      },
    },
    problems: startProblems,
  })
  async start(
    @Param('name', definitionName) name: string,
    @Body(new BodyPipe(StartBody)) body: StartBody,
    @Query(new QueryPipe(WaitQuery)) query: WaitQuery,
    @Headers('idempotency-key') key: string | undefined,
    @Res({ passthrough: true }) response: Response,
  ): Promise<StartedExecution | ExecutionResults> {
    checkKey(key);
    const request = toStartRequest(body, key);
    const [started] = await this.engine.start(name, [request]).catch(ofOne);
    if (started === undefined) throw new Error('the engine started nothing');
    response.setHeader('Location', `/api/v1/workflows/${started.execution.id}`);
    if (!started.created) response.setHeader('Idempotent-Replayed', 'true');
    const results = query.wait === undefined ? undefined : await this.waitFor(started, query.wait, response);
    if (results !== undefined) response.status(200);
    return results ?? toStarted(started);
  }

  @Post('bulk')
  @HttpCode(202)
  @Operation({
    id: 'startExecutions',
    tag: 'Definitions',
    summary: 'Start up to 1,000 executions: all of them or none',
    body: { schema: 'BulkStartRequest', example: 'bulk' },
    answers: { 202: { schema: 'BulkStarted', description: 'Started, in the order of the request' } },
    problems: startProblems,
  })
  async startMany(
    @Param('name', definitionName) name: string,
    @Body(new BodyPipe(BulkBody)) body: BulkBody,
  ): Promise<BulkStarted> {
    const faults: ProblemFault[] = [];
    const requests = body.executions.map((entry, index) => {
      const checked = checkBody(BulkItem, entry, `/executions/${index}`);
      if (faults.length < 100) faults.push(...checked.faults);
      return toStartRequest(checked.value, checked.value.idempotency_key);
    });
    if (faults.length > 0) throw invalidRequest(faults);
    return { items: (await this.engine.start(name, requests).catch(ofMany)).map(toStarted) };
  }

  /** Undefined when it did not end in time. */
  private async waitFor(
    { execution }: CreatedExecution,
    wait: string,
    response: Response,
  ): Promise<ExecutionResults | undefined> {
    const timeoutMs = durationMs(asDuration(wait) as string | number);
    const wanted = whileWanted(response, this.shutdown.signal);
    try {
      const { status } = await this.engine.wait(execution.id, timeoutMs, wanted);
      return isTerminal(status) ? toResults(await this.engine.results(execution.id)) : undefined;
    } catch (error) {
      // Cut short by a shutdown: the execution is started and will finish, which is what the 202 says.
      if (wanted.aborted) return undefined;
      throw error;
    }
  }
}

const ofOne = pointersInBody((pointer) => pointer.replace('/0', ''));
const ofMany = pointersInBody((pointer) => `/executions${pointer}`);

function toStartRequest(item: StartBody, key: string | undefined): StartRequest {
  return {
    input: item.input ?? {},
    ...(item.version === undefined ? {} : { version: item.version }),
    ...(key === undefined ? {} : { idempotencyKey: key }),
  };
}

function checkKey(key: string | undefined): void {
  if (key === undefined || idempotencyKeyPattern.test(key)) return;
  throw invalidRequest([
    {
      code: 'INVALID_PARAMETER',
      pointer: '',
      parameter: 'Idempotency-Key',
      message: '"Idempotency-Key" must have 1 to 255 visible ASCII characters.',
    },
  ]);
}
