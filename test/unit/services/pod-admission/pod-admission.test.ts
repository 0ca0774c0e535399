import { expect } from "chai";
import { KINDS } from "../../../../src/runtime/kube/core-kinds.ts";
import { AdmissionWorld } from "../../../support/admission/admission-world.ts";
import type { AllocatorLedger } from "../../../support/admission/allocator-ledger.ts";
import { charged, patches, SOON_MS, useLeaders } from "../../../support/admission/use-leaders.ts";

describe("PodAdmission", () => {
  const lead = useLeaders();

  describe("order and room", () => {
    it("MES-15 admits 10 and 30 of 100 equal pods, 50 per role, weights 1 and 3, room for 40", async () => {
      const world = new AdmissionWorld();
      world.node("n1", "cpus:25;mem:10000");
      world.node("n2", "cpus:15;mem:10000");
      for (let index = 0; index < 50; index += 1) {
        world.pod({ name: `a-${index}`, role: "a" });
        world.pod({ name: `b-${index}`, role: "b" });
      }
      await lead(world, setRole("b", 3));
      const open = world.open();
      expect(open.filter((name) => name.startsWith("a-"))).to.have.length(10);
      expect(open.filter((name) => name.startsWith("b-"))).to.have.length(30);
    });

    it("MES-14 keeps a role within its limit however much is free", async () => {
      const world = new AdmissionWorld();
      world.node("n1", "cpus:40;mem:10000");
      for (let index = 0; index < 10; index += 1) world.pod({ name: `a-${index}`, role: "a" });
      await lead(world, setRole("a", 1, { cpus: 4000 }));
      expect(world.open()).to.have.length(4);
    });

    it("takes the highest priority first, then the oldest", async () => {
      const world = new AdmissionWorld();
      world.node("n1", "cpus:2;mem:1000");
      world.pod({ name: "old", createdAt: "2025-01-01T00:00:00Z" });
      world.pod({ name: "older", createdAt: "2024-01-01T00:00:00Z" });
      world.pod({ name: "urgent", spec: { priority: 10 } });
      await lead(world);
      // The fake stamps all with one time: what is left of the order is priority.
      expect(world.open()).to.include("urgent").and.to.have.length(2);
    });

    it("books the room of an admitted pod until the pod is over", async () => {
      const world = new AdmissionWorld();
      world.node("n1", "cpus:1;mem:100");
      world.pod({ name: "a" });
      const leader = await lead(world);
      world.bind("a", "n1");
      world.pod({ name: "b" });
      await world.clock.advance(SOON_MS);
      expect(world.open()).to.deep.equal(["a"]);
      world.kube.remove(KINDS.Pod, "default/a");
      await world.clock.advance(SOON_MS);
      expect(world.open()).to.deep.equal(["b"]);
      expect(charged(leader)).to.equal(1000);
    });

    it("writes once per admitted pod and never for a waiting one", async () => {
      const world = new AdmissionWorld();
      world.node("n1", "cpus:3;mem:1000");
      for (let index = 0; index < 5; index += 1) world.pod({ name: `a-${index}` });
      await lead(world);
      await world.clock.advance(60_000);
      expect(world.open()).to.have.length(3);
      expect(patches(world)).to.equal(3);
    });

    it("has at most 32 patches under way, and charges only for those", async () => {
      const world = new AdmissionWorld();
      world.node("n1", "cpus:100;mem:10000");
      for (let index = 0; index < 60; index += 1) world.pod({ name: `a-${index}` });
      let release = (): void => undefined;
      const held = new Promise<void>((resolve) => {
        release = resolve;
      });
      world.kube.intercept = ({ verb }) => (verb === "patch" ? held : undefined);
      const leader = await lead(world);
      expect(patches(world)).to.equal(32);
      expect(charged(leader)).to.equal(32_000);
      release();
      await world.clock.advance(SOON_MS);
      expect(world.open()).to.have.length(60);
    });
  });

  describe("why a pod waits", () => {
    it("is said on the head of each queue, once while it stays the same", async () => {
      const world = new AdmissionWorld();
      world.node("n1", "cpus:1;mem:1000");
      world.node("n2", "cpus:1;mem:1000", { spec: { unschedulable: true } });
      for (const name of ["a", "b", "c"]) world.pod({ name, role: "web" });
      world.pod({ name: "d", role: "ml", spec: { nodeSelector: { gpu: "yes" } } });
      await lead(world);
      await world.clock.advance(180_000);
      const said = world.notes.filter(({ reason }) => reason === "WaitingForResources");
      const [admitted] = world.open();
      expect(said.map(({ pod, note }) => `${pod}: ${note}`)).to.have.members([
        "d: no room on 2 agents: 1 UnfulfilledConstraint, 1 AgentMaintenance",
        `${admitted === "a" ? "b" : "a"}: no room on 2 agents: 1 AgentMaintenance, 1 InsufficientCpus`,
      ]);
    });
  });

  describe("what it did not decide", () => {
    it("moves the charge to where the scheduler bound the pod", async () => {
      const world = new AdmissionWorld();
      for (const name of ["n1", "n2"]) world.node(name, "cpus:1;mem:32");
      world.pod({ name: "a" });
      const { ledger } = await lead(world);
      const free = (node: string): number =>
        ledger.allocator.view.free(`m-${node}` as never).length;
      const elsewhere = free("n1") === 0 ? "n2" : "n1";
      world.bind("a", elsewhere);
      await world.clock.advance(SOON_MS);
      expect(free(elsewhere)).to.equal(0);
      expect(free(elsewhere === "n1" ? "n2" : "n1")).to.be.greaterThan(0);
    });

    it("admits no more than there is room for, however the scheduler mixes the nodes", async () => {
      const world = new AdmissionWorld();
      for (const name of ["n1", "n2"]) world.node(name, "cpus:10;mem:10000");
      for (let index = 0; index < 30; index += 1) world.pod({ name: `a-${index}` });
      const leader = await lead(world);
      for (const [index, name] of world.open().entries()) {
        world.bind(name, index % 2 === 0 ? "n1" : "n2");
        await world.clock.advance(20);
      }
      await world.clock.advance(SOON_MS);
      expect(world.open()).to.have.length(20);
      expect(charged(leader)).to.equal(20_000);
      expect(leader.ledger.allocator.view.overcommittedAgents()).to.deep.equal([]);
    });

    it("charges a pod that was bound without us, also above what there is, and says so", async () => {
      const world = new AdmissionWorld();
      world.node("n1", "cpus:1;mem:100");
      world.pod({ name: "a" });
      const leader = await lead(world);
      world.pod({ name: "b", gated: false, nodeName: "n1" });
      await world.clock.advance(SOON_MS);
      expect(charged(leader)).to.equal(2000);
      expect(leader.ledger.allocator.view.overcommittedAgents()).to.deep.equal(["m-n1"]);
      expect(world.notes.map(({ reason }) => reason)).to.deep.equal(["AdoptedWithoutAdmission"]);
    });
  });
});

function setRole(name: string, weight: number, limits?: Record<string, number>) {
  return (ledger: AllocatorLedger): void => {
    ledger.apply({ kind: "weightSet", role: name, weight });
    if (limits !== undefined)
      ledger.apply({ kind: "quotaSet", role: name, guarantees: {}, limits });
  };
}
