import type { AgentId, KubeUid } from "../../../src/api/ids/ids.ts";
import { asId } from "../../../src/api/ids/ids.ts";
import type { AdmissionRules } from "../../../src/domain/admission/book/admission-rules.ts";
import type { PodEffect } from "../../../src/domain/admission/book/effects.ts";
import type { PodInput } from "../../../src/domain/admission/book/inputs.ts";
import { PodBook } from "../../../src/domain/admission/book/pod-book.ts";
import type { PoolAgent } from "../../../src/domain/admission/rules/agent-table.ts";
import { resourcesOf } from "../../../src/domain/resources/parse-resources.ts";
import { ADMISSION_RULES } from "./admission-rules.ts";
import { makeGatedPod, makeRuledNode, type PodParts } from "./make-gated-pod.ts";

/** When a desk opens. */
export const OPENED_AT_MS = Date.UTC(2026, 0, 1);
export const uidOf = (name: string): KubeUid => asId<KubeUid>(`uid-${name}`);
export const agentOf = (name: string): AgentId => asId<AgentId>(`m-${name}`);
export const makeAgent = (node: string): PoolAgent => ({
  agentId: agentOf(node),
  hostname: node,
  nodeUid: `uid-${node}`,
  attributes: {},
});

/** The book alone: the test is allocator, API server and clock, and reads effects as lines such as `waiting uid-a`. */
export class BookDesk {
  readonly book: PodBook;
  nowMs = OPENED_AT_MS;

  constructor(rules: Partial<AdmissionRules> = {}, nodes: readonly string[] = ["n1", "n2"]) {
    this.book = new PodBook({ ...ADMISSION_RULES, ...rules });
    for (const node of nodes) {
      this.take({ kind: "nodeSeen", node: makeRuledNode(node) });
      this.take({ kind: "agentKnown", agent: makeAgent(node) });
    }
  }

  take(input: PodInput): readonly string[] {
    return this.book.advance(input, this.nowMs).map(shown);
  }

  see(parts: PodParts, isInitial = false): readonly string[] {
    return this.take({ kind: "podSeen", object: makeGatedPod(parts), isInitial });
  }

  decide(name: string, node = "n1", resources = "cpus:1;mem:32"): readonly string[] {
    const admission = {
      podUid: uidOf(name),
      role: "*",
      agentId: agentOf(node),
      resources: resourcesOf(resources),
    };
    return this.take({ kind: "decided", admissions: [admission], term: 3 });
  }

  end(
    name: string,
    outcome: Extract<PodInput, { kind: "patchEnded" }>["outcome"],
    fresh?: PodParts,
  ): readonly string[] {
    return this.take({
      kind: "patchEnded",
      uid: uidOf(name),
      outcome,
      ...(fresh === undefined ? {} : { fresh: makeGatedPod(fresh) }),
    });
  }

  mayRun(name: string, node: string): boolean {
    const entry = this.book.entries().find(({ pod }) => pod.uid === uidOf(name));
    return entry !== undefined && this.book.canRunOn(entry, agentOf(node));
  }

  wait(ms: number): readonly string[] {
    this.nowMs += ms;
    return this.take({ kind: "timePassed" });
  }
}

/** Pod `a` as the patch of its admission leaves it. */
export const admitted = (node = "n1"): PodParts => ({
  name: "a",
  resourceVersion: "2",
  gated: false,
  annotations: { "orchestrator.io/admitted": `3/m-${node}` },
});

/** One line per effect, in the order in which they are carried out. */
function shown(effect: PodEffect): string {
  switch (effect.kind) {
    case "tell": {
      const { event } = effect;
      if (event.kind === "podWaiting") return `waiting ${event.pod.uid}`;
      if (event.kind === "podPlaced") return `placed ${event.pod.uid} on ${event.agentId}`;
      if (event.kind === "podGone") return `gone ${event.podUid}`;
      if (event.kind === "podAdmissionFailed") return `failed ${event.podUid}`;
      if (event.kind === "podRulesChanged") return `again ${event.role}`;
      if (event.kind === "admissionWindow") return `window ${event.free}`;
      return `updated ${event.agentId}`;
    }
    case "patch":
      return `patch ${effect.uid} for ${effect.agentId}`;
    case "note":
      return `note ${effect.pod.name} ${effect.reason}`;
  }
}
