import {
  findNodeAtLocation,
  findNodeAtOffset,
  getNodePath,
  getNodeValue,
  type Node,
  parseTree,
} from 'jsonc-parser';

import type { Span } from './text-fault';

/** As the engine tells faults of documents. */
export interface DocumentFault {
  readonly code: string;
  /** JSON pointer. */
  readonly pointer: string;
}

/** Codes of faults of which the key itself is what is wrong. */
const ofKeys: ReadonlySet<string> = new Set(['UNKNOWN_FIELD', 'FORBIDDEN_KEY', 'UNSUPPORTED']);

/** Places in a JSON text by JSON pointers (RFC 6901), and back. Works on broken text as far as it goes. */
export class JsonSource {
  private readonly root: Node | undefined;

  constructor(private readonly text: string) {
    this.root = parseTree(text);
  }

  /** The JSON value; undefined when nothing of the text can be read. */
  value(): unknown {
    return this.root && getNodeValue(this.root);
  }

  /** Of the value, or of its key when that is what is wrong; of the closest value around it when it does not exist. */
  find(pointer: string, place: 'value' | 'key' = 'value'): Span {
    if (this.root === undefined) return { from: 0, to: 0 };
    let node = this.root;
    for (const part of pathOf(pointer)) {
      const isIndex = node.type === 'array' && /^\d+$/.test(part);
      const child = findNodeAtLocation(node, [isIndex ? Number(part) : part]);
      if (child === undefined) return spanOf(node);
      node = child;
    }
    return spanOf(place === 'key' ? (keyOf(node) ?? node) : node);
  }

  /** What to mark. Objects and lists go on over many lines; their first character is enough. */
  findFault({ code, pointer }: DocumentFault): Span {
    const { from, to } = this.find(pointer, ofKeys.has(code) ? 'key' : 'value');
    const isCompound = ['{', '['].includes(this.text.charAt(from));
    return { from, to: isCompound ? from + 1 : to };
  }

  /** The path of the innermost value or key at an offset. */
  pathAt(offset: number): readonly (string | number)[] {
    const node = this.root && findNodeAtOffset(this.root, offset, true);
    return node === undefined ? [] : getNodePath(node);
  }
}

function pathOf(pointer: string): readonly string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function keyOf(node: Node): Node | undefined {
  return node.parent?.type === 'property' ? node.parent.children?.[0] : undefined;
}

function spanOf({ offset, length }: Node): Span {
  return { from: offset, to: offset + length };
}
