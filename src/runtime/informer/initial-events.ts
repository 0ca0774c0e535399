import type { KubeObject } from "../kube/kube-object.ts";
import { keyOf } from "../kube/kube-object.ts";
import type { WatchEvent } from "../ports/kube-transport.ts";

/** Collects a streaming list until the bookmark that ends it. */
export class InitialEvents<T extends KubeObject> {
  readonly #objects = new Map<string, T>();
  #resourceVersion = "";

  /** True when `event` was the last one. */
  take(event: WatchEvent<T>): boolean {
    switch (event.type) {
      case "BOOKMARK":
        this.#resourceVersion = event.resourceVersion;
        return event.initialEventsEnd;
      case "DELETED":
        this.#objects.delete(keyOf(event.object));
        return false;
      case "ADDED":
      case "MODIFIED":
        this.#objects.set(keyOf(event.object), event.object);
        return false;
    }
  }

  objects(): readonly T[] {
    return [...this.#objects.values()];
  }

  /** Where to watch on, once complete. */
  get resourceVersion(): string {
    return this.#resourceVersion;
  }
}
