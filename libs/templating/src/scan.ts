/** Splits a string into literal text and `${ expression }` parts. `$${` stands for a literal `${`. */

export interface ExpressionPart {
  readonly source: string;
  /** Offset of the expression's first character in the whole string. */
  readonly offset: number;
}

export interface ScannedText {
  readonly parts: readonly (string | ExpressionPart)[];
  /** Offset of a `${` whose `}` is missing. */
  readonly unterminatedAt?: number;
}

const DOLLAR = 36;
const OPEN = 123;
const CLOSE = 125;
const BACKSLASH = 92;
const SLASH = 47;
const NEWLINE = 10;
const DOUBLE_QUOTE = 34;
const SINGLE_QUOTE = 39;

export function scanText(text: string): ScannedText {
  const parts: (string | ExpressionPart)[] = [];
  let literal = '';
  let from = 0;
  for (;;) {
    const at = text.indexOf('${', from);
    if (at < 0) break;
    if (at > from && text.charCodeAt(at - 1) === DOLLAR) {
      literal += text.slice(from, at - 1) + '${';
      from = at + 2;
      continue;
    }
    const end = endOfExpression(text, at + 2);
    if (end < 0) return { parts, unterminatedAt: at };
    literal += text.slice(from, at);
    if (literal !== '') parts.push(literal);
    literal = '';
    parts.push({ source: text.slice(at + 2, end), offset: at + 2 });
    from = end + 1;
  }
  literal += text.slice(from);
  if (literal !== '') parts.push(literal);
  return { parts };
}

/** Offset of the `}` that closes the expression; braces in strings, map literals and comments don't. -1: none. */
function endOfExpression(text: string, start: number): number {
  let depth = 0;
  for (let i = start; i < text.length; i++) {
    switch (text.charCodeAt(i)) {
      case OPEN:
        depth++;
        break;
      case CLOSE:
        if (depth === 0) return i;
        depth--;
        break;
      case SINGLE_QUOTE:
      case DOUBLE_QUOTE:
        i = endOfString(text, i);
        if (i < 0) return -1;
        break;
      case SLASH:
        if (text.charCodeAt(i + 1) === SLASH) {
          while (i < text.length && text.charCodeAt(i) !== NEWLINE) i++;
        }
        break;
    }
  }
  return -1;
}

/** Offset of the last quote of the CEL string (single or triple quoted) that starts at `start`. -1: none. */
function endOfString(text: string, start: number): number {
  const quote = text.charAt(start);
  const triple = text.startsWith(quote.repeat(3), start);
  for (let i = start + (triple ? 3 : 1); i < text.length; i++) {
    if (text.charCodeAt(i) === BACKSLASH) {
      i++;
    } else if (text.charAt(i) === quote && (!triple || text.startsWith(quote.repeat(3), i))) {
      return triple ? i + 2 : i;
    }
  }
  return -1;
}
