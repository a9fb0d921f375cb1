/** Methods of texts, lists and times. */
import { ExpressionError } from '../errors';
import type { Meter } from '../limits';
import { conversions, size } from './conversions';
import { text, whole, type FunctionSpec } from './functions';
import { matches } from './regex';
import { isDuration, isList, isTimestamp, type StaticType, type TypeName, type Value } from './value';

const STRING: readonly TypeName[] = ['string'];
const NUMBER: readonly TypeName[] = ['int', 'double'];
const LIST: readonly TypeName[] = ['list'];

export const methods: Readonly<Record<string, FunctionSpec>> = {
  size: {
    parameters: [['string', 'list', 'map']],
    returns: 'int',
    run: ([value = null], meter) => size(value, meter),
  },
  contains: onText('bool', 1, (self, [part = ''], meter) => {
    meter.spendSearch(self.length, part.length);
    return self.includes(part);
  }),
  startsWith: onText('bool', 1, (self, [part = '']) => self.startsWith(part)),
  endsWith: onText('bool', 1, (self, [part = '']) => self.endsWith(part)),
  matches: onText('bool', 1, (self, [pattern = ''], meter) => matches(self, pattern, meter)),
  trim: onText('string', 0, (self) => self.trim()),
  lowerAscii: onText('string', 0, (self, _, meter) =>
    mapAscii(self, /[A-Z]+/g, meter, (text) => text.toLowerCase()),
  ),
  upperAscii: onText('string', 0, (self, _, meter) =>
    mapAscii(self, /[a-z]+/g, meter, (text) => text.toUpperCase()),
  ),
  indexOf: find('indexOf', (self, part, from) => self.indexOf(part, from ?? 0)),
  lastIndexOf: find('lastIndexOf', (self, part, from) => self.lastIndexOf(part, from ?? self.length)),
  substring: {
    parameters: [STRING, NUMBER, NUMBER],
    optional: 1,
    returns: 'string',
    run: ([self, start, end], meter) => substring(text(self), whole(start, 'substring'), end, meter),
  },
  replace: { parameters: [STRING, STRING, STRING], returns: 'string', run: replace },
  split: { parameters: [STRING, STRING], returns: 'list', run: split },
  join: { parameters: [LIST, STRING], optional: 1, returns: 'string', run: join },
  ...times(),
};

function onText(
  returns: StaticType,
  texts: number,
  run: (self: string, others: readonly string[], meter: Meter) => Value,
): FunctionSpec {
  return {
    parameters: Array.from({ length: texts + 1 }, () => STRING),
    returns,
    run([self, ...others], meter) {
      meter.spendText(text(self).length);
      return run(text(self), others.map(text), meter);
    },
  };
}

function find(
  name: string,
  search: (self: string, part: string, from: number | undefined) => number,
): FunctionSpec {
  return {
    parameters: [STRING, STRING, NUMBER],
    optional: 1,
    returns: 'int',
    run([self, part, from], meter) {
      meter.spendSearch(text(self).length, text(part).length);
      return BigInt(search(text(self), text(part), from === undefined ? undefined : whole(from, name)));
    },
  };
}

function substring(self: string, start: number, end: Value | undefined, meter: Meter): string {
  const stop = end === undefined ? self.length : whole(end, 'substring');
  if (start < 0 || stop > self.length || start > stop) {
    throw new ExpressionError(
      `substring(${start}, ${stop}) is out of range: the string has ${self.length} characters`,
    );
  }
  meter.spendText(stop - start);
  return self.substring(start, stop);
}

/** CEL's ASCII case: other letters stay as they are. */
function mapAscii(self: string, letters: RegExp, meter: Meter, change: (text: string) => string): string {
  meter.spend(self.length >> 3);
  return self.replace(letters, change);
}

function replace([self, part, replacement]: readonly Value[], meter: Meter): Value {
  const pieces = piecesOf(text(self), text(part), meter);
  meter.spendText(text(self).length + (pieces.length - 1) * text(replacement).length);
  return pieces.join(text(replacement));
}

function split([self, separator]: readonly Value[], meter: Meter): Value {
  return piecesOf(text(self), text(separator), meter);
}

/** Never makes more pieces than can be paid for. */
function piecesOf(self: string, separator: string, meter: Meter): readonly string[] {
  meter.spendSearch(self.length, separator.length);
  const pieces = self.split(separator, meter.remaining + 1);
  meter.spend(pieces.length);
  return pieces;
}

function join([list = null, separator = '']: readonly Value[], meter: Meter): Value {
  if (!isList(list)) throw new ExpressionError('join() is called on a list');
  meter.spend(list.length);
  const texts: string[] = [];
  let length = 0;
  for (const item of list) {
    if (typeof item !== 'string') {
      throw new ExpressionError('join() wants a list of strings only; map(x, string(x)) first');
    }
    length += item.length + text(separator).length;
    texts.push(item);
  }
  meter.spendText(length);
  return texts.join(text(separator));
}

/** Getters in UTC. As CEL has it, months, days of the month, of the week and of the year count from 0. */
function times(): Record<string, FunctionSpec> {
  const date: Record<string, (date: Date) => number> = {
    getFullYear: (at) => at.getUTCFullYear(),
    getMonth: (at) => at.getUTCMonth(),
    getDate: (at) => at.getUTCDate(),
    getDayOfMonth: (at) => at.getUTCDate() - 1,
    getDayOfWeek: (at) => at.getUTCDay(),
    getDayOfYear: (at) => Math.floor((at.getTime() - Date.UTC(at.getUTCFullYear(), 0, 1)) / 86_400_000),
  };
  const both: Record<string, readonly [(date: Date) => number, number]> = {
    getHours: [(at) => at.getUTCHours(), 3_600_000],
    getMinutes: [(at) => at.getUTCMinutes(), 60_000],
    getSeconds: [(at) => at.getUTCSeconds(), 1000],
    getMilliseconds: [(at) => at.getUTCMilliseconds(), 1],
  };
  const table: Record<string, FunctionSpec> = {};
  for (const [name, get] of Object.entries(date)) {
    table[name] = {
      parameters: [['timestamp']],
      returns: 'int',
      run: ([self = null]) => BigInt(isTimestamp(self) ? get(new Date(self.milliseconds)) : 0),
    };
  }
  for (const [name, [get, unit]] of Object.entries(both)) {
    table[name] = {
      parameters: [['timestamp', 'duration']],
      returns: 'int',
      run([self = null]) {
        if (isTimestamp(self)) return BigInt(get(new Date(self.milliseconds)));
        return BigInt(Math.trunc((isDuration(self) ? self.milliseconds : 0) / unit));
      },
    };
  }
  return table;
}

/** Functions by name: `size(x)`; methods are called on a value: `x.size()`. */
export function findFunction(name: string, isMethod: boolean): FunctionSpec | undefined {
  const table = isMethod ? methods : conversions;
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
