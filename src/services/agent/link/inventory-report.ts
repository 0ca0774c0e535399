import type { PoolPod } from "../../../api/agent-link/pool-pod.ts";
import type { OutgoingCall } from "./link-session.ts";
import { poolPodChanges } from "./pool-pod-changes.ts";
import type { AgentInventory, InventorySource } from "../ports.ts";

export interface InventoryReportParts {
  readonly inventory: InventorySource;
  readonly send: (call: OutgoingCall) => void;
}

/** What the master was told there is to offer and which pool pods there are; tells it the differences only. */
export class InventoryReport {
  readonly #parts: InventoryReportParts;
  #told: AgentInventory | undefined;
  #toldPods: ReadonlyMap<string, PoolPod> = new Map();

  constructor(parts: InventoryReportParts) {
    this.#parts = parts;
  }

  /** All there is, for a subscription; differences count from here. */
  tellAll(): AgentInventory {
    const now = this.#parts.inventory.current();
    this.#told = now;
    this.#toldPods = new Map(now.poolPods.map((pod) => [pod.uid, pod]));
    return now;
  }

  /** Call only while a master listens: what is sent counts as told. */
  tellChanges(): void {
    const now = this.#parts.inventory.current();
    const before = this.#told;
    this.#told = now;
    if (before === undefined || !isSameOffer(before, now)) this.#sendTotal(now);
    const { changed, gone, now: pods } = poolPodChanges(this.#toldPods, now.poolPods);
    this.#toldPods = pods;
    if (changed.length > 0 || gone.length > 0) {
      this.#parts.send({ type: "POOL_PODS", changed: [...changed], gone: [...gone] });
    }
  }

  #sendTotal(now: AgentInventory): void {
    this.#parts.send({
      type: "UPDATE_AGENT",
      total: [...now.total],
      attributes: [...now.attributes],
      oversubscribed: [],
      ...(now.podSlots === undefined ? {} : { pod_slots: now.podSlots }),
      unschedulable: now.unschedulable,
    });
  }
}

function isSameOffer(a: AgentInventory, b: AgentInventory): boolean {
  const part = ({ total, attributes, podSlots, unschedulable }: AgentInventory): string =>
    JSON.stringify([total, attributes, podSlots, unschedulable]);
  return part(a) === part(b);
}
