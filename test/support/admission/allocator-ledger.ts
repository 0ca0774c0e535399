import type { AgentId, KubeUid } from "../../../src/api/ids/ids.ts";
import { asId } from "../../../src/api/ids/ids.ts";
import { Allocator } from "../../../src/domain/allocator/allocator.ts";
import type { AllocatorEvent } from "../../../src/domain/allocator/events.ts";
import { allocatorDefaults } from "../../../src/domain/allocator/options.ts";
import type { WaitingPod } from "../../../src/domain/allocator/pods/waiting-pod.ts";
import { resourcesOf } from "../../../src/domain/resources/parse-resources.ts";
import type { CancelTimer, Clock } from "../../../src/runtime/ports/clock.ts";
import type { PodAdmission } from "../../../src/services/pod-admission/pod-admission.ts";
import type { PoolLedger } from "../../../src/services/pod-admission/ports.ts";

/** The real allocator with the time of an engine around it, and pods as its only takers. */
export class AllocatorLedger implements PoolLedger {
  readonly allocator: Allocator;
  readonly #clock: Clock;
  readonly #term: number;
  #admission: PodAdmission | undefined;
  #cancel: CancelTimer | undefined;

  constructor(clock: Clock, options: { readonly seed?: number; readonly term?: number } = {}) {
    this.#clock = clock;
    this.#term = options.term ?? 1;
    this.allocator = new Allocator({ ...allocatorDefaults, seed: options.seed ?? 1 });
  }

  /** Decisions go to this admission. */
  serve(admission: PodAdmission): void {
    this.#admission = admission;
  }

  /** An agent `m-<node>` on the node of that name registers. */
  addAgent(node: string, resources: string, attributes: Record<string, string> = {}): void {
    const agentId = asId<AgentId>(`m-${node}`);
    this.apply({
      kind: "agentAdded",
      agentId,
      profile: {
        hostname: node,
        attributes: [],
        capabilities: ["MULTI_ROLE", "HIERARCHICAL_ROLE", "RESERVATION_REFINEMENT"],
      },
      total: resourcesOf(resources),
    });
    this.#admission?.agentKnown({
      agentId,
      hostname: node,
      attributes: Object.entries(attributes).map(([name, value]) => ({
        name,
        type: "TEXT",
        text: { value },
      })),
    });
  }

  /** No admissions any more: the leader is gone. */
  stop(): void {
    this.#cancel?.();
    this.#admission = undefined;
  }

  apply(event: AllocatorEvent): void {
    const decision = this.allocator.apply(event, this.#clock.nowMs());
    this.#cancel?.();
    this.#cancel = undefined;
    if (decision.nextDueMs !== undefined) {
      const delayMs = decision.nextDueMs - this.#clock.nowMs();
      this.#cancel = this.#clock.after(delayMs, () => this.apply({ kind: "run" }));
    }
    if (decision.admissions.length > 0) this.#admission?.admit(decision.admissions, this.#term);
  }

  podWaiting(pod: WaitingPod): void {
    this.apply({ kind: "podWaiting", pod });
  }
  podRulesChanged(role: string): void {
    this.apply({ kind: "podRulesChanged", role });
  }
  podGone(podUid: KubeUid): void {
    this.apply({ kind: "podGone", podUid });
  }
  podPlaced(pod: WaitingPod, agentId: AgentId): void {
    this.apply({ kind: "podPlaced", pod, agentId });
  }
  admissionFailed(podUid: KubeUid, requeue: boolean): void {
    this.apply({ kind: "podAdmissionFailed", podUid, requeue });
  }
  admissionWindow(free: number): void {
    this.apply({ kind: "admissionWindow", free });
  }
  agentRulesChanged(agentId: AgentId): void {
    this.apply({ kind: "agentUpdated", agentId });
  }
}
