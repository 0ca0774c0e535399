import { expect } from "chai";
import { asId, type AgentId, type FrameworkId } from "../../../../src/api/ids/ids.ts";
import { Scene } from "../../../support/allocator/scene.ts";

function eventScene(): Scene {
  return new Scene({ trigger: "event", coalesceMs: 5 });
}

describe("Allocator in mode event", () => {
  it("gathers changes for the coalescing window and then runs once", () => {
    const scene = eventScene();
    expect(scene.framework("f1", ["r"])).to.deep.equal([]);
    scene.nowMs = 3;
    expect(scene.agent("a1", "cpus:1;mem:64")).to.deep.equal([]);
    expect(scene.decision?.nextDueMs, "from the first change").to.equal(5);
    expect(scene.run(2)).to.deep.equal(["f1 as r on a1: cpus:1;mem:64"]);
    expect(scene.decision?.nextDueMs).to.equal(undefined);
    expect(scene.run(100)).to.deep.equal([]);
    expect(scene.decision?.runs, "nothing is dirty").to.equal(0);
  });

  it("offers what one declines to the next within one window", () => {
    const scene = eventScene();
    scene.agent("a1", "cpus:1;mem:64");
    scene.framework("f1", ["r"]);
    scene.framework("f2", ["r"]);
    expect(scene.run(5)).to.deep.equal(["f1 as r on a1: cpus:1;mem:64"]);
    scene.decline("f1", "r", "a1", 5);
    expect(scene.run(5)).to.deep.equal(["f2 as r on a1: cpus:1;mem:64"]);
  });

  it("looks at an agent again when a filter on it ends", () => {
    const scene = eventScene();
    scene.agent("a1", "cpus:1;mem:64");
    scene.framework("f1", ["r"]);
    scene.run(5);
    scene.decline("f1", "r", "a1", 5);
    expect(scene.run(5)).to.deep.equal([]);
    const dueMs = scene.decision?.nextDueMs ?? 0;
    expect(dueMs).to.be.within(scene.nowMs, 5005);
    scene.nowMs = 5005;
    expect(scene.run()).to.deep.equal(["f1 as r on a1: cpus:1;mem:64"]);
  });

  it("comes back to every agent that the limit of a role kept from it, as its room returns (MES-14)", () => {
    const scene = eventScene();
    scene.quota("r", "", "cpus:1;mem:64");
    const agents = ["a1", "a2", "a3", "a4"];
    for (const agent of agents) scene.agent(agent, "cpus:1;mem:64");
    scene.framework("f1", ["r"]);
    const offered = agents.map(() => {
      const [grant = "", ...more] = scene.run(5);
      expect(more).to.deep.equal([]);
      const agent = /on (a\d):/.exec(grant)?.[1] ?? "";
      scene.decline("f1", "r", agent, 3600);
      return agent;
    });
    expect(offered.toSorted()).to.deep.equal(agents);
  });

  it("passes over a refusal of no time until the next tick, so that the two do not spin", () => {
    const scene = eventScene();
    scene.agent("a1", "cpus:1;mem:64");
    scene.framework("f1", ["r"]);
    scene.run(5);
    scene.decline("f1", "r", "a1", 0);
    expect(scene.allocator.view.filtersActive("r")).to.equal(0);
    expect(scene.run(5)).to.deep.equal([]);
    expect(scene.tick(1)).to.deep.equal(["f1 as r on a1: cpus:1;mem:64"]);
  });

  it("looks again when a framework is revived, activated or changed", () => {
    const cases: Record<string, (scene: Scene) => void> = {
      revived: (scene) => {
        scene.suppress("f1");
        scene.decline("f1", "r", "a1");
        scene.run(5);
        scene.revive("f1");
      },
      activated: (scene) => {
        const frameworkId = asId<FrameworkId>("f1");
        scene.tell({ kind: "frameworkDeactivated", frameworkId });
        scene.decline("f1", "r", "a1");
        scene.run(5);
        scene.tell({ kind: "frameworkActivated", frameworkId });
      },
    };
    for (const [what, change] of Object.entries(cases)) {
      const scene = eventScene();
      scene.agent("a1", "cpus:1;mem:64");
      scene.framework("f1", ["r"]);
      scene.run(5);
      change(scene);
      expect(scene.run(5), what).to.deep.equal(["f1 as r on a1: cpus:1;mem:64"]);
    }
  });

  it("looks again where limits cut somebody short when the role gives something back", () => {
    const scene = eventScene();
    scene.quota("r", "", "cpus:2");
    scene.framework("f1", ["r"]);
    scene.agent("a1", "cpus:2;mem:64");
    scene.agent("a2", "cpus:2;mem:64");
    const cpus = scene.run(5).filter((offer) => offer.includes("cpus:2"));
    expect(cpus.length).to.equal(1);
    const holder = cpus[0]?.includes("on a1") === true ? "a1" : "a2";
    const other = holder === "a1" ? "a2" : "a1";
    scene.decline("f1", "r", holder, 1000);
    expect(scene.run(5)).to.deep.equal([`f1 as r on ${other}: cpus:2`]);
  });

  it("looks again when the agent comes back or is listed", () => {
    const scene = new Scene({ trigger: "event", whitelist: [] });
    scene.framework("f1", ["r"]);
    scene.agent("a1", "cpus:1;mem:64");
    expect(scene.run(5)).to.deep.equal([]);
    scene.tell({ kind: "agentDeactivated", agentId: asId<AgentId>("a1") });
    scene.tell({ kind: "whitelistSet" });
    expect(scene.run(5)).to.deep.equal([]);
    scene.tell({ kind: "agentActivated", agentId: asId<AgentId>("a1") });
    expect(scene.run(5)).to.deep.equal(["f1 as r on a1: cpus:1;mem:64"]);
  });

  it("keeps what was dirty while it is paused", () => {
    const scene = eventScene();
    scene.tell({ kind: "paused" });
    scene.framework("f1", ["r"]);
    scene.agent("a1", "cpus:1;mem:64");
    expect(scene.run(5)).to.deep.equal([]);
    scene.tell({ kind: "resumed" });
    expect(scene.run(5)).to.deep.equal(["f1 as r on a1: cpus:1;mem:64"]);
  });

  it("counts an event about a stranger and changes nothing", () => {
    const scene = eventScene();
    scene.decline("nobody", "r", "nowhere", 5);
    expect(scene.decision?.outcome).to.deep.equal({ kind: "unknownSubject" });
    expect(scene.decision?.nextDueMs).to.equal(undefined);
  });
});

describe("Allocator, demand aware", () => {
  it("asks a framework last that declined three offers whole, until it shows demand", () => {
    const scene = new Scene({ demandAware: true });
    scene.tell({ kind: "paused" });
    scene.framework("f1", ["a"]);
    scene.agent("a1", "cpus:1;mem:64");
    scene.tell({ kind: "resumed" });
    for (let i = 0; i < 3; i += 1) {
      expect(scene.tick()).to.deep.equal(["f1 as a on a1: cpus:1;mem:64"]);
      scene.decline("f1", "a", "a1", 0);
    }
    scene.tell({ kind: "paused" });
    scene.framework("f2", ["b"]);
    scene.agent("a2", "cpus:1;mem:64");
    scene.agent("a3", "cpus:1;mem:64");
    scene.tell({ kind: "resumed" });
    const idle = scene.tick();
    expect(idle.filter((offer) => offer.startsWith("f2")).length, "all go to f2").to.equal(3);
    for (const agent of ["a1", "a2", "a3"]) scene.decline("f2", "b", agent, 1000);
    expect(scene.tick().length, "what nobody else takes still goes to f1").to.equal(3);
    for (const agent of ["a1", "a2", "a3"]) scene.decline("f1", "a", agent);
    scene.tell({ kind: "demandShown", frameworkId: asId<FrameworkId>("f1") });
    scene.revive("f2");
    expect(scene.allocator.view.roleShares().get("a")).to.be.greaterThan(0);
  });

  it("asks it in its turn for more than it declined: scraps say nothing of what it waits for", () => {
    const scene = new Scene({ demandAware: true });
    scene.tell({ kind: "paused" });
    scene.framework("f1", ["a"]);
    scene.agent("scraps", "cpus:0.1;mem:64");
    scene.tell({ kind: "resumed" });
    for (let i = 0; i < 3; i += 1) {
      expect(scene.tick()).to.deep.equal(["f1 as a on scraps: cpus:0.1;mem:64"]);
      scene.decline("f1", "a", "scraps", 0);
    }
    scene.tell({ kind: "paused" });
    scene.framework("f2", ["b"]);
    scene.tell({ kind: "resumed" });
    expect(scene.tick()).to.deep.equal(["f2 as b on scraps: cpus:0.1;mem:64"]);
    scene.tell({ kind: "paused" });
    scene.agent("whole", "cpus:1;mem:64");
    scene.tell({ kind: "resumed" });
    expect(scene.tick()).to.deep.equal(["f1 as a on whole: cpus:1;mem:64"]);
  });
});
