import { expect } from "chai";
import { funnelOf } from "../../../../src/domain/admission/explain/funnel.ts";
import type { AgentView } from "../../../../src/domain/admission/explain/refusal.ts";
import { refusalOf } from "../../../../src/domain/admission/explain/refusal.ts";
import type { PoolPod } from "../../../../src/domain/admission/pool-pod.ts";
import { readPoolPod } from "../../../../src/domain/admission/pool-pod.ts";
import { resourcesOf } from "../../../../src/domain/resources/parse-resources.ts";
import { makeGatedPod, type PodParts } from "../../../support/admission/make-gated-pod.ts";

function podOf(parts: PodParts): PoolPod {
  const read = readPoolPod(makeGatedPod(parts), { pool: "mesos", defaultRole: "*", extended: {} });
  if (read.kind === "outside") throw new Error("expected a pod of the pool");
  return read.pod;
}
const makeAgent = (free: string, parts: Partial<Omit<AgentView, "free">> = {}): AgentView => ({
  agentId: "m-S0",
  hostname: "n1",
  isOfferable: true,
  place: undefined,
  acceptsConstraints: true,
  free: resourcesOf(free),
  ...parts,
});
const PLENTY = "cpus:8;mem:8192;disk:8192;gpus:1;ports:[31000-31010]";
const taint = { key: "a", effect: "NoSchedule" } as const;
const portsPod: PodParts = { annotations: { "orchestrator.io/dynamic-ports": "2" } };
const reservedPod: PodParts = {
  role: "web",
  annotations: { "orchestrator.io/accepted-roles": '["web"]' },
};

const cases: Record<string, { pod?: PodParts; agent: AgentView; want: string | undefined }> = {
  "an agent with room takes the pod": { agent: makeAgent(PLENTY), want: undefined },
  "an untolerated taint is a question of role": {
    agent: makeAgent(PLENTY, { place: { kind: "taint", taint } }),
    want: "UnfulfilledRole",
  },
  "a machine without a node is a question of role": {
    agent: makeAgent(PLENTY, { place: { kind: "noNode" } }),
    want: "UnfulfilledRole",
  },
  "a selector that does not match is a constraint": {
    agent: makeAgent(PLENTY, { place: { kind: "selector" } }),
    want: "UnfulfilledConstraint",
  },
  "a constraint that refuses is one": {
    agent: makeAgent(PLENTY, { acceptsConstraints: false }),
    want: "UnfulfilledConstraint",
  },
  "a pod for reserved resources finds no reservation": {
    pod: reservedPod,
    agent: makeAgent(PLENTY),
    want: "NoCorrespondingReservationFound",
  },
  "a pod for reserved resources takes them": {
    pod: reservedPod,
    agent: makeAgent("cpus(web):1;mem(web):32"),
    want: undefined,
  },
  "a reservation of others is not its own": {
    agent: makeAgent("cpus(ml):8;mem:64"),
    want: "InsufficientCpus",
  },
  "a silent or draining agent is in maintenance": {
    agent: makeAgent(PLENTY, { isOfferable: false }),
    want: "AgentMaintenance",
  },
  "a cordoned node is in maintenance": {
    agent: makeAgent(PLENTY, { place: { kind: "unschedulable" } }),
    want: "AgentMaintenance",
  },
  "too little cpu": { agent: makeAgent("cpus:0.5;mem:64"), want: "InsufficientCpus" },
  "too little memory": { agent: makeAgent("cpus:1;mem:16"), want: "InsufficientMemory" },
  "too few ports to choose from": {
    pod: portsPod,
    agent: makeAgent("cpus:1;mem:32;ports:[31000-31000]"),
    want: "InsufficientPorts",
  },
  "ports enough to choose from": {
    pod: portsPod,
    agent: makeAgent("cpus:1;mem:32;ports:[31000-31000,31005-31005]"),
    want: undefined,
  },
};

describe("refusalOf", () => {
  for (const [name, { pod = {}, agent, want }] of Object.entries(cases)) {
    it(name, () => expect(refusalOf(podOf(pod), agent)).to.equal(want));
  }
});

describe("funnelOf", () => {
  it("counts at each stage who reached it and who failed there", () => {
    const agents = [
      makeAgent(PLENTY, { agentId: "1", place: { kind: "taint", taint } }),
      makeAgent("cpus:0.5;mem:8", { agentId: "2" }),
      makeAgent("cpus:4;mem:8", { agentId: "3" }),
      makeAgent(PLENTY, { agentId: "4" }),
    ];
    const { processed, funnel, lastRefused } = funnelOf(podOf({}), agents);
    expect(processed).to.equal(4);
    expect(funnel.filter(({ declined }) => declined > 0)).to.deep.equal([
      { reason: "UnfulfilledRole", declined: 1, processed: 4 },
      { reason: "InsufficientCpus", declined: 1, processed: 3 },
      { reason: "InsufficientMemory", declined: 1, processed: 2 },
    ]);
    expect(funnel.at(-1)?.processed).to.equal(1);
    expect(lastRefused.map(({ agentId }) => agentId)).to.deep.equal(["1", "2", "3"]);
  });

  it("names at most twenty agents", () => {
    const agents = Array.from({ length: 30 }, () => makeAgent("cpus:0"));
    expect(funnelOf(podOf({}), agents).lastRefused).to.have.length(20);
  });
});
