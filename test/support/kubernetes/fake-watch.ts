import type { OperatingError } from "../../../src/api/errors/operating-error.ts";
import type { KubeObject } from "../../../src/runtime/kube/kube-object.ts";
import type { WatchEvent } from "../../../src/runtime/ports/kube-transport.ts";

type Item = WatchEvent<KubeObject> | { readonly type: "FAIL"; readonly error: OperatingError };

/** One open watch of the fake: a queue with an end. */
export class FakeWatch {
  readonly #items: Item[] = [];
  readonly #accepts: (object: KubeObject) => boolean;
  #wake: (() => void) | undefined;
  #ended = false;
  #held = false;

  constructor(accepts: (object: KubeObject) => boolean) {
    this.#accepts = accepts;
  }

  accepts(object: KubeObject): boolean {
    return this.#accepts(object);
  }

  push(item: Item): void {
    this.#items.push(item);
    this.#wake?.();
  }

  /** Keeps events back, as a lagging connection does; {@link release} lets them go in their order. */
  hold(): void {
    this.#held = true;
  }

  release(): void {
    this.#held = false;
    this.#wake?.();
  }

  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  async *events(signal: AbortSignal): AsyncGenerator<WatchEvent<KubeObject>, void, undefined> {
    const onAbort = (): void => this.#wake?.();
    signal.addEventListener("abort", onAbort);
    try {
      for (;;) {
        signal.throwIfAborted();
        const item = this.#held ? undefined : this.#items.shift();
        if (item !== undefined) {
          if (item.type === "FAIL") throw item.error;
          yield item;
          continue;
        }
        if (this.#ended && !this.#held) return;
        await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }
}
