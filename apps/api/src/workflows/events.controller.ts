import { Controller, Get, Inject, Param, Query, Req, Res } from '@nestjs/common';
import type { JournalEvent, Page } from '@workflow-engine/contracts';
import { type EngineApi, isTerminal } from '@workflow-engine/execution';
import { Shutdown } from '@workflow-engine/runtime';
import type { Request, Response } from 'express';

import { API_CONFIG, type ApiConfig } from '../api-config';
import { ENGINE } from '../engine';
import { whileWanted } from '../http/client-presence';
import { QueryPipe } from '../http/dto-pipe';
import { defaultPageSize } from '../http/page-query';
import { executionId } from '../http/path-ids';
import { Operation, type Parameter } from '../openapi/operation';
import { invalidRequest } from '../problems/http-problem';
import { defaultKeepAliveMs, sendEvents } from './event-stream';
import { EventsQuery } from './requests';

const eventsParameters: readonly Parameter[] = [
  { name: 'after', schema: { type: 'integer', minimum: 0 }, description: 'Only events with a greater `seq`' },
  {
    name: 'limit',
    schema: { type: 'integer', minimum: 1, maximum: 1_000, default: defaultPageSize },
    description: 'Events on a page; not for streams',
  },
  {
    name: 'Last-Event-ID',
    in: 'header',
    schema: { type: 'string', pattern: '^\\d{1,15}$' },
    description: 'For streams: goes on behind this `seq`; browsers send it when they reconnect',
  },
];

/** The journal of an execution, as pages or live. */
@Controller('api/v1/workflows')
export class EventsController {
  constructor(
    @Inject(ENGINE) private readonly engine: EngineApi,
    @Inject(Shutdown) private readonly shutdown: Shutdown,
    @Inject(API_CONFIG) private readonly config: ApiConfig,
  ) {}

  @Get(':execution_id/events')
  @Operation({
    id: 'getEvents',
    tag: 'Workflows',
    summary: 'The journal: pages, or live as server-sent events',
    description:
      'With `Accept: text/event-stream` the events so far and then each new one as it happens, until the ' +
      'execution ends; `id` is the `seq`. A stream that would have nothing more to say is answered with 204, ' +
      'so that `EventSource` stops reconnecting. Otherwise a page; `next_cursor` goes into `?after=`.',
    parameters: eventsParameters,
    answers: {
      200: { schema: 'JournalEventPage', description: 'One page, or the stream', stream: true },
      204: { description: 'Stream: the execution has ended, and there are no further events' },
    },
    problems: ['INVALID_REQUEST', 'EXECUTION_NOT_FOUND', 'UNAVAILABLE'],
  })
  async events(
    @Param('execution_id', executionId) id: string,
    @Query(new QueryPipe(EventsQuery)) query: EventsQuery,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    response.vary('Accept');
    if (request.accepts(['application/json', 'text/event-stream']) === 'text/event-stream') {
      await this.stream(id, lastEventId(request) ?? query.after ?? 0, response);
    } else {
      response.json(await this.page(id, query.after ?? 0, query.limit ?? defaultPageSize));
    }
  }

  private async page(id: string, after: number, limit: number): Promise<Page<JournalEvent>> {
    const events = await this.engine.events(id, after, limit + 1);
    const items = events.slice(0, limit);
    const last = items.at(-1);
    return { items, next_cursor: events.length > limit && last !== undefined ? String(last.seq) : null };
  }

  private async stream(id: string, after: number, response: Response): Promise<void> {
    const { status } = await this.engine.status(id);
    if (isTerminal(status) && (await this.engine.events(id, after, 1)).length === 0) {
      response.status(204).end();
      return;
    }
    const wanted = whileWanted(response, this.shutdown.signal);
    const batches = this.engine.follow(id, after, wanted);
    await sendEvents(response, batches, wanted, this.config.keepAliveMs ?? defaultKeepAliveMs);
  }
}

function lastEventId(request: Request): number | undefined {
  const header = request.headers['last-event-id'];
  if (header === undefined || header === '') return undefined;
  if (typeof header === 'string' && /^\d{1,15}$/.test(header)) return Number(header);
  throw invalidRequest([
    {
      code: 'INVALID_PARAMETER',
      pointer: '',
      parameter: 'Last-Event-ID',
      message: '"Last-Event-ID" must be the "id" of an event of this stream.',
    },
  ]);
}
