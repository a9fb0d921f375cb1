import { inside, type Place, quoted } from './fault-report';
import { isPlainObject } from './json-check';
import {
  idPattern,
  maxAttempts,
  maxBackoffRate,
  maxLength,
  maxRetryCodes,
  queuePattern,
  reservedIds,
} from './limits';
import {
  type Check,
  type Checking,
  checkShape,
  choice,
  duration,
  freeObject,
  listed,
  numberWithin,
  oneOf,
  type Shape,
  text,
  wrongType,
} from './shape';
import { checkDuration } from './duration';

export const joinNames = ['all_succeeded', 'all_done', 'any_succeeded', 'none_failed'] as const;
export const failurePolicies = ['fail', 'continue'] as const;
export const uncertaintyPolicies = ['retry', 'park', 'fail'] as const;
export const jitters = ['full', 'none'] as const;

const idForm = new RegExp(idPattern);
const queueForm = new RegExp(queuePattern);

const id: Check = (value, place, checking) => {
  if (typeof value !== 'string') {
    wrongType(value, place, checking, 'A node id must be a string');
  } else if (!idForm.test(value)) {
    checking.report.add(
      'INVALID_ID',
      place,
      () =>
        `${quoted(value)} is no valid node id. Use 1 to 128 letters, digits, "_" and "-", beginning with a letter or "_".`,
    );
  } else if (reservedIds.includes(value)) {
    checking.report.add('INVALID_ID', place, `The node id "${value}" is reserved. Choose another one.`);
  }
};

const queue: Check = (value, place, checking) => {
  if (typeof value !== 'string') wrongType(value, place, checking, 'A queue must be a string');
  else if (!queueForm.test(value)) {
    checking.report.add(
      'INVALID_VALUE',
      place,
      () =>
        `${quoted(value)} is no valid queue name. Use 1 to 64 letters, digits, "_", "-" and ".", beginning with a letter or digit.`,
    );
  }
};

/** The entries are checked where they are linked, when all ids are known. */
const dependencies: Check = (value, place, checking) => {
  if (!Array.isArray(value)) wrongType(value, place, checking, '"dependencies" must be an array of node ids');
};

const retryOn: Check = (value, place, checking) => {
  if (!Array.isArray(value)) {
    wrongType(value, place, checking, '"retry_on" must be an array of error codes');
    return;
  }
  if (value.length > maxRetryCodes) {
    checking.report.add(
      'INVALID_RETRY',
      place,
      `"retry_on" must have at most ${maxRetryCodes} codes. Use "*" for any.`,
    );
    return;
  }
  for (const [i, code] of value.entries()) errorCode(code, inside(place, i), checking);
};
const errorCode = text('An error code', 1, maxLength.errorCode);

const retryShape: Shape = {
  what: '"retry"',
  required: [],
  fields: new Map<string, Check>([
    [
      'max_attempts',
      numberWithin('"max_attempts"', 'INVALID_RETRY', { min: 1, max: maxAttempts, integer: true }),
    ],
    ['interval', duration('"interval"', false)],
    ['backoff_rate', numberWithin('"backoff_rate"', 'INVALID_RETRY', { min: 1, max: maxBackoffRate })],
    ['max_interval', duration('"max_interval"', false)],
    ['jitter', oneOf('"jitter"', jitters)],
    ['retry_on', retryOn],
  ]),
  aliases: new Map([
    ['attempts', 'max_attempts'],
    ['maximumattempts', 'max_attempts'],
    ['limit', 'max_attempts'],
    ['delay', 'interval'],
    ['initialinterval', 'interval'],
    ['intervalseconds', 'interval'],
    ['backoff', 'backoff_rate'],
    ['backoffcoefficient', 'backoff_rate'],
    ['maximuminterval', 'max_interval'],
    ['maxdelay', 'max_interval'],
    ['maxdelayseconds', 'max_interval'],
    ['jitterstrategy', 'jitter'],
    ['errorequals', 'retry_on'],
  ]),
};

const retry: Check = (value, place, checking) => {
  const policy = checkShape(retryShape, value, place, checking);
  if (policy === undefined) return;
  const interval = checkDuration(policy.interval);
  const longest = checkDuration(policy.max_interval);
  if (interval.ok && longest.ok && longest.ms < interval.ms) {
    checking.report.add(
      'INVALID_RETRY',
      inside(place, 'max_interval'),
      '"max_interval" is shorter than "interval". Raise it or leave it out.',
    );
  }
};

const timeoutsShape: Shape = {
  what: '"timeout"',
  required: [],
  fields: new Map<string, Check>([
    ['schedule_to_start', duration('"schedule_to_start"', true)],
    ['start_to_close', duration('"start_to_close"', true)],
    ['heartbeat', duration('"heartbeat"', true)],
  ]),
};

const oneTimeout = duration('"timeout"', true);
const timeout: Check = (value, place, checking) => {
  if (isPlainObject(value)) checkShape(timeoutsShape, value, place, checking);
  else oneTimeout(value, place, checking);
};

const joinShape: Shape = {
  what: '"join"',
  required: ['at_least'],
  fields: new Map<string, Check>([
    [
      'at_least',
      numberWithin('"at_least"', 'INVALID_JOIN', { min: 1, max: Number.MAX_SAFE_INTEGER, integer: true }),
    ],
  ]),
};

const join: Check = (value, place, checking) => {
  if (typeof value === 'string') choice('"join"', joinNames, value, place, checking);
  else if (isPlainObject(value)) checkShape(joinShape, value, place, checking);
  else wrongType(value, place, checking, `"join" must be ${listed(joinNames)} or {"at_least": n}`);
};

const onFailure: Check = (value, place, checking) => {
  if (isPlainObject(value) && Object.hasOwn(value, 'catch')) {
    checking.report.add(
      'UNSUPPORTED',
      place,
      `"on_failure" with "catch" is not supported by this version. Use ${listed(failurePolicies)}.`,
    );
    checking.json.check(value, place);
  } else if (typeof value === 'string') choice('"on_failure"', failurePolicies, value, place, checking);
  else wrongType(value, place, checking, `"on_failure" must be ${listed(failurePolicies)}`);
};

const nodeShape: Shape = {
  what: 'A node',
  required: ['id', 'handler'],
  fields: new Map<string, Check>([
    ['id', id],
    ['handler', text('A handler', 1, maxLength.handler)],
    ['dependencies', dependencies],
    ['config', freeObject('"config"')],
    ['when', text('"when"', 1, maxLength.condition)],
    ['join', join],
    ['retry', retry],
    ['timeout', timeout],
    ['on_failure', onFailure],
    ['on_uncertain', oneOf('"on_uncertain"', uncertaintyPolicies)],
    ['queue', queue],
  ]),
  unsupported: new Set(['compensate_with', 'priority', 'concurrency', 'rate_limit', 'cache']),
  aliases: new Map([
    ['name', 'id'],
    ['type', 'handler'],
    ['task', 'handler'],
    ['kind', 'handler'],
    ['uses', 'handler'],
    ['needs', 'dependencies'],
    ['dependson', 'dependencies'],
    ['deps', 'dependencies'],
    ['upstream', 'dependencies'],
    ['after', 'dependencies'],
    ['params', 'config'],
    ['parameters', 'config'],
    ['with', 'config'],
    ['input', 'config'],
    ['inputs', 'config'],
    ['args', 'config'],
    ['if', 'when'],
    ['condition', 'when'],
    ['triggerrule', 'join'],
    ['retries', 'retry'],
    ['retrypolicy', 'retry'],
  ]),
};

/** Checks everything about a node that needs no other node. */
export function checkNode(value: unknown, place: Place, checking: Checking): void {
  const node = checkShape(nodeShape, value, place, checking);
  if (node === undefined || !Object.hasOwn(node, 'join')) return;
  const list: unknown = Object.hasOwn(node, 'dependencies') ? node.dependencies : [];
  if (Array.isArray(list)) checkJoinCanBeMet(node.join, new Set(list).size, place, checking);
}

function checkJoinCanBeMet(policy: unknown, available: number, place: Place, checking: Checking): void {
  const how = `This node has ${available} ${available === 1 ? 'dependency' : 'dependencies'}`;
  if (policy === 'any_succeeded' && available === 0) {
    checking.report.add(
      'INVALID_JOIN',
      inside(place, 'join'),
      `${how}, so "any_succeeded" can never be met. Add a dependency or remove "join".`,
    );
    return;
  }
  const least = isPlainObject(policy) ? policy.at_least : undefined;
  if (typeof least === 'number' && Number.isInteger(least) && least > available) {
    checking.report.add(
      'INVALID_JOIN',
      inside(inside(place, 'join'), 'at_least'),
      `${how}, so "at_least" can never be met. ${
        available === 0 ? 'Add dependencies or remove "join".' : `Use at most ${available}.`
      }`,
    );
  }
}
