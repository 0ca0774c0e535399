import { expect } from "chai";
import { asId, type AgentId } from "../../../../src/api/ids/ids.ts";
import { MesosClusterStatus } from "../../../../src/api/crd/v1alpha1/mesos-cluster/status.ts";
import type { EntryPhase } from "../../../../src/domain/admission/book/entry.ts";
import { readPoolPod } from "../../../../src/domain/admission/pool-pod.ts";
import type { ClusterSeen } from "../../../../src/domain/master-status/cluster-status.ts";
import { clusterStatus } from "../../../../src/domain/master-status/cluster-status.ts";
import type { Agent } from "../../../../src/domain/mesos/master-state.ts";
import { emptyMasterState } from "../../../../src/domain/mesos/empty-master-state.ts";
import { resourcesOf } from "../../../../src/domain/resources/parse-resources.ts";
import { makeAgent as makeMesosAgent } from "../../../support/mesos/builders.ts";
import { makeGatedPod } from "../../../support/admission/make-gated-pod.ts";

const NOW_MS = Date.UTC(2026, 0, 1, 0, 1);
const agentId = asId<AgentId>("m-S0");

function makeAgent(total: string, parts: Partial<Agent> = {}): Agent {
  return {
    ...makeMesosAgent(agentId, total),
    info: { hostname: "n1" },
    hostname: "n1",
    ...parts,
  };
}
function makeSeen(parts: Partial<ClusterSeen> = {}): ClusterSeen {
  return {
    nowMs: NOW_MS,
    election: "Lease",
    term: 3,
    leader: { pod: "m-0", address: "m-0:5050", masterId: "m", electedMs: Date.UTC(2026, 0, 1) },
    state: emptyMasterState("m"),
    roles: [],
    pods: [],
    ...parts,
  };
}
function makeEntry(
  name: string,
  role: string,
  phase: EntryPhase,
  waitedMs = 0,
): ClusterSeen["pods"][number] {
  const read = readPoolPod(makeGatedPod({ name, role }), {
    pool: "mesos",
    defaultRole: "*",
    extended: {},
  });
  if (read.kind === "outside") throw new Error("expected a pod of the pool");
  return {
    pod: read.pod,
    phase,
    waitingSinceMs: NOW_MS - waitedMs,
  };
}

describe("clusterStatus", () => {
  it("names the leader and its term", () => {
    expect(clusterStatus(makeSeen())).to.deep.include({
      leader: { pod: "m-0", address: "m-0:5050", id: "m", elected: "2026-01-01T00:00:00Z" },
      term: 3,
      election: "Lease",
    });
  });

  it("counts agents by what they are", () => {
    const state = emptyMasterState("m");
    const add = (id: string, parts: Partial<Agent>): void => {
      state.agents.set(asId(id), makeAgent("cpus:1", parts));
    };
    add("1", {});
    add("2", { cordoned: true });
    add("3", { draining: { state: "DRAINING", maxGracePeriodMs: undefined, markGone: false } });
    add("4", { link: { kind: "disconnected" } });
    state.gone.set(asId("5"), 0);
    expect(clusterStatus(makeSeen({ state })).agents).to.deep.equal({
      registered: 4,
      active: 1,
      draining: 1,
      drained: 0,
      deactivated: 0,
      unreachable: 0,
      gone: 1,
    });
  });

  it("gives what is there, what is reserved, and each role's part of it divided by its weight", () => {
    const state = emptyMasterState("m");
    state.agents.set(agentId, makeAgent("cpus:4;cpus(web):1;mem:1024"));
    const resourcesOfPod = resourcesOf("cpus:1;mem:32");
    state.pods.put(agentId, {
      sinceMs: 0,
      podUid: asId("uid-p-1"),
      role: "web",
      resources: resourcesOfPod,
    });
    const pods = [
      makeEntry("p-1", "web", { kind: "placed", nodeName: "n1" }),
      makeEntry("p-2", "web", { kind: "waiting" }),
    ];
    const roles = [{ name: "web", weight: 2, limitsMilli: { cpus: 3500 } }];
    const { resources, roles: shown } = clusterStatus(makeSeen({ state, pods, roles }));
    expect(resources).to.deep.equal({
      total: { cpus: "5", mem: "1024" },
      offered: {},
      allocated: { cpus: "1", mem: "32" },
      reserved: { cpus: "1" },
    });
    expect(shown).to.deep.equal([
      {
        name: "web",
        weight: "2",
        guarantee: {},
        limit: { cpus: "3.5" },
        allocated: { cpus: "1", mem: "32" },
        offered: {},
        dominantShare: "0.100",
        waitingPods: 1,
      },
    ]);
  });

  const waits: Record<string, { waitedMs: number; want: string }> = {
    "up to a second": { waitedMs: 1000, want: "<=1s" },
    "up to ten seconds": { waitedMs: 1001, want: "<=10s" },
    "up to a minute": { waitedMs: 60_000, want: "<=60s" },
    longer: { waitedMs: 60_001, want: ">60s" },
  };
  for (const [name, { waitedMs, want }] of Object.entries(waits)) {
    it(`tells the longest wait in coarse steps, so that it is rarely rewritten: ${name}`, () => {
      const pods = [
        makeEntry("p-1", "web", { kind: "waiting" }, waitedMs),
        makeEntry("p-2", "web", { kind: "waiting" }),
      ];
      const { admission } = clusterStatus(makeSeen({ pods }));
      expect(admission).to.deep.equal({ waiting: 2, admitted: 0, oldestWait: want });
    });
  }

  it("shows the hundred busiest of many roles, by name", () => {
    const roles = Array.from({ length: 150 }, (_, index) => ({ name: `r${index}`, weight: 1 }));
    const pods = [makeEntry("p", "zz", { kind: "waiting" })];
    const shown = clusterStatus(makeSeen({ roles, pods })).roles ?? [];
    expect(shown).to.have.length(100);
    expect(shown.map(({ name }) => name)).to.include("zz");
    expect(shown.map(({ name }) => name)).to.deep.equal(shown.map(({ name }) => name).toSorted());
  });

  it("fits the schema of the status", () => {
    const state = emptyMasterState("m");
    state.agents.set(agentId, makeAgent("cpus:4;mem:1024"));
    expect(MesosClusterStatus.safeParse(clusterStatus(makeSeen({ state }))).success).to.equal(true);
  });
});
