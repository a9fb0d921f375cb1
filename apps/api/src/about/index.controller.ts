import { Controller, Get } from '@nestjs/common';

import { Operation } from '../openapi/operation';

const links = {
  submit: 'POST /workflow',
  trigger: 'POST /workflow/trigger/{execution_id}',
  status: 'GET /workflows/{execution_id}',
  results: 'GET /api/v1/workflows/{execution_id}/results',
  events: 'GET /api/v1/workflows/{execution_id}/events',
  search: 'GET /api/v1/workflows',
  definitions: 'GET /api/v1/definitions',
  dead_letters: 'GET /api/v1/dead-letters',
  documentation: 'GET /docs',
  openapi: 'GET /openapi.json',
  definition_schema: 'GET /schemas/definition.json',
  health: 'GET /health/ready',
  metrics: 'GET /metrics',
};

/** Tells whoever opens the bare address where things are. */
@Controller()
export class IndexController {
  @Get()
  @Operation({
    id: 'getIndex',
    tag: 'About',
    summary: 'Where things are',
    answers: { 200: { schema: 'Index', description: 'The main routes' } },
    problems: [],
  })
  index() {
    return { name: 'workflow-engine', links };
  }
}
