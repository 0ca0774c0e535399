/**
 * Runs activities of one key strictly one after another, in the order given. A failing one does not stop those behind it.
 * Queues are as long as their runs have things to do: at most a few entries per task.
 */
export class SerialByKey {
  readonly #tails = new Map<string, Promise<void>>();
  readonly #onError: (key: string, error: unknown) => void;

  constructor(onError: (key: string, error: unknown) => void) {
    this.#onError = onError;
  }

  /** Resolves when the activity ended; its failure is reported. */
  run(key: string, activity: () => Promise<void> | void): Promise<void> {
    return this.attempt(key, activity).catch((error: unknown) => this.#onError(key, error));
  }

  /** As `run`; the failure is the caller's. */
  attempt(key: string, activity: () => Promise<void> | void): Promise<void> {
    const before = this.#tails.get(key) ?? Promise.resolve();
    const ended = before.then(activity);
    const tail = ended.catch(() => undefined);
    this.#tails.set(key, tail);
    void tail.then(() => {
      if (this.#tails.get(key) === tail) this.#tails.delete(key);
    });
    return ended;
  }

  /** Resolves when everything queued so far has run. */
  async idle(): Promise<void> {
    while (this.#tails.size > 0) await Promise.all(this.#tails.values());
  }
}
