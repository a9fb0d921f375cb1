import { Controller, Delete, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import type { DeadLetter as WireDeadLetter, ExecutionState, Page } from '@workflow-engine/contracts';
import type { DeadLetter, EngineApi } from '@workflow-engine/execution';

import { ENGINE } from '../engine';
import { QueryPipe } from '../http/dto-pipe';
import { PageQuery, pageRequest, toWirePage } from '../http/page-query';
import { deadLetterId } from '../http/path-ids';
import { Operation, pageParameters } from '../openapi/operation';
import { toState } from '../workflows/wire';

@Controller('api/v1/dead-letters')
export class DeadLettersController {
  constructor(@Inject(ENGINE) private readonly engine: EngineApi) {}

  @Get()
  @Operation({
    id: 'listDeadLetters',
    tag: 'Dead letters',
    summary: 'Tasks that failed for good, and parked ones, newest first',
    parameters: pageParameters,
    answers: { 200: { schema: 'DeadLetterPage', description: 'One page' } },
    problems: ['INVALID_REQUEST', 'INVALID_CURSOR', 'UNAVAILABLE'],
  })
  async list(@Query(new QueryPipe(PageQuery)) query: PageQuery): Promise<Page<WireDeadLetter>> {
    return toWirePage(await this.engine.deadLetters(pageRequest(query)), toWireDeadLetter);
  }

  @Get(':dead_letter_id')
  @Operation({
    id: 'getDeadLetter',
    tag: 'Dead letters',
    summary: 'One of them',
    answers: { 200: { schema: 'DeadLetter', description: 'The dead letter' } },
    problems: ['DEAD_LETTER_NOT_FOUND', 'UNAVAILABLE'],
  })
  async get(@Param('dead_letter_id', deadLetterId) id: string): Promise<WireDeadLetter> {
    return toWireDeadLetter(await this.engine.deadLetter(id));
  }

  @Post(':dead_letter_id/retry')
  @HttpCode(200)
  @Operation({
    id: 'retryDeadLetter',
    tag: 'Dead letters',
    summary:
      'Try the task again; its execution goes on from there, or had never stopped if the task is parked',
    answers: { 200: { schema: 'ExecutionState', description: 'The status of the execution' } },
    problems: ['DEAD_LETTER_NOT_FOUND', 'WRONG_STATE', 'UNAVAILABLE'],
  })
  async retry(@Param('dead_letter_id', deadLetterId) id: string): Promise<ExecutionState> {
    return toState(await this.engine.retryDeadLetter(id));
  }

  @Delete(':dead_letter_id')
  @HttpCode(204)
  @Operation({
    id: 'discardDeadLetter',
    tag: 'Dead letters',
    summary: 'Discard it; an execution stays as it ended, a parked task fails',
    answers: { 204: { description: 'Discarded' } },
    problems: ['DEAD_LETTER_NOT_FOUND', 'UNAVAILABLE'],
  })
  async discard(@Param('dead_letter_id', deadLetterId) id: string): Promise<void> {
    await this.engine.discardDeadLetter(id);
  }
}

function toWireDeadLetter(letter: DeadLetter): WireDeadLetter {
  return {
    id: letter.id,
    execution_id: letter.executionId,
    name: letter.name,
    node_id: letter.nodeId,
    handler: letter.handler,
    error: letter.error,
    attempts: letter.attempts,
    created_at: letter.createdAt,
  };
}
