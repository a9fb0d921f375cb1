/** Bounds on what a template may cost, so that no definition can stall or exhaust an orchestrator. */
import { ExpressionError } from './errors';

export interface TemplateLimits {
  /** Characters of one resolved value, counted as JSON. Default 16 MiB. */
  readonly maxSize: number;
  /** Elementary steps of one evaluation (an operation, a list element, 64 characters). Default 1,000,000, at most about half a second. */
  readonly maxCost: number;
  /** Levels of arrays and objects in a template and in its resolved value. Default 512. */
  readonly maxDepth: number;
  /** Characters of one expression. Default 8,192. */
  readonly maxExpressionLength: number;
}

export const DEFAULT_LIMITS: TemplateLimits = {
  maxSize: 16 * 1024 * 1024,
  maxCost: 1_000_000,
  maxDepth: 512,
  maxExpressionLength: 8192,
};

/** Counts down what one evaluation may still cost. */
export class Meter {
  private cost: number;
  private size: number;

  constructor(private readonly limits: TemplateLimits) {
    this.cost = limits.maxCost;
    this.size = limits.maxSize;
  }

  /** @throws ExpressionError TEMPLATE_LIMIT once the evaluation has used up its steps */
  spend(steps: number): void {
    this.cost -= steps;
    if (!(this.cost >= 0)) {
      throw new ExpressionError(
        `the evaluation needs more than ${this.limits.maxCost} steps; filter or shorten the data in an earlier node`,
        'TEMPLATE_LIMIT',
      );
    }
  }

  /** Pays for handling a text of this many characters, which must itself stay under the size limit. */
  spendText(length: number): void {
    if (length > this.limits.maxSize) this.tooLarge();
    this.spend(1 + (length >> 6));
  }

  /** Pays for looking for one text in another: in the worst case every place compares the whole pattern. */
  spendSearch(length: number, pattern: number): void {
    this.spendText(length);
    this.spend((length * pattern) / 256);
  }

  /** Steps that are left. */
  get remaining(): number {
    return Math.floor(this.cost);
  }

  /** Pays for characters of the resolved value. */
  take(characters: number): void {
    this.size -= characters;
    if (this.size < 0) this.tooLarge();
  }

  checkDepth(depth: number): void {
    if (depth > this.limits.maxDepth) {
      throw new ExpressionError(
        `the resolved value is nested deeper than ${this.limits.maxDepth} levels`,
        'TEMPLATE_LIMIT',
      );
    }
  }

  private tooLarge(): never {
    throw new ExpressionError(
      `the resolved value is larger than ${this.limits.maxSize} characters; pass a reference to the data instead`,
      'TEMPLATE_LIMIT',
    );
  }
}
