// The child's side of `child-process.mjs`: commands that are answered, and news that nobody asked for.

/**
 * @param {Record<string, (args: any) => unknown>} commands a promise delays the answer; an error is the answer
 */
export function answer(commands) {
  process.on('message', async ({ id, command, args }) => {
    try {
      tell({ id, result: await commands[command](args ?? {}) });
    } catch (error) {
      tell({ id, error: error?.stack ?? String(error) });
    }
  });
  // Nobody is left to work for.
  process.on('disconnect', () => process.exit(0));
}

/** Nobody is there to be told when the process was started by hand. */
export function tell(message) {
  process.send?.(message);
}
