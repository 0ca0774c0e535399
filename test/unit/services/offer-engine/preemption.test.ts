import { expect } from "chai";
import { asId, type FrameworkId, type KubeUid } from "../../../../src/api/ids/ids.ts";
import type { WaitingPod } from "../../../../src/domain/allocator/pods/waiting-pod.ts";
import { resourcesOf } from "../../../../src/domain/resources/parse-resources.ts";
import { makeClusterConfig } from "../../../support/mesos/cluster-config.ts";
import { EngineScenario } from "../../../support/mesos/engine-scenario.ts";

const makePod = (uid: string, cpus: number, priority: number): WaitingPod => ({
  uid: asId<KubeUid>(uid),
  role: "web",
  request: resourcesOf(`cpus:${cpus};mem:64`),
  priority,
  createdMs: 0,
});

/** One agent of 4 cpus, filled by pods of priority 0; `head`, of priority 9, needs 3 of them. */
function makeWorld(preemption: "Off" | "LowerPriority"): EngineScenario {
  const podsFrameworkId = asId<FrameworkId>("uid-pods");
  const scenario = new EngineScenario({ podsFrameworkId, config: { preemption } });
  const link = scenario.agent("n1", { resources: "cpus:4;mem:1024" });
  const agentId = scenario.agentIdOf(link);
  for (const [uid, cpus] of [
    ["small", 1],
    ["large", 3],
  ] as const) {
    scenario.put({ kind: "podPlaced", pod: makePod(uid, cpus, 0), agentId });
  }
  scenario.put({ kind: "podWaiting", pod: makePod("head", 3, 9) });
  return scenario;
}

const isOn = ({ engine }: EngineScenario, uid: string): boolean =>
  engine.state.pods.agentOf(asId<KubeUid>(uid)) !== undefined;

describe("pods that are evicted for others of a higher priority (MES-42)", () => {
  it("leave once the other has waited for some seconds, and it takes their room", () => {
    const scenario = makeWorld("LowerPriority");
    scenario.pass(4_000);
    expect(scenario.evicted).to.deep.equal([]);
    scenario.pass(8_000);
    expect(scenario.evicted).to.deep.equal(["large"]);
    scenario.put({ kind: "podGone", podUid: asId("large") });
    scenario.pass(2_000);
    expect(isOn(scenario, "head")).to.equal(true);
    scenario.pass(60_000);
    expect(scenario.evicted).to.deep.equal(["large"]);
  });

  it("stay where the cluster does not want it", () => {
    const scenario = makeWorld("Off");
    scenario.pass(120_000);
    expect(scenario.evicted).to.deep.equal([]);
  });

  it("are asked for again while a disruption budget keeps them", () => {
    const scenario = makeWorld("LowerPriority");
    scenario.pass(35_000);
    expect(scenario.evicted).to.deep.equal(["large", "large", "large"]);
  });

  it("are left alone once the other does not wait any more", () => {
    const scenario = makeWorld("LowerPriority");
    scenario.pass(12_000);
    scenario.put({ kind: "podGone", podUid: asId("head") });
    scenario.pass(120_000);
    expect(scenario.evicted).to.deep.equal(["large"]);
  });

  it("are left alone once the cluster does not want it any more", () => {
    const scenario = makeWorld("LowerPriority");
    scenario.pass(12_000);
    const config = makeClusterConfig({ preemption: "Off" });
    scenario.put({ kind: "configChanged", config });
    scenario.pass(120_000);
    expect(scenario.evicted).to.deep.equal(["large"]);
  });
});
