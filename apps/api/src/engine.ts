/** Injection token of the `EngineApi` that the controllers drive. */
export const ENGINE = Symbol('ENGINE');
