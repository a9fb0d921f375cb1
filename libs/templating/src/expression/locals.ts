/** Reading cel-js's syntax tree: iteration variables in sight, and steps that are known before evaluation. */
import type { ASTNode } from '@marcbachmann/cel-js';
import type { Step } from './access';

/** Iteration variables in sight, innermost first. */
export interface Locals {
  readonly name: string;
  /** Index in the context's locals. */
  readonly slot: number;
  /** Comprehensions around this place (`cel.bind` is none). */
  readonly loops: number;
  readonly parent: Locals | undefined;
}

export function declare(parent: Locals | undefined, name: string, loops: 0 | 1): Locals {
  return {
    name,
    slot: parent === undefined ? 0 : parent.slot + 1,
    loops: (parent?.loops ?? 0) + loops,
    parent,
  };
}

export function lookUp(locals: Locals | undefined, name: string): Locals | undefined {
  for (let at = locals; at !== undefined; at = at.parent) if (at.name === name) return at;
  return undefined;
}

/** `.name`, `["name"]` and `[0]` are known steps; `[expression]` is none. */
export function literalStep(node: ASTNode): { readonly of: ASTNode; readonly key: Step } | undefined {
  if (node.op === '.') return { of: node.args[0], key: node.args[1] };
  if (node.op !== '[]' || node.args[1].op !== 'value') return undefined;
  const key = node.args[1].args;
  if (typeof key === 'string') return { of: node.args[0], key };
  const isIndex = typeof key === 'bigint' && key >= 0n && key <= 2n ** 31n;
  return isIndex ? { of: node.args[0], key: Number(key) } : undefined;
}
