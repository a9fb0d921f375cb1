/** Values behind `${secrets.NAME}`; only a worker about to run a task asks. */
export interface Secrets {
  find(name: string): string | undefined;
}
