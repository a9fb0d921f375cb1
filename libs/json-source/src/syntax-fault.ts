import { type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';

import type { TextFault } from './text-fault';

const strict = { disallowComments: true, allowTrailingComma: false, allowEmptyContent: false };

const messages: Readonly<Record<string, string>> = {
  InvalidSymbol: 'this is no JSON value; texts need double quotes',
  InvalidNumberFormat: 'this is no number as JSON writes it',
  PropertyNameExpected: 'a key in double quotes is expected here',
  ValueExpected: 'a value is expected here',
  ColonExpected: 'a ":" is expected here',
  CommaExpected: 'a "," is expected before this',
  CloseBraceExpected: 'the text ends before "}"',
  CloseBracketExpected: 'the text ends before "]"',
  EndOfFileExpected: 'there is more behind the end of the JSON value',
  InvalidCommentToken: 'JSON has no comments',
  UnexpectedEndOfString: 'this text is not closed by a double quote',
  UnexpectedEndOfNumber: 'this number is cut off',
  InvalidUnicode: 'this escape sequence does not exist',
  InvalidEscapeCharacter: 'this escape sequence does not exist',
  InvalidCharacter: 'control characters in texts must be escaped (a line break: \\n)',
};

/** What is wrong with JSON that cannot be a definition, whatever it says. */
export const objectExpected = 'A definition is a JSON object: {"name": …, "dag": {"nodes": […]}}.';

/** Where the text stops being JSON, its message a clause for a sentence; undefined when it is JSON. */
export function syntaxFault(text: string): TextFault | undefined {
  const errors: ParseError[] = [];
  parseTree(text, errors, strict);
  const [first] = errors;
  if (first === undefined) return undefined;
  if (text.trim() === '')
    return { from: 0, to: 0, message: 'the text is empty; a JSON object is expected here' };
  const from = Math.min(first.offset, text.length);
  const what = messages[printParseErrorCode(first.error)] ?? 'this is not valid JSON';
  const isAfterComma = what.endsWith('is expected here') && text.slice(0, from).trimEnd().endsWith(',');
  const message = isAfterComma ? `${what}; a comma must not be the last` : what;
  return { from, to: Math.min(text.length, from + first.length), message };
}
