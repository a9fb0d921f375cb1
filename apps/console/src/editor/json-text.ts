import {
  findNodeAtLocation,
  findNodeAtOffset,
  getNodePath,
  type JSONPath,
  type Node,
  type ParseError,
  parseTree,
  printParseErrorCode,
} from 'jsonc-parser';

/** A stretch of the text, in characters from 0. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export interface TextFault extends Span {
  readonly message: string;
}

const strict = { disallowComments: true, allowTrailingComma: false, allowEmptyContent: false };

const messages: Readonly<Record<string, string>> = {
  InvalidSymbol: 'This is no JSON value; texts need double quotes.',
  InvalidNumberFormat: 'This is no number as JSON writes it.',
  PropertyNameExpected: 'A key in double quotes is expected here; a comma must not be the last.',
  ValueExpected: 'A value is expected here; a comma must not be the last.',
  ColonExpected: 'A ":" is expected here.',
  CommaExpected: 'A "," is expected before this.',
  CloseBraceExpected: 'The text ends before "}".',
  CloseBracketExpected: 'The text ends before "]".',
  EndOfFileExpected: 'There is more behind the end of the JSON value.',
  InvalidCommentToken: 'JSON has no comments.',
  UnexpectedEndOfString: 'This text is not closed by a double quote.',
  UnexpectedEndOfNumber: 'This number is cut off.',
  InvalidUnicode: 'This escape sequence does not exist.',
  InvalidEscapeCharacter: 'This escape sequence does not exist.',
  InvalidCharacter: 'Control characters in texts must be escaped (a line break: \\n).',
};

/** Where the text stops being JSON; undefined when it is JSON. */
export function syntaxFault(text: string): TextFault | undefined {
  const errors: ParseError[] = [];
  parseTree(text, errors, strict);
  const [first] = errors;
  if (first === undefined) return undefined;
  const from = Math.min(first.offset, text.length);
  const message = messages[printParseErrorCode(first.error)] ?? 'This is not valid JSON.';
  return { from, to: Math.min(text.length, from + first.length), message };
}

/** Places in a JSON text by JSON pointers (RFC 6901), and back. Works on broken text as far as it goes. */
export class JsonPlaces {
  private readonly root: Node | undefined;

  constructor(text: string) {
    this.root = parseTree(text);
  }

  /** Of the value, or of its key when that is what is wrong; of the closest value around it when it does not exist. */
  find(pointer: string, place: 'value' | 'key' = 'value'): Span {
    const path = pathOf(pointer);
    for (let length = path.length; length >= 0; length--) {
      const node = this.root && nodeAt(this.root, path.slice(0, length));
      if (node === undefined) continue;
      return spanOf(place === 'key' && length === path.length ? (keyOf(node) ?? node) : node);
    }
    return { from: 0, to: 0 };
  }

  /** The path of the innermost value or key at an offset. */
  pathAt(offset: number): JSONPath {
    const node = this.root && findNodeAtOffset(this.root, offset, true);
    return node === undefined ? [] : getNodePath(node);
  }
}

export function pathOf(pointer: string): readonly string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
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

function spanOf({ offset, length }: Node): Span {
  return { from: offset, to: offset + length };
}
