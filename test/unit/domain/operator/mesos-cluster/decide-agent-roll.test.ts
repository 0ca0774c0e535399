import { expect } from "chai";
import {
  AGENT_READY_GRACE_MS,
  decideAgentRoll,
  unavailableMax,
} from "../../../../../src/domain/operator/mesos-cluster/decide-agent-roll.ts";
import type { LiveNode } from "../../../../../src/domain/operator/mesos-cluster/observed.ts";
import type { RollingSet } from "../../../../../src/domain/operator/mesos-cluster/roll.ts";
import { makeNode, makePod, NOW_MS } from "../../../../support/mesos-cluster/make-seen.ts";

const DEFAULTS = { maxUnavailable: 1, canaryNodes: 1, canarySeconds: 60 } as const;
const zone = (name: string): Pick<LiveNode, "labels"> => ({
  labels: { "topology.kubernetes.io/zone": name },
});
const NODES = [
  makeNode("n1", zone("b")),
  makeNode("n2", zone("a")),
  makeNode("n3", zone("a")),
  makeNode("n4", zone("b")),
];
const old = (node: string) => makePod({ name: `a-${node}`, node });
const fresh = (node: string, readyForMs: number) =>
  makePod({ name: `a-${node}`, node, revision: "new", readySinceMs: NOW_MS - readyForMs });
const starting = (node: string, ageMs: number) =>
  makePod({
    name: `a-${node}`,
    node,
    revision: "new",
    ready: false,
    createdMs: NOW_MS - ageMs,
  });
const set = (pods: RollingSet["pods"], rest: Partial<RollingSet> = {}): RollingSet => ({
  pods,
  desired: pods.length,
  target: "new",
  onTrial: true,
  nowMs: NOW_MS,
  ...rest,
});

interface Case {
  readonly given: RollingSet;
  readonly strategy?: Partial<{
    maxUnavailable: number | string;
    canaryNodes: number;
    canarySeconds: number;
  }>;
  readonly nodes?: readonly LiveNode[];
  readonly want: { readonly kind: string; readonly pods?: readonly string[] };
}

const cases: Record<string, Case> = {
  "starts with one canary, by zone and then node name": {
    given: set([old("n1"), old("n2"), old("n3"), old("n4")]),
    want: { kind: "replace", pods: ["a-n2"] },
  },
  "watches the canary for canarySeconds": {
    given: set([old("n1"), fresh("n2", 10_000), old("n3"), old("n4")]),
    want: { kind: "waiting" },
  },
  "goes on after the canary was good": {
    given: set([old("n1"), fresh("n2", 61_000), old("n3"), old("n4")]),
    want: { kind: "replace", pods: ["a-n3"] },
  },
  "replaces as many at once as may be away": {
    given: set([old("n1"), fresh("n2", 61_000), old("n3"), old("n4")]),
    strategy: { maxUnavailable: "50%" },
    want: { kind: "replace", pods: ["a-n3", "a-n1"] },
  },
  "counts nodes without ready agent against the budget": {
    given: set([old("n1"), fresh("n2", 61_000), { ...old("n3"), ready: false }, old("n4")]),
    nodes: [...NODES.slice(0, 2), makeNode("n3", { ...zone("a"), ready: false }), NODES[3]!],
    want: { kind: "waiting" },
  },
  "gives up when the canary does not register": {
    given: set([old("n1"), starting("n2", AGENT_READY_GRACE_MS + 1), old("n3"), old("n4")]),
    want: { kind: "failed" },
  },
  "waits for a canary that still may register": {
    given: set([old("n1"), starting("n2", 10_000), old("n3"), old("n4")]),
    want: { kind: "waiting" },
  },
  "lets one of many fail after the canary was good": {
    given: set([
      ...Array.from({ length: 11 }, (_, i) => fresh(`m${i}`, 120_000)),
      starting("n2", AGENT_READY_GRACE_MS + 1),
    ]),
    want: { kind: "waiting" },
  },
  "gives up when three nodes fail": {
    given: set([
      ...Array.from({ length: 40 }, (_, i) => fresh(`m${i}`, 120_000)),
      ...["n1", "n2", "n3"].map((node) => starting(node, AGENT_READY_GRACE_MS + 1)),
    ]),
    want: { kind: "failed" },
  },
  "goes without canary when none is asked for": {
    given: set([old("n1"), old("n2")]),
    strategy: { canaryNodes: 0, maxUnavailable: 2 },
    want: { kind: "replace", pods: ["a-n2", "a-n1"] },
  },
  "does not wait for pods of nodes that are away": {
    given: set([fresh("n2", 61_000), { ...old("n1"), ready: false }]),
    nodes: [makeNode("n1", { ready: false }), makeNode("n2")],
    strategy: { maxUnavailable: 2 },
    want: { kind: "waiting" },
  },
  "is done when every node has a current, ready agent": {
    given: set([fresh("n1", 1_000), fresh("n2", 1_000)]),
    want: { kind: "rolled" },
  },
  "is done in a pool without nodes": { given: set([]), want: { kind: "rolled" } },
};

describe("decideAgentRoll", () => {
  for (const [name, { given, strategy, nodes = NODES, want }] of Object.entries(cases)) {
    it(name, () => {
      const step = decideAgentRoll(given, { ...DEFAULTS, ...strategy }, nodes);
      const pods = step.kind === "replace" ? step.pods.map((pod) => pod.name) : undefined;
      expect({ kind: step.kind, ...(pods === undefined ? {} : { pods }) }).to.deep.equal(want);
    });
  }

  it("says when the canary has been watched long enough", () => {
    const step = decideAgentRoll(set([old("n1"), fresh("n2", 10_000)]), DEFAULTS, NODES);
    expect(step).to.include({ kind: "waiting", afterMs: 50_000 });
  });

  it("rounds percentages up and never below one", () => {
    expect([
      unavailableMax("10%", 25),
      unavailableMax("10%", 3),
      unavailableMax(0, 5),
    ]).to.deep.equal([3, 1, 1]);
  });
});
