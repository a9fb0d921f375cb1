/** What a caller of the demo upstream has brought about; tests read it to see that an effect happened once. */
export interface Effect {
  /** 1, 2, 3 ...; counts on when old entries are dropped. */
  readonly seq: number;
  /** `charge`, `refund`, `shipment`, `notification`, `slow-started`, `slow-aborted` ... */
  readonly kind: string;
  /** Whose it is: the caller's order or execution. */
  readonly reference: string;
  readonly idempotency_key: string | null;
  readonly data: unknown;
}

const maxEffects = 10_000;
const maxAnswers = 10_000;

export class Ledger {
  private readonly effects: Effect[] = [];
  private readonly answers = new Map<string, unknown>();
  private seq = 0;

  record(kind: string, reference: string, idempotencyKey: string | null, data: unknown): Effect {
    const effect = { seq: ++this.seq, kind, reference, idempotency_key: idempotencyKey, data };
    this.effects.push(effect);
    if (this.effects.length > maxEffects) this.effects.shift();
    return effect;
  }

  find(wanted: { readonly kind: string | null; readonly reference: string | null }): readonly Effect[] {
    const { kind, reference } = wanted;
    return this.effects.filter(
      (effect) =>
        (kind === null || effect.kind === kind) && (reference === null || effect.reference === reference),
    );
  }

  /**
   * Has an effect once per idempotency key: the same key again gets the first answer.
   * @returns the answer, and whether it is a repeated one
   */
  once<T>(key: string | null, act: () => T): { readonly answer: T; readonly repeated: boolean } {
    if (key === null) return { answer: act(), repeated: false };
    const known = this.answers.get(key);
    if (known !== undefined) return { answer: known as T, repeated: true };
    const answer = act();
    this.answers.set(key, answer);
    forgetOldest(this.answers, maxAnswers);
    return { answer, repeated: false };
  }

  clear(): void {
    this.effects.length = 0;
    this.answers.clear();
  }
}

/** Maps keep the order of insertion, so the first key is the oldest. */
export function forgetOldest(map: Map<string, unknown>, most: number): void {
  for (const key of map.keys()) {
    if (map.size <= most) return;
    map.delete(key);
  }
}
