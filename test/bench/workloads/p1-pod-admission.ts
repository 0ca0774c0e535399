import { PATCHES_IN_FLIGHT_MAX } from "../../../src/domain/admission/book/patches.ts";
import type { GatedPod } from "../../../src/domain/admission/kube-view.ts";
import { makeGatedPod } from "../../support/admission/make-gated-pod.ts";
import { PodDesk } from "../../support/admission/pod-desk.ts";
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

/** More pods wait than nodes are free: those that find none are asked about every node. */
const SPREAD = { nodes: 1_000, placed: 970, waiting: 50 };
const UNIQUE_APP = {
  labels: { "marathon.orchestrator.io/app": "shop" },
  annotations: {
    "marathon.orchestrator.io/version": "v1",
    "orchestrator.io/constraints": '[["hostname","UNIQUE"]]',
  },
};

/** Gated pods of 30 roles with quota, from their first sight to the patch that would be sent; no API server. */
export const podAdmission: Bench = {
  id: "P1",
  about: "pod admission, engine alone",
  run(context) {
    return [...POINTS[context.grid].map((point) => admissions(point, context)), spreading(context)];
  },
};

function buildPool(desk: PodDesk, nodes: number): void {
  for (let index = 0; index < ROLES; index += 1) {
    desk.tell({ kind: "quotaSet", role: `r${index}`, guarantees: {}, limits: { cpus: 1e9 } });
  }
  for (let index = 0; index < nodes; index += 1) {
    desk.addNode(`n${index}`, "cpus:32;mem:131072;ports:[31000-32000]");
  }
}

function admissions({ nodes, pods }: Point, { grid, seed }: BenchContext): Measurement {
  const rounds = grid === "smoke" ? 2 : 3;
  const watch = new Stopwatch();
  for (let round = 0; round < rounds; round += 1) {
    const desk = new PodDesk(seed + round);
    buildPool(desk, nodes);
    const objects = Array.from({ length: pods }, (_, index) =>
      makeGatedPod({
        name: `p${index}`,
        role: `r${index % ROLES}`,
        spec: { priority: index % 3 },
      }),
    );
    const admitted = watch.time(() => {
      for (const object of objects) desk.see(object);
      return desk.rounds();
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

/** One app with `hostname UNIQUE` over all nodes: most pods are placed, some of the rest find a free node. */
function spreading({ grid, seed }: BenchContext): Measurement {
  const rounds = grid === "smoke" ? 2 : 3;
  const free = SPREAD.nodes - SPREAD.placed;
  const watch = new Stopwatch();
  for (let round = 0; round < rounds; round += 1) {
    const desk = new PodDesk(seed + round);
    buildPool(desk, SPREAD.nodes);
    for (let index = 0; index < SPREAD.nodes; index += 1) {
      desk.see(index < SPREAD.placed ? placedPod(index) : otherPod(index));
    }
    const objects = Array.from({ length: SPREAD.waiting }, (_, i) =>
      makeGatedPod({ name: `w${i}`, ...UNIQUE_APP }),
    );
    const admitted = watch.time(() => {
      for (const object of objects) desk.see(object);
      return desk.rounds();
    });
    if (admitted !== free) throw new GateError(`P1: ${admitted} of ${free} pods were admitted`);
  }
  const spread = watch.spread(free);
  return {
    id: "P1",
    point: `${SPREAD.nodes} nodes, hostname UNIQUE, ${SPREAD.placed} placed, ${SPREAD.waiting} waiting`,
    adapter: "engine",
    column: "per admission",
    rounds,
    ...spread,
    rate: 1000 / spread.cpuMs.p50,
    bar: { specMs: 1 },
    note: "first sight, decision and patch in memory; every run asks all nodes",
  };
}

function placedPod(index: number): GatedPod {
  return makeGatedPod({ name: `p${index}`, gated: false, nodeName: `n${index}`, ...UNIQUE_APP });
}

/** Fills its node more than a pod of the app does: fullest first, the nodes that take one come before those that refuse. */
function otherPod(index: number): GatedPod {
  return makeGatedPod({ name: `o${index}`, gated: false, nodeName: `n${index}`, cpu: "2" });
}
