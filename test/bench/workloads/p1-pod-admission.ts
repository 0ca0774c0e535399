import { asId, type AgentId } from "../../../src/api/ids/ids.ts";
import type { PodEffect } from "../../../src/domain/admission/book/effects.ts";
import type { PodInput } from "../../../src/domain/admission/book/inputs.ts";
import { PATCHES_IN_FLIGHT_MAX } from "../../../src/domain/admission/book/patches.ts";
import { PodBook } from "../../../src/domain/admission/book/pod-book.ts";
import type { GatedPod } from "../../../src/domain/admission/kube-view.ts";
import { Allocator } from "../../../src/domain/allocator/allocator.ts";
import type { AllocatorEvent, PodAdmission } from "../../../src/domain/allocator/events.ts";
import { allocatorDefaults } from "../../../src/domain/allocator/options.ts";
import { resourcesOf } from "../../../src/domain/resources/parse-resources.ts";
import { makeGatedPod, makeRuledNode } from "../../support/admission/make-gated-pod.ts";
import { GateError, type Bench, type BenchContext, type Grid, type Measurement } from "../bench.ts";
import { Stopwatch } from "../run/measure.ts";

interface Point {
  readonly nodes: number;
  readonly pods: number;
}

const ROLES = 30;
const POINTS: Record<Grid, readonly Point[]> = {
  smoke: [{ nodes: 1_000, pods: 2_000 }],
  standard: [{ nodes: 10_000, pods: 15_000 }],
  full: [
    { nodes: 1_000, pods: 15_000 },
    { nodes: 10_000, pods: 2_000 },
    { nodes: 10_000, pods: 15_000 },
  ],
};

/** Gated pods of 30 roles with quota, from their first sight to the patch that would be sent; no API server. */
export const podAdmission: Bench = {
  id: "P1",
  about: "pod admission, engine alone",
  run(context) {
    return POINTS[context.grid].map((point) => admissions(point, context));
  },
};

/** Book and allocator with nothing between them; every patch succeeds at once. */
class Desk {
  readonly #allocator: Allocator;
  readonly #book = new PodBook({
    pool: "mesos",
    defaultRole: "*",
    extended: {},
    isEnabled: true,
    pin: "Auto",
    gateTimeoutMs: 0,
  });
  #decided: PodAdmission[] = [];
  #sent: Extract<PodEffect, { kind: "patch" }>[] = [];
  #nowMs = Date.UTC(2026, 0, 1);

  constructor(seed: number) {
    this.#allocator = new Allocator({ ...allocatorDefaults, seed });
  }

  tell(event: AllocatorEvent): void {
    this.#decided.push(...this.#allocator.apply(event, this.#nowMs).admissions);
  }

  take(input: PodInput): void {
    for (const effect of this.#book.advance(input, this.#nowMs)) {
      if (effect.kind === "tell") this.tell(effect.event);
      else if (effect.kind === "patch") this.#sent.push(effect);
    }
  }

  /** One coalescing window: decide, patch, hear of the patches. Gives how many pods were admitted. */
  round(): number {
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
    return sent.length;
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

function buildPool(desk: Desk, nodes: number): void {
  const total = resourcesOf("cpus:32;mem:131072;ports:[31000-32000]");
  const capabilities = ["MULTI_ROLE", "HIERARCHICAL_ROLE", "RESERVATION_REFINEMENT"];
  for (let index = 0; index < ROLES; index += 1) {
    desk.tell({ kind: "quotaSet", role: `r${index}`, guarantees: {}, limits: { cpus: 1e9 } });
  }
  for (let index = 0; index < nodes; index += 1) {
    const hostname = `n${index}`;
    const agentId = asId<AgentId>(`m-S${index}`);
    desk.take({ kind: "nodeSeen", node: makeRuledNode(hostname) });
    const profile = { hostname, attributes: [], capabilities };
    desk.tell({ kind: "agentAdded", agentId, profile, total });
    desk.take({ kind: "agentKnown", agent: { agentId, hostname, attributes: {} } });
  }
  desk.tell({ kind: "admissionWindow", free: PATCHES_IN_FLIGHT_MAX });
}

function admissions({ nodes, pods }: Point, { grid, seed }: BenchContext): Measurement {
  const rounds = grid === "smoke" ? 2 : 3;
  const watch = new Stopwatch();
  for (let round = 0; round < rounds; round += 1) {
    const desk = new Desk(seed + round);
    buildPool(desk, nodes);
    const objects = Array.from({ length: pods }, (_, index) =>
      makeGatedPod({
        name: `p${index}`,
        role: `r${index % ROLES}`,
        spec: { priority: index % 3 },
      }),
    );
    let admitted = 0;
    watch.time(() => {
      for (const object of objects) desk.take({ kind: "podSeen", object, isInitial: true });
      for (let more = desk.round(); more > 0; more = desk.round()) admitted += more;
    });
    if (admitted !== pods) throw new GateError(`P1: ${admitted} of ${pods} pods were admitted`);
  }
  const spread = watch.spread(pods);
  return {
    id: "P1",
    point: `${nodes} nodes, ${pods} pods, ${ROLES} roles`,
    adapter: "engine",
    column: "per admission",
    rounds,
    ...spread,
    rate: 1000 / spread.cpuMs.p50,
    bar: { specMs: 1, goalMs: 0.01 },
    note: `${Math.round(1000 / spread.wallMs.p50)}/s; first sight, decision and patch in memory, ${PATCHES_IN_FLIGHT_MAX} under way`,
  };
}
