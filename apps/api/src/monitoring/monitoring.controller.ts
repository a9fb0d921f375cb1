import { Controller, Get, Header, Inject, Query } from '@nestjs/common';
import type { Queues, Statistics, Workers } from '@workflow-engine/contracts';
import { durationMs } from '@workflow-engine/dag';
import type { EngineApi } from '@workflow-engine/execution';

import { ENGINE } from '../engine';
import { QueryPipe } from '../http/dto-pipe';
import { asDuration } from '../http/query-values';
import { Operation } from '../openapi/operation';
import { defaultWindow, maxWindowMs, StatisticsQuery } from './requests';
import { toQueue, toStatistics, toWorker } from './wire';

/** What runs, for people who look at it; programs that watch over it read `/metrics`. */
@Controller('api/v1')
export class MonitoringController {
  constructor(@Inject(ENGINE) private readonly engine: EngineApi) {}

  @Get('statistics')
  @Header('Cache-Control', 'no-store')
  @Operation({
    id: 'getStatistics',
    tag: 'Operations',
    summary: 'How many executions there are, and how many started and ended over time',
    parameters: [
      {
        name: 'window',
        schema: { type: 'string', default: defaultWindow },
        description: `How far to look back: an ISO 8601 duration or seconds, at most ${maxWindowMs / 1_000} s; cut into up to 60 intervals`,
        example: defaultWindow,
      },
    ],
    answers: { 200: { schema: 'Statistics', description: 'What the system of record has' } },
    problems: ['INVALID_REQUEST', 'UNAVAILABLE'],
  })
  async statistics(@Query(new QueryPipe(StatisticsQuery)) query: StatisticsQuery): Promise<Statistics> {
    const windowMs = durationMs(asDuration(query.window ?? defaultWindow) as string | number);
    return toStatistics(await this.engine.statistics(windowMs));
  }

  @Get('queues')
  @Header('Cache-Control', 'no-store')
  @Operation({
    id: 'listQueues',
    tag: 'Operations',
    summary: 'Queues with their tasks, and how far the archive is behind',
    answers: { 200: { schema: 'Queues', description: 'All of them, by name' } },
    problems: ['UNAVAILABLE'],
  })
  async queues(): Promise<Queues> {
    const { queues, archiveLag } = await this.engine.queues();
    return { items: queues.map(toQueue), archive_lag: archiveLag };
  }

  @Get('workers')
  @Header('Cache-Control', 'no-store')
  @Operation({
    id: 'listWorkers',
    tag: 'Operations',
    summary: 'Workers with what they offer and what they have to do',
    answers: { 200: { schema: 'Workers', description: 'All of them, by id' } },
    problems: ['UNAVAILABLE'],
  })
  async workers(): Promise<Workers> {
    return { items: (await this.engine.workers()).map(toWorker) };
  }
}
