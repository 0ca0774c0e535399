import { expect } from "chai";
import { asId, type AgentId, type FrameworkId } from "../../../../src/api/ids/ids.ts";
import { resourcesOf } from "../../../../src/domain/resources/parse-resources.ts";
import { Scene } from "../../../support/allocator/scene.ts";

const CAN_GPU = { capabilities: ["MULTI_ROLE", "GPU_RESOURCES"] };

describe("Allocator: defects that Mesos had", () => {
  it("MESOS-621: removing an agent frees shares, filters and quota at once", () => {
    const scene = new Scene();
    scene.quota("r", "", "cpus:8");
    scene.framework("f1", ["r"]);
    scene.agent("a1", "cpus:4;mem:1024");
    scene.agent("a2", "cpus:4;mem:1024");
    scene.decline("f1", "r", "a2", 1000);
    scene.tell({ kind: "agentRemoved", agentId: asId<AgentId>("a1") });
    scene.tell({ kind: "agentRemoved", agentId: asId<AgentId>("a2") });
    expect(scene.allocator.view.roleShares().get("r")).to.equal(0);
    expect(scene.allocator.view.consumed("r")).to.deep.equal({});
    expect(scene.allocator.view.filtersActive("r")).to.equal(0);
    expect(scene.agent("a2", "cpus:4;mem:1024")).to.deep.equal(["f1 as r on a2: cpus:4;mem:1024"]);
  });

  it("MESOS-1187: three decimals are exact", () => {
    const scene = new Scene();
    scene.framework("f1", ["r"]);
    scene.agent("a1", "cpus:0.3;mem:64");
    for (const part of ["cpus:0.1", "cpus:0.1", "cpus:0.1", "mem:64"]) {
      scene.decline("f1", "r", "a1", undefined, part);
    }
    expect(scene.tick()).to.deep.equal(["f1 as r on a1: cpus:0.3;mem:64"]);
  });

  it("MESOS-3052, 9852: filters of one moment end in one step, however many they are", () => {
    const scene = new Scene();
    scene.tell({ kind: "paused" });
    for (let i = 0; i < 50; i += 1) scene.framework(`f${i}`, ["r"]);
    for (let i = 0; i < 20; i += 1) scene.agent(`a${i}`, "cpus:1;mem:64");
    scene.tell({ kind: "resumed" });
    for (;;) {
      const offers = scene.tick();
      if (offers.length === 0) break;
      for (const offer of offers) {
        const [framework = "", , , , agent = ""] = offer.split(" ");
        scene.decline(framework, "r", agent.replace(":", ""), 100);
      }
    }
    expect(scene.allocator.view.filtersActive("r")).to.equal(1000);
    expect(scene.tick(100).length, "every agent goes out again at once").to.equal(20);
    expect(scene.allocator.view.filtersActive("r")).to.equal(0);
  });

  it("MESOS-4302: a filter survives at least one run of its agent", () => {
    const scene = new Scene();
    scene.framework("f1", ["r"]);
    scene.agent("a1", "cpus:1;mem:64");
    scene.decline("f1", "r", "a1", 5);
    expect(scene.tick(60), "first run after the time was up").to.deep.equal([]);
    expect(scene.tick(1)).to.deep.equal(["f1 as r on a1: cpus:1;mem:64"]);
  });

  it("MESOS-5634, 7576: GPU agents are hidden entirely, unless switched off", () => {
    for (const filterGpuResources of [true, false]) {
      const scene = new Scene({ filterGpuResources });
      scene.framework("f1", ["r"]);
      const offers = scene.agent("a1", "cpus:1;mem:64;gpus:1");
      expect(offers.length, `hiding ${String(filterGpuResources)}`).to.equal(
        filterGpuResources ? 0 : 1,
      );
    }
  });

  it("MESOS-6637: one framework's grants of two roles on one agent stay two", () => {
    const scene = new Scene();
    scene.tell({ kind: "paused" });
    scene.quota("r1", "cpus:1");
    scene.framework("f1", ["r1", "r2"]);
    scene.agent("a1", "cpus:4;mem:1024");
    scene.quota("r1", "cpus:1", "cpus:1;mem:64");
    scene.tell({ kind: "resumed" });
    expect(scene.tick()).to.deep.equal([
      "f1 as r1 on a1: cpus:1;mem:64",
      "f1 as r2 on a1: cpus:3;mem:960",
    ]);
  });

  it("MESOS-8293: others' reservations flow while a guarantee is unsatisfied", () => {
    const scene = new Scene();
    scene.quota("q", "cpus:100;mem:10000");
    scene.framework("f1", ["r"]);
    expect(scene.agent("a1", "cpus(r):2;mem(r):64;cpus:4;mem:1024")).to.deep.equal([
      "f1 as r on a1: cpus(r):2;mem(r):64",
    ]);
  });

  it("MESOS-8299: idle reservations give a head start unless the flag is set", () => {
    for (const shareCountsIdleReservations of [false, true]) {
      const scene = new Scene({ shareCountsIdleReservations });
      scene.framework("f1", ["a"]);
      scene.framework("f2", ["b"]);
      scene.agent("a1", "cpus(a):4;mem(a):64");
      scene.decline("f1", "a", "a1", 1000);
      scene.agent("a2", "cpus:0.5", { used: [["f2", "b", "cpus:0.5"]] });
      const { view } = scene.allocator;
      const shares = { a: view.roleShares().get("a"), allocated: view.offeredOrAllocated("a") };
      const offered = shareCountsIdleReservations ? "b" : "a";
      expect(scene.agent("a3", "cpus:1;mem:64"), offered).to.deep.equal(
        shareCountsIdleReservations
          ? ["f2 as b on a3: cpus:1;mem:64"]
          : ["f1 as a on a3: cpus:1;mem:64"],
      );
      expect(shares.a === 0, "the share of a before").to.equal(!shareCountsIdleReservations);
      expect(shares.allocated).to.deep.equal({});
    }
  });

  it("MESOS-8604, 9688: reservations of ancestors and sub-roles are counted once", () => {
    const scene = new Scene();
    scene.quota("a", "", "cpus:10");
    scene.framework("f1", ["a/b"]);
    scene.agent("a1", "cpus(a):2;cpus(a/b):3;mem:64");
    expect(scene.allocator.view.consumed("a")).to.deep.equal({ cpus: 5000, mem: 64_000 });
    scene.decline("f1", "a/b", "a1");
    expect(scene.allocator.view.consumed("a")).to.deep.equal({ cpus: 5000 });
  });

  it("MESOS-8935, 9324: chopping hands out ports without a scalar; a minimum per role prevents it", () => {
    for (const minimum of [undefined, { q: [{ cpus: 100 }] }]) {
      const scene = new Scene({ minAllocatable: [] });
      scene.quota("q", "", "cpus:0;mem:0");
      scene.framework("f1", ["q"], minimum === undefined ? {} : { minAllocatable: minimum });
      const offers = scene.agent("a1", "cpus:1;mem:64;ports:[1-9]");
      expect(offers).to.deep.equal(minimum === undefined ? ["f1 as q on a1: ports:[1-9]"] : []);
    }
  });

  it("MESOS-9554: one framework's incapability never ends the loop for others", () => {
    const scene = new Scene();
    scene.framework("f1", ["r"]);
    scene.framework("f2", ["r"], CAN_GPU);
    expect(scene.agent("a1", "cpus:1;mem:64;gpus:1")).to.deep.equal([
      "f2 as r on a1: cpus:1;mem:64;gpus:1",
    ]);
  });

  it("MESOS-9555: non-scalar reservations are tracked and released", () => {
    const scene = new Scene();
    scene.framework("f1", ["r"]);
    scene.agent("a1", "cpus:1;mem:64;ports(r):[1-9]");
    scene.decline("f1", "r", "a1", undefined, "ports(r):[3-5]");
    expect(scene.allocator.view.free(asId<AgentId>("a1"))).to.deep.equal(
      resourcesOf("ports(r):[3-5]"),
    );
  });

  it("MESOS-9692: several disk objects can meet one quota", () => {
    const scene = new Scene();
    scene.quota("q", "disk:100", "disk:100;cpus:1;mem:64");
    scene.framework("f1", ["q"]);
    expect(scene.agent("a1", "cpus:1;mem:64;disk:40;disk[MOUNT:/a]:60")).to.deep.equal([
      "f1 as q on a1: cpus:1;mem:64;disk:40;disk[MOUNT:/a]:60",
    ]);
  });

  it("MESOS-9856, 9870: REVIVE and SUPPRESS touch only the named roles", () => {
    const scene = new Scene();
    scene.framework("f1", ["r1", "r2"]);
    scene.suppress("f1", ["r1"]);
    expect(scene.agent("a1", "cpus:1;mem:64")).to.deep.equal(["f1 as r2 on a1: cpus:1;mem:64"]);
    scene.decline("f1", "r2", "a1", 1000);
    expect(scene.revive("f1", ["r1"])).to.deep.equal(["f1 as r1 on a1: cpus:1;mem:64"]);
    expect(scene.allocator.view.filtersActive("r2"), "the filter of r2 stays").to.equal(1);
  });

  it("MESOS-10008: huge quota values are refused, not overflowed", () => {
    const scene = new Scene();
    scene.quota("q", "cpus:1000000000001");
    expect(scene.decision?.outcome).to.deep.equal({ kind: "refused", reason: "quotaTooLarge" });
    scene.quota("a/b", "cpus:1");
    expect(scene.decision?.outcome).to.deep.equal({ kind: "refused", reason: "nestedRole" });
  });

  it("MESOS-10015, 10128: a conversion stays cheap with hundreds of reservations on one agent", () => {
    /** CPU time of fifty conversions beside so many reservations, in µs. */
    function costOf(reservations: number): number {
      const scene = new Scene();
      scene.framework("f1", ["r"]);
      const volumes = Array.from({ length: reservations }, (_, i) => `disk(r)[v${i}]:1`).join(";");
      scene.agent("a1", `cpus:1;mem:64;disk(r):1000;${volumes}`);
      const cpuBefore = process.cpuUsage();
      for (let i = 0; i < 50; i += 1) {
        scene.tell({
          kind: "allocationConverted",
          frameworkId: asId<FrameworkId>("f1"),
          role: "r",
          agentId: asId<AgentId>("a1"),
          from: resourcesOf("disk(r):1"),
          to: resourcesOf(`disk(r)[w${i}]:1`),
        });
        expect(scene.decision?.outcome.kind).to.equal("applied");
      }
      const { user, system } = process.cpuUsage(cpuBefore);
      return user + system;
    }
    const few: number[] = [];
    const many: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      few.push(costOf(100));
      many.push(costOf(1600));
    }
    // 16 times as many: 16 times the cost when each is looked at once, 256 when each is compared with each.
    expect(Math.min(...many) / Math.min(...few)).to.be.below(64);
  });

  it("MESOS-10109: use by an unknown framework is charged to its role and harmless", () => {
    const scene = new Scene();
    scene.quota("r", "", "cpus:4");
    scene.agent("a1", "cpus:4;mem:64", { used: [["f1", "r", "cpus:3"]] });
    scene.tell({
      kind: "maintenanceSet",
      agentId: asId<AgentId>("a1"),
      window: { startMs: 0 },
    });
    expect(scene.decision?.inverseOffers).to.deep.equal([]);
    expect(scene.allocator.view.consumed("r")).to.deep.equal({ cpus: 3000 });
    expect(scene.framework("f1", ["r"])).to.deep.equal(["f1 as r on a1: cpus:1;mem:64"]);
  });
});
