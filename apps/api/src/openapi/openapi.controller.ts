import { Controller, Get, Inject, Res } from '@nestjs/common';
import { definitionSchemaWith } from '@workflow-engine/dag';
import type { EngineApi } from '@workflow-engine/execution';
import type { Response } from 'express';

import { ENGINE } from '../engine';
import { Operation } from './operation';

/** Holds the document, which exists only once all routes are known. */
export class OpenApiHolder {
  json = '{}';
}

@Controller()
export class OpenApiController {
  constructor(
    @Inject(OpenApiHolder) private readonly holder: OpenApiHolder,
    @Inject(ENGINE) private readonly engine: EngineApi,
  ) {}

  @Get('openapi.json')
  @Operation({
    id: 'getOpenApi',
    tag: 'About',
    summary: 'This document',
    answers: { 200: { schema: 'JsonDocument', description: 'OpenAPI 3.1' } },
    problems: [],
  })
  openApi(@Res() response: Response): void {
    response.type('application/json').send(this.holder.json);
  }

  @Get('schemas/definition.json')
  @Operation({
    id: 'getDefinitionSchema',
    tag: 'About',
    summary: 'JSON Schema of workflow definitions, for editors, with the handlers that there are now',
    answers: {
      200: {
        schema: 'JsonDocument',
        description: 'JSON Schema, draft 2020-12',
        mediaType: 'application/schema+json',
      },
    },
    problems: [],
  })
  schema(@Res() response: Response): void {
    const schema = definitionSchemaWith(this.engine.handlers());
    response.type('application/schema+json').send(JSON.stringify(schema));
  }
}
