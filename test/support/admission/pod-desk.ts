import { asId, type AgentId } from "../../../src/api/ids/ids.ts";
import { ADMISSION_RULES } from "./admission-rules.ts";
import type { PodEffect } from "../../../src/domain/admission/book/effects.ts";
import type { PodInput } from "../../../src/domain/admission/book/inputs.ts";
import { PATCHES_IN_FLIGHT_MAX } from "../../../src/domain/admission/book/patches.ts";
import { PodBook } from "../../../src/domain/admission/book/pod-book.ts";
import type { GatedPod } from "../../../src/domain/admission/kube-view.ts";
import { Allocator } from "../../../src/domain/allocator/allocator.ts";
import type { AllocatorEvent, PodAdmission } from "../../../src/domain/allocator/events.ts";
import { allocatorDefaults } from "../../../src/domain/allocator/options.ts";
import { resourcesOf } from "../../../src/domain/resources/parse-resources.ts";
import { makeRuledNode } from "./make-gated-pod.ts";

const CAPABILITIES = ["MULTI_ROLE", "HIERARCHICAL_ROLE", "RESERVATION_REFINEMENT"];

export const deskAgent = (hostname: string): AgentId => asId<AgentId>(`m-${hostname}`);

/** Book and allocator with nothing between them; every patch succeeds at once. */
export class PodDesk {
  readonly allocator: Allocator;
  readonly book: PodBook;
  readonly rules = ADMISSION_RULES;
  /** How often the allocator was told of pods, by kind of event. */
  readonly told = new Map<string, number>();
  #decided: PodAdmission[] = [];
  #sent: Extract<PodEffect, { kind: "patch" }>[] = [];
  #nowMs = Date.UTC(2026, 0, 1);

  constructor(seed: number) {
    this.allocator = new Allocator({ ...allocatorDefaults, seed });
    this.book = new PodBook(this.rules, (agentId) => this.allocator.view.free(agentId));
    this.tell({ kind: "admissionWindow", free: PATCHES_IN_FLIGHT_MAX });
  }

  /** A node with its agent, `m-<hostname>`. */
  addNode(
    hostname: string,
    resources: string,
    attributes: Readonly<Record<string, string>> = {},
  ): void {
    const agentId = deskAgent(hostname);
    this.take({ kind: "nodeSeen", node: makeRuledNode(hostname) });
    const profile = { hostname, attributes: [], capabilities: CAPABILITIES };
    this.tell({ kind: "agentAdded", agentId, profile, total: resourcesOf(resources) });
    this.take({ kind: "agentKnown", agent: { agentId, hostname, attributes } });
  }

  tell(event: AllocatorEvent): void {
    this.#decided.push(...this.allocator.apply(event, this.#nowMs).admissions);
  }

  take(input: PodInput, isLast = true): void {
    for (const effect of this.book.advance(input, this.#nowMs, isLast)) this.#perform(effect);
  }

  see(object: GatedPod): void {
    this.take({ kind: "podSeen", object, isInitial: true });
  }

  /** All of them in one turn. */
  seeAll(objects: readonly GatedPod[]): void {
    for (const [place, object] of objects.entries()) {
      this.take({ kind: "podSeen", object, isInitial: true }, place === objects.length - 1);
    }
  }

  /** One coalescing window: decide, patch, hear of the patches. Gives where which pod was admitted. */
  round(): readonly PodAdmission[] {
    this.#nowMs += allocatorDefaults.coalesceMs;
    this.tell({ kind: "run" });
    const admissions = this.#decided;
    this.#decided = [];
    this.take({ kind: "decided", admissions, term: 1 });
    const sent = this.#sent;
    this.#sent = [];
    for (const { uid, pod, agentId } of sent) {
      const fresh = opened(pod.object, agentId);
      this.take({ kind: "patchEnded", uid, outcome: { kind: "admitted" }, fresh });
    }
    return admissions;
  }

  /** Rounds until nothing is admitted any more; gives how many pods were. */
  rounds(): number {
    let admitted = 0;
    for (let more = this.round().length; more > 0; more = this.round().length) admitted += more;
    return admitted;
  }

  #perform(effect: PodEffect): void {
    if (effect.kind === "patch") this.#sent.push(effect);
    if (effect.kind !== "tell") return;
    const { kind } = effect.event;
    this.told.set(kind, (this.told.get(kind) ?? 0) + 1);
    this.tell(effect.event);
  }
}

function opened({ metadata, spec, status }: GatedPod, agentId: AgentId): GatedPod {
  const annotations = { ...metadata.annotations, "orchestrator.io/admitted": `1/${agentId}` };
  return {
    metadata: { ...metadata, resourceVersion: "2", annotations },
    spec: { ...spec, schedulingGates: [] },
    ...(status === undefined ? {} : { status }),
  };
}
