/** One run of the engine, from its spawn to its end. */
export interface Generation {
  readonly number: number;
  readonly from: number;
  /** Undefined while it runs. */
  killedAt: number | undefined;
}

/** Keeps the times of the engine's runs, to tell what a crash may have cost. */
export class Generations {
  private readonly list: Generation[] = [];

  begin(): Generation {
    const generation: Generation = { number: this.list.length, from: Date.now(), killedAt: undefined };
    this.list.push(generation);
    return generation;
  }

  all(): readonly Generation[] {
    return this.list;
  }
}
