import { expect } from "chai";
import { asId, type KubeUid } from "../../../../src/api/ids/ids.ts";
import { formatResources } from "../../../../src/domain/resources/format-resources.ts";
import { resourcesOf } from "../../../../src/domain/resources/parse-resources.ts";
import type { RoleConfig } from "../../../../src/services/offer-engine/ports.ts";
import { makeClusterConfig } from "../../../support/mesos/cluster-config.ts";
import { EngineScenario } from "../../../support/mesos/engine-scenario.ts";

const SOFT: RoleConfig = {
  name: "web",
  weight: 1,
  limitsMilli: { cpus: 2000, mem: 64_000 },
  mode: "Soft",
};
const info = (name: string) => ({
  framework_info: {
    user: "u",
    name,
    roles: [name],
    capabilities: [
      { type: "MULTI_ROLE" as const },
      { type: "PARTITION_AWARE" as const },
      { type: "REVOCABLE_RESOURCES" as const },
    ],
  },
});

interface World {
  readonly scenario: EngineScenario;
  readonly id: string;
  readonly link: string;
}

/** One agent of 20 cpus; `web` may have 2 of them, the rest is lent to it, and its tasks use some. */
function makeWorld(...tasks: [id: string, resources: string][]): World {
  const scenario = new EngineScenario({ config: { roles: [SOFT], offerTimeoutMs: 0 } });
  const link = scenario.agent("n1", { resources: "cpus:20;mem:640" });
  const id = scenario.framework("web", info("web"));
  for (const [task, resources] of tasks) {
    scenario.launch("web", id, task, resources);
    scenario.update(link, id, task, "TASK_RUNNING");
    scenario.pass(1_500);
  }
  return { scenario, id, link };
}

function guarantee(scenario: EngineScenario, cpus: number): void {
  const ml: RoleConfig = { name: "ml", weight: 1, guaranteesMilli: { cpus } };
  scenario.put({
    kind: "configChanged",
    config: makeClusterConfig({ roles: [SOFT, ml], offerTimeoutMs: 0 }),
  });
}

function preempted({ scenario, link }: World): string[] {
  return scenario
    .agentEvents(link)
    .flatMap((event) => (event.type === "KILL" && event.preempted ? [event.task_id] : []));
}

describe("room lent beyond a limit (MES-42)", () => {
  it("is offered as revocable", () => {
    const { scenario } = makeWorld();
    expect(formatResources(scenario.lastOffer("web").resources)).to.equal(
      "cpus:2;mem:64;cpus{REV}:18;mem{REV}:576",
    );
  });

  it("is taken back from offers before anybody is ended for a guarantee", () => {
    const world = makeWorld(["a", "cpus{REV}:1;mem{REV}:32"]);
    guarantee(world.scenario, 10_000);
    world.scenario.framework("ml", info("ml"));
    world.scenario.pass(1_000);
    expect(world.scenario.lastOffer("ml").resources.length).to.be.greaterThan(0);
    expect(preempted(world)).to.deep.equal([]);
  });

  it("is taken back from the newest task when offers are not enough", () => {
    const world = makeWorld(["old", "cpus{REV}:2;mem{REV}:32"], ["new", "cpus{REV}:2;mem{REV}:32"]);
    guarantee(world.scenario, 18_000);
    world.scenario.framework("ml", info("ml"));
    world.scenario.pass(2_000);
    expect(preempted(world)).to.deep.equal(["new"]);
  });

  it("ends no more while those that were told to end have not ended", () => {
    const world = makeWorld(["old", "cpus{REV}:2;mem{REV}:32"], ["new", "cpus{REV}:2;mem{REV}:32"]);
    guarantee(world.scenario, 18_000);
    world.scenario.framework("ml", info("ml"));
    world.scenario.pass(9_000);
    expect(preempted(world)).to.deep.equal(["new"]);
  });

  it("is asked for again when the order to end may have been lost", () => {
    const world = makeWorld(["a", "cpus{REV}:2;mem{REV}:32"]);
    guarantee(world.scenario, 20_000);
    world.scenario.framework("ml", info("ml"));
    world.scenario.pass(25_000);
    expect(preempted(world)).to.deep.equal(["a", "a", "a"]);
  });

  it("is taken back only where it can be given to somebody", () => {
    const world = makeWorld(["a", "cpus{REV}:2;mem{REV}:32"]);
    const agentId = world.scenario.agentIdOf(world.link);
    world.scenario.put({ kind: "agentDeactivationSet", agentId, deactivated: true });
    guarantee(world.scenario, 20_000);
    world.scenario.framework("ml", info("ml"));
    world.scenario.pass(5_000);
    expect(preempted(world)).to.deep.equal([]);
  });

  it("is taken back at most for a tenth of the pool in a minute", () => {
    const world = makeWorld(
      ["a", "cpus{REV}:2;mem{REV}:32"],
      ["b", "cpus{REV}:2;mem{REV}:32"],
      ["c", "cpus{REV}:2;mem{REV}:32"],
    );
    guarantee(world.scenario, 20_000);
    world.scenario.framework("ml", info("ml"));
    world.scenario.pass(2_000);
    expect(preempted(world)).to.deep.equal(["c"]);
    world.scenario.update(world.link, world.id, "c", "TASK_GONE");
    world.scenario.pass(30_000);
    expect(preempted(world)).to.deep.equal(["c"]);
    world.scenario.pass(35_000);
    expect(preempted(world)).to.deep.equal(["c", "b"]);
  });

  it("stays with its tasks while nobody with a better right asks", () => {
    const world = makeWorld(["a", "cpus{REV}:18;mem{REV}:32"]);
    guarantee(world.scenario, 20_000);
    world.scenario.pass(10_000);
    expect(preempted(world)).to.deep.equal([]);
  });

  it("is taken back from pods by evicting them", () => {
    const { scenario } = makeWorld();
    const agentId = scenario.agentIdOf("link-1");
    const request = resourcesOf("cpus{REV}:2;mem{REV}:32");
    const pod = { uid: asId<KubeUid>("p"), role: "web", request, priority: 0, createdMs: 0 };
    scenario.put({ kind: "podPlaced", pod, agentId });
    guarantee(scenario, 20_000);
    scenario.framework("ml", info("ml"));
    scenario.pass(2_000);
    expect(scenario.evicted).to.deep.equal(["p"]);
  });
});
