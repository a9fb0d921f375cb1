import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query, Res } from '@nestjs/common';
import type {
  DefinitionCheck,
  DefinitionDocument,
  DefinitionSummary,
  Page,
} from '@workflow-engine/contracts';
import type { EngineApi } from '@workflow-engine/execution';
import type { Response } from 'express';

import { ENGINE } from '../engine';
import { QueryPipe } from '../http/dto-pipe';
import { PageQuery, pageRequest, toWirePage } from '../http/page-query';
import { definitionName } from '../http/path-ids';
import { Operation, pageParameters } from '../openapi/operation';
import { HttpProblem } from '../problems/http-problem';
import { toCheck, toDefinitionSummary, toDocument } from './wire';

@Controller('api/v1/definitions')
export class DefinitionsController {
  constructor(@Inject(ENGINE) private readonly engine: EngineApi) {}

  @Post()
  @Operation({
    id: 'registerDefinition',
    tag: 'Definitions',
    summary: 'Register a definition; the same content is the same version',
    body: { schema: 'WorkflowDefinition', example: 'definition' },
    answers: {
      201: { schema: 'DefinitionDocument', description: 'A new version', headers: ['Location'] },
      200: {
        schema: 'DefinitionDocument',
        description: 'This content was registered before',
        headers: ['Location'],
      },
    },
    problems: ['INVALID_DEFINITION', 'UNAVAILABLE'],
  })
  async register(
    @Body() document: unknown,
    @Res({ passthrough: true }) response: Response,
  ): Promise<DefinitionDocument> {
    const registered = await this.engine.register(document);
    response.status(registered.created ? 201 : 200);
    const path = `/api/v1/definitions/${encodeURIComponent(registered.name)}/versions/${registered.version}`;
    response.setHeader('Location', path);
    return toDocument(registered);
  }

  @Post('validate')
  @HttpCode(200)
  @Operation({
    id: 'validateDefinition',
    tag: 'Definitions',
    summary: 'Check a definition without registering it',
    body: { schema: 'WorkflowDefinition', example: 'definition' },
    answers: { 200: { schema: 'DefinitionCheck', description: 'The verdict, with every fault' } },
    problems: ['UNAVAILABLE'],
  })
  async validate(@Body() document: unknown): Promise<DefinitionCheck> {
    return toCheck(await this.engine.validate(document));
  }

  @Get()
  @Operation({
    id: 'listDefinitions',
    tag: 'Definitions',
    summary: 'The newest version of each definition, by name',
    parameters: pageParameters,
    answers: { 200: { schema: 'DefinitionSummaryPage', description: 'One page' } },
    problems: ['INVALID_REQUEST', 'INVALID_CURSOR', 'UNAVAILABLE'],
  })
  async list(@Query(new QueryPipe(PageQuery)) query: PageQuery): Promise<Page<DefinitionSummary>> {
    return toWirePage(await this.engine.definitions(pageRequest(query)), toDefinitionSummary);
  }

  @Get(':name')
  @Operation({
    id: 'getDefinition',
    tag: 'Definitions',
    summary: 'The newest version of a definition',
    answers: { 200: { schema: 'DefinitionDocument', description: 'The definition' } },
    problems: ['DEFINITION_NOT_FOUND', 'UNAVAILABLE'],
  })
  async newest(@Param('name', definitionName) name: string): Promise<DefinitionDocument> {
    return toDocument(await this.engine.definition(name));
  }

  @Get(':name/versions')
  @Operation({
    id: 'listVersions',
    tag: 'Definitions',
    summary: 'All versions of a definition, newest first',
    parameters: pageParameters,
    answers: { 200: { schema: 'DefinitionSummaryPage', description: 'One page' } },
    problems: ['INVALID_REQUEST', 'INVALID_CURSOR', 'DEFINITION_NOT_FOUND', 'UNAVAILABLE'],
  })
  async versions(
    @Param('name', definitionName) name: string,
    @Query(new QueryPipe(PageQuery)) query: PageQuery,
  ): Promise<Page<DefinitionSummary>> {
    return toWirePage(await this.engine.definitionVersions(name, pageRequest(query)), toDefinitionSummary);
  }

  @Get(':name/versions/:version')
  @Operation({
    id: 'getVersion',
    tag: 'Definitions',
    summary: 'One version of a definition',
    answers: { 200: { schema: 'DefinitionDocument', description: 'The definition' } },
    problems: ['DEFINITION_NOT_FOUND', 'UNAVAILABLE'],
  })
  async version(
    @Param('name', definitionName) name: string,
    @Param('version') version: string,
  ): Promise<DefinitionDocument> {
    if (!/^[1-9]\d{0,8}$/.test(version)) {
      throw new HttpProblem('DEFINITION_NOT_FOUND', 'Versions are whole numbers: 1, 2, 3 ...');
    }
    return toDocument(await this.engine.definition(name, Number(version)));
  }
}
