import type { PipeTransform } from '@nestjs/common';

import { HttpProblem } from '../problems/http-problem';

type NotFoundCode =
  'EXECUTION_NOT_FOUND' | 'NODE_NOT_FOUND' | 'DEAD_LETTER_NOT_FOUND' | 'DEFINITION_NOT_FOUND';

/** Ids in paths come from anybody: what cannot be an id is not found, before it reaches a store. */
class PathId implements PipeTransform<string, string> {
  constructor(
    private readonly pattern: RegExp,
    private readonly code: NotFoundCode,
    private readonly what: string,
  ) {}

  transform(id: string): string {
    if (this.pattern.test(id)) return id;
    throw new HttpProblem(this.code, `${JSON.stringify(id.slice(0, 80))} cannot be ${this.what}.`);
  }
}

const storedId = /^[A-Za-z0-9_-]{1,64}$/;

export const executionId = new PathId(storedId, 'EXECUTION_NOT_FOUND', 'the id of an execution');
export const deadLetterId = new PathId(storedId, 'DEAD_LETTER_NOT_FOUND', 'the id of a dead letter');
export const nodeId = new PathId(/^[A-Za-z0-9_-]{1,128}$/, 'NODE_NOT_FOUND', 'the id of a node');
/** Names are free text, but cannot hold what no text column stores. */
export const definitionName = new PathId(
  /^[^\0\ud800-\udfff]{1,255}$/u,
  'DEFINITION_NOT_FOUND',
  'the name of a definition',
);
