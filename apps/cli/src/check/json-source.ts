import { findNodeAtLocation, type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';

/** A stretch of the source text. */
export interface Span {
  readonly offset: number;
  readonly length: number;
}

export interface SyntaxFault extends Span {
  readonly message: string;
}

const strict = { disallowComments: true, allowTrailingComma: false, allowEmptyContent: false };

const messages: Readonly<Record<string, string>> = {
  InvalidSymbol: 'this is no JSON value; texts need double quotes',
  InvalidNumberFormat: 'this is no number as JSON writes it',
  PropertyNameExpected: 'a key in double quotes is expected here; a comma must not be the last',
  ValueExpected: 'a value is expected here; a comma must not be the last',
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

/** Where the text stops being JSON; undefined when it is JSON. */
export function syntaxFault(text: string): SyntaxFault | undefined {
  const errors: ParseError[] = [];
  parseTree(text, errors, strict);
  const [first] = errors;
  if (first === undefined) return undefined;
  const { error, offset, length } = first;
  return { offset, length, message: messages[printParseErrorCode(error)] ?? 'this is not valid JSON' };
}

/** Finds places in a JSON text by JSON pointers (RFC 6901). */
export class JsonSource {
  private readonly root: Node | undefined;

  constructor(readonly text: string) {
    this.root = parseTree(text);
  }

  /** Of the value, or of its key when that is what is wrong; of the closest value around it when it does not exist. */
  find(pointer: string, place: 'value' | 'key'): Span {
    if (this.root === undefined) return { offset: 0, length: 0 };
    const path = pointer
      .split('/')
      .slice(1)
      .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
    for (let length = path.length; length >= 0; length--) {
      const node = nodeAt(this.root, path.slice(0, length));
      if (node === undefined) continue;
      const isWhole = length === path.length;
      return isWhole && place === 'key' ? (keyOf(node) ?? node) : node;
    }
    return this.root;
  }
}

function nodeAt(root: Node, path: readonly string[]): Node | undefined {
  let node: Node | undefined = root;
  for (const part of path) {
    if (node === undefined) return undefined;
    const isIndex = node.type === 'array' && /^\d+$/.test(part);
    node = findNodeAtLocation(node, [isIndex ? Number(part) : part]);
  }
  return node;
}

function keyOf(node: Node): Node | undefined {
  return node.parent?.type === 'property' ? node.parent.children?.[0] : undefined;
}
