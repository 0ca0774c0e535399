import { KINDS } from "../../../src/runtime/kube/core-kinds.ts";
import type { KubeObject } from "../../../src/runtime/kube/kube-object.ts";
import type { KubeTransport } from "../../../src/runtime/ports/kube-transport.ts";
import { until } from "../../cluster/host/until.ts";

const WATCH_SECONDS = 600;
const HELD_MAX_MS = 60_000;

interface Lease extends KubeObject {
  readonly spec?: { readonly holderIdentity?: string | null };
}

/** Who held a Lease, one after the other, "" where it was released: of every version that it had since this was made. */
export class LeaseHolders {
  readonly seen: string[] = [];
  readonly #stop = new AbortController();
  readonly #following: Promise<void>;

  constructor(kube: KubeTransport, namespace: string, name: string) {
    this.#following = this.#follow(kube, namespace, name);
    // Told by whoever waits; until then it must not count as unhandled.
    this.#following.catch(() => undefined);
  }

  /** Resolves when so many have followed each other. @throws when the watch breaks. */
  async until(count: number): Promise<void> {
    const holds = (): boolean => this.seen.length >= count;
    const { signal } = this.#stop;
    const held = until(`${count} holders`, holds, { timeoutMs: HELD_MAX_MS, signal });
    await Promise.race([held, this.#following]);
  }

  stop(): void {
    this.#stop.abort();
  }

  async #follow(kube: KubeTransport, namespace: string, name: string): Promise<void> {
    const selection = {
      kind: KINDS.Lease,
      namespace,
      fieldSelector: `metadata.name=${name}`,
    };
    const { signal } = this.#stop;
    const options = { signal, timeoutSeconds: WATCH_SECONDS, sendInitialEvents: true };
    for await (const event of kube.watch<Lease>(selection, options)) {
      if (event.type === "BOOKMARK") continue;
      const holder = event.object.spec?.holderIdentity ?? "";
      if (holder !== this.seen.at(-1)) this.seen.push(holder);
    }
    throw new Error("the watch of the Lease ended");
  }
}
