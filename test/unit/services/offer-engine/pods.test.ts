import { expect } from "chai";
import { asId, type FrameworkId, type KubeUid } from "../../../../src/api/ids/ids.ts";
import type { WaitingPod } from "../../../../src/domain/allocator/pods/waiting-pod.ts";
import { listedFrameworks } from "../../../../src/domain/mesos/master-state.ts";
import { usedByFramework, usedOnAgent } from "../../../../src/domain/mesos/views/usage.ts";
import { formatResources } from "../../../../src/domain/resources/format-resources.ts";
import { resourcesOf } from "../../../../src/domain/resources/parse-resources.ts";
import { EngineScenario } from "../../../support/mesos/engine-scenario.ts";

const podsFrameworkId = asId<FrameworkId>("uid-pods");
const makePod = (uid: string, cpus = 1): WaitingPod => ({
  uid: asId<KubeUid>(uid),
  role: "web",
  request: resourcesOf(`cpus:${cpus};mem:64`),
  priority: 0,
  createdMs: 0,
});

describe("pods of the pool in what the engine shows", () => {
  let scenario: EngineScenario;
  let link: string;
  beforeEach(() => {
    scenario = new EngineScenario({ podsFrameworkId });
    link = scenario.agent("n1", { resources: "cpus:4;mem:1024" });
  });
  const used = (): string => {
    const { state } = scenario.engine;
    const agent = state.agents.get(scenario.agentIdOf(link));
    return agent === undefined ? "" : formatResources(usedOnAgent(state, agent));
  };
  const builtIn = (): { roles: readonly string[]; used: string } | undefined => {
    const framework = listedFrameworks(scenario.engine.state).find(
      ({ info }) => info.name === "kubernetes-pods",
    );
    if (framework === undefined) return undefined;
    return { roles: framework.roles, used: formatResources(usedByFramework(framework)) };
  };

  it("are used resources of their agent and of the built-in framework once admitted", () => {
    scenario.put({ kind: "podWaiting", pod: makePod("p") });
    expect(used()).to.equal("");
    scenario.pass(10);
    expect(used()).to.equal("cpus:1;mem:64");
    expect(builtIn()).to.deep.equal({ roles: ["web"], used: "cpus:1;mem:64" });
  });

  it("count once, admitted, placed and reported by the agent", () => {
    const pod = makePod("p");
    scenario.put({ kind: "podWaiting", pod });
    scenario.pass(10);
    scenario.put({ kind: "podPlaced", pod, agentId: scenario.agentIdOf(link) });
    const requests = [{ name: "cpus", type: "SCALAR" as const, scalar: { value: 1 } }];
    const seen = { uid: "p", namespace: "ns", name: "p", role: "web", requests };
    scenario.agentCall(link, {
      type: "POOL_PODS",
      changed: [{ ...seen, phase: "Running" }],
      gone: [],
    });
    expect(used()).to.equal("cpus:1;mem:64");
  });

  it("are gone when they are over, and when their patch failed", () => {
    for (const uid of ["p", "q"]) scenario.put({ kind: "podWaiting", pod: makePod(uid) });
    scenario.pass(10);
    expect(used()).to.equal("cpus:2;mem:128");
    scenario.put({ kind: "podGone", podUid: asId("p") });
    scenario.put({ kind: "podAdmissionFailed", podUid: asId("q"), requeue: false });
    expect(used()).to.equal("");
    expect(builtIn()).to.deep.equal({ roles: [], used: "" });
  });

  it("are not listed where no pods are admitted", () => {
    expect(listedFrameworks(new EngineScenario().engine.state)).to.deep.equal([]);
  });
});
