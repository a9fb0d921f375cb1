import { Body, Controller, Get, HttpCode, Inject, Param, Post, Res } from '@nestjs/common';
import type { ExecutionState, SubmittedExecution, TriggeredExecution } from '@workflow-engine/contracts';
import type { EngineApi } from '@workflow-engine/execution';
import type { Response } from 'express';

import { ENGINE } from '../engine';
import { BodyPipe } from '../http/dto-pipe';
import { pointersInBody } from '../http/body-pointers';
import { executionId } from '../http/path-ids';
import { Operation } from '../openapi/operation';
import { TriggerBody } from './requests';
import { toState, toSubmitted } from './wire';

/** The product's front door: submit, trigger, watch. Served without a version as well; its form never changes. */
@Controller(['', 'api/v1'])
export class FrontDoorController {
  constructor(@Inject(ENGINE) private readonly engine: EngineApi) {}

  @Post('workflow')
  @HttpCode(201)
  @Operation({
    id: 'submitWorkflow',
    tag: 'Workflows',
    summary: 'Submit a workflow',
    description:
      'Checks and registers the definition and creates an execution of it, which waits for its trigger.',
    body: { schema: 'WorkflowDefinition', example: 'definition' },
    answers: { 201: { schema: 'SubmittedExecution', description: 'Created', headers: ['Location'] } },
    problems: ['INVALID_DEFINITION', 'UNAVAILABLE', 'OVERLOADED'],
  })
  async submit(
    @Body() document: unknown,
    @Res({ passthrough: true }) response: Response,
  ): Promise<SubmittedExecution> {
    const execution = await this.engine.submit(document);
    response.setHeader('Location', `/workflows/${execution.id}`);
    return toSubmitted(execution);
  }

  @Post('workflow/trigger/:execution_id')
  @HttpCode(202)
  @Operation({
    id: 'triggerWorkflow',
    tag: 'Workflows',
    summary: 'Start a submitted execution',
    description: 'From this answer on the execution will finish, whatever fails on our side.',
    body: { schema: 'TriggerRequest', example: 'trigger', optional: true },
    answers: { 202: { schema: 'TriggeredExecution', description: 'Started' } },
    problems: [
      'INVALID_REQUEST',
      'INVALID_INPUT',
      'EXECUTION_NOT_FOUND',
      'WRONG_STATE',
      'UNAVAILABLE',
      'OVERLOADED',
    ],
  })
  async trigger(
    @Param('execution_id', executionId) id: string,
    @Body(new BodyPipe(TriggerBody)) body: TriggerBody,
  ): Promise<TriggeredExecution> {
    const execution = await this.engine.trigger(id, body.input ?? {}).catch(atInput);
    return { execution_id: execution.id, status: execution.status };
  }

  @Get('workflows/:execution_id')
  @Operation({
    id: 'getWorkflow',
    tag: 'Workflows',
    summary: 'Status of an execution and of all its nodes',
    answers: { 200: { schema: 'ExecutionState', description: 'The status' } },
    problems: ['EXECUTION_NOT_FOUND', 'UNAVAILABLE'],
  })
  async status(@Param('execution_id', executionId) id: string): Promise<ExecutionState> {
    return toState(await this.engine.status(id));
  }
}

const atInput = pointersInBody((pointer) => `/input${pointer}`);
