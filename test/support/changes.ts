import { EventEmitter, once } from "node:events";

/** The waiting side of a fake that records what it hears: told of each change, a test looks again. */
export class Changes {
  readonly #changes = new EventEmitter().setMaxListeners(0);

  /** Something was recorded. */
  tell(): void {
    this.#changes.emit("change");
  }

  /** The first value of `find` other than `undefined` and `false`. @throws {Error} after `timeoutMs`, with what is recorded by then. */
  async until<T>(
    what: string,
    find: () => T | undefined | false,
    options: { readonly timeoutMs: number; readonly recorded?: () => string },
  ): Promise<T> {
    const { timeoutMs, recorded = () => "" } = options;
    const signal = AbortSignal.timeout(timeoutMs);
    for (;;) {
      const found = find();
      if (found !== undefined && found !== false) return found;
      await once(this.#changes, "change", { signal }).catch(() => {
        throw new Error(`${what}: not within ${timeoutMs / 1000} s\n${recorded()}`.trimEnd());
      });
    }
  }
}
