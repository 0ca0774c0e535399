import { expect } from "chai";
import { OperatingError } from "../../../../src/api/errors/operating-error.ts";
import { MARATHON_APP } from "../../../../src/api/crd/v1alpha1/marathon-app/marathon-app.ts";
import { KINDS } from "../../../../src/runtime/kube/core-kinds.ts";
import type { AllocatorLedger } from "../../../support/admission/allocator-ledger.ts";
import type { Leader } from "../../../support/admission/admission-world.ts";
import { AdmissionWorld } from "../../../support/admission/admission-world.ts";
import type { PodParts } from "../../../support/admission/make-gated-pod.ts";

/** Longer than all coalescing windows and answers. */
const SOON_MS = 500;

function setRole(name: string, weight: number, limits?: Record<string, number>) {
  return (ledger: AllocatorLedger): void => {
    ledger.apply({ kind: "weightSet", role: name, weight });
    if (limits !== undefined)
      ledger.apply({ kind: "quotaSet", role: name, guarantees: {}, limits });
  };
}
const charged = ({ ledger }: Leader): number =>
  ledger.allocator.view.offeredOrAllocated()["cpus"] ?? 0;

describe("PodAdmission", () => {
  let leaders: Leader[];
  beforeEach(() => {
    leaders = [];
  });
  afterEach(() => {
    for (const leader of leaders) leader.kill();
  });
  async function lead(
    world: AdmissionWorld,
    prepare?: (ledger: AllocatorLedger) => void,
  ): Promise<Leader> {
    const leader = await world.lead(prepare);
    leaders.push(leader);
    await world.clock.advance(SOON_MS);
    return leader;
  }
  const patches = (world: AdmissionWorld): number =>
    world.kube.calls.filter(({ verb }) => verb === "patch").length;

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

  describe("where pods may run", () => {
    it("honours selectors and taints, and looks again when a node changes", async () => {
      const world = new AdmissionWorld();
      world.node("n1", "cpus:4;mem:1000", {
        spec: { taints: [{ key: "dedicated", effect: "NoSchedule" }] },
      });
      world.pod({ name: "plain" });
      world.pod({ name: "picky", spec: { nodeSelector: { disk: "ssd" } } });
      await lead(world);
      expect(world.open()).to.deep.equal([]);
      world.node("n1", "cpus:4;mem:1000");
      await world.clock.advance(SOON_MS);
      expect(world.open()).to.deep.equal(["plain"]);
      world.node("n1", "cpus:4;mem:1000", { labels: { disk: "ssd" } });
      await world.clock.advance(SOON_MS);
      expect(world.open()).to.deep.equal(["picky", "plain"]);
    });

    it("MAR-19 pins pods with constraints to the agent, and leaves others to the scheduler", async () => {
      const world = new AdmissionWorld();
      for (const name of ["n1", "n2"]) world.node(name, "cpus:4;mem:1000");
      const unique: PodParts = {
        labels: { "marathon.orchestrator.io/app": "shop" },
        annotations: { "orchestrator.io/constraints": '[["hostname","UNIQUE"]]' },
      };
      for (const name of ["a", "b", "c"]) world.pod({ name, ...unique });
      world.pod({ name: "free" });
      await lead(world);
      const pods = world.pods().filter(({ metadata }) => world.open().includes(metadata.name));
      const pinned = pods.map(({ spec }) => spec.nodeSelector?.["kubernetes.io/hostname"]);
      expect(pinned.toSorted()).to.deep.equal(["n1", "n2", undefined]);
    });

    it("MAR-18 spreads an app with GROUP_BY evenly, and waits when the smallest group is full (as Marathon)", async () => {
      const world = new AdmissionWorld();
      for (const [name, zone] of [
        ["n1", "a"],
        ["n2", "b"],
        ["n3", "c"],
      ] as const) {
        world.node(name, name === "n3" ? "cpus:1;mem:1000" : "cpus:9;mem:1000", {
          attributes: { zone },
        });
      }
      const spread: PodParts = {
        labels: { "marathon.orchestrator.io/app": "shop" },
        annotations: { "orchestrator.io/constraints": '[["zone","GROUP_BY"]]' },
      };
      for (let index = 0; index < 7; index += 1) world.pod({ name: `a-${index}`, ...spread });
      await lead(world);
      await world.clock.advance(30_000);
      const nodes = world.pods().map(({ spec }) => spec.nodeSelector?.["kubernetes.io/hostname"]);
      const count = (node: string): number => nodes.filter((one) => one === node).length;
      expect([count("n1"), count("n2"), count("n3")]).to.deep.equal([2, 2, 1]);
    });

    it("gives each pod ports of its own from the agent", async () => {
      const world = new AdmissionWorld();
      world.node("n1", "cpus:4;mem:1000;ports:[31000-31003]");
      const annotations = { "orchestrator.io/dynamic-ports": "2" };
      for (const name of ["a", "b", "c"]) world.pod({ name, annotations });
      await lead(world);
      const ports = world
        .pods()
        .map(({ metadata }) => metadata.annotations?.["marathon.orchestrator.io/ports"]);
      expect(ports.toSorted()).to.deep.equal(["31000,31001", "31002,31003", undefined]);
    });

    it("passes by namespaces that are not selected, until they are", async () => {
      const config = { namespaceSelector: { matchLabels: { pool: "yes" } } };
      const world = new AdmissionWorld({ config });
      world.node("n1", "cpus:4;mem:1000");
      world.kube.put(KINDS.Namespace, { metadata: { name: "default" } });
      world.pod({ name: "a" });
      await lead(world);
      expect(world.open()).to.deep.equal([]);
      world.kube.put(KINDS.Namespace, { metadata: { name: "default", labels: { pool: "yes" } } });
      await world.clock.advance(SOON_MS);
      expect(world.open()).to.deep.equal(["a"]);
    });

    it("waits for the launch delay of the app", async () => {
      const world = new AdmissionWorld();
      world.node("n1", "cpus:4;mem:1000");
      const delayUntil = new Date(world.clock.nowMs() + 10_000).toISOString();
      world.kube.put(MARATHON_APP, {
        metadata: { name: "shop", namespace: "default" },
        spec: {},
        status: { queue: { delayUntil } },
      } as never);
      world.pod({ name: "a", labels: { "marathon.orchestrator.io/app": "shop" } });
      await lead(world);
      expect(world.open()).to.deep.equal([]);
      await world.clock.advance(10_000);
      expect(world.open()).to.deep.equal(["a"]);
    });

    it("admits nothing while admission is switched off", async () => {
      const world = new AdmissionWorld({ config: { isEnabled: false } });
      world.node("n1", "cpus:4;mem:1000");
      world.pod({ name: "a" });
      await lead(world);
      expect(world.open()).to.deep.equal([]);
      world.configure({ isEnabled: true });
      await world.clock.advance(SOON_MS);
      expect(world.open()).to.deep.equal(["a"]);
    });
  });

  describe("when a patch fails", () => {
    async function failing(
      fail: (world: AdmissionWorld, nth: number) => void | Promise<void>,
    ): Promise<{ world: AdmissionWorld; leader: Leader }> {
      const world = new AdmissionWorld();
      world.node("n1", "cpus:1;mem:100");
      world.pod({ name: "a" });
      let nth = 0;
      world.kube.intercept = ({ verb }) => (verb === "patch" ? fail(world, ++nth) : undefined);
      return { world, leader: await lead(world) };
    }

    it("409: the pod is decided again as it is now", async () => {
      const { world, leader } = await failing((at, nth) => {
        if (nth === 1) at.pod({ name: "a", annotations: { touched: "yes" } });
      });
      expect(world.open()).to.deep.equal(["a"]);
      expect(patches(world)).to.equal(2);
      expect(charged(leader)).to.equal(1000);
      expect(world.notes).to.deep.equal([]);
    });

    it("404: the charge is undone", async () => {
      const { leader } = await failing((at) => at.kube.remove(KINDS.Pod, "default/a"));
      expect(charged(leader)).to.equal(0);
    });

    for (const code of ["KUBE_FORBIDDEN", "KUBE_INVALID"] as const) {
      it(`${code}: the charge is undone, an event says why, the next try comes after 1 s`, async () => {
        const { world, leader } = await failing((_, nth) => {
          if (nth === 1) throw new OperatingError(code, "denied by policy");
        });
        expect(charged(leader)).to.equal(0);
        expect(world.notes).to.deep.equal([
          {
            pod: "a",
            type: "Warning",
            reason: "AdmissionRefused",
            action: "Admit",
            note: "denied by policy",
          },
        ]);
        await world.clock.advance(1000);
        expect(world.open()).to.deep.equal(["a"]);
        expect(world.meter.value("orchestrator_admission_refused_total")).to.equal(1);
      });
    }

    it("an answer that is lost: the pod is read, and stays charged when its gate is open", async () => {
      const world = new AdmissionWorld();
      world.node("n1", "cpus:1;mem:100");
      world.pod({ name: "a" });
      const patch = world.kube.patch.bind(world.kube);
      world.kube.patch = async (...given: Parameters<typeof patch>) => {
        await patch(...given);
        throw new OperatingError("KUBE_TIMEOUT", "no answer");
      };
      const leader = await lead(world);
      expect(world.open()).to.deep.equal(["a"]);
      expect(patches(world)).to.equal(1);
      expect(charged(leader)).to.equal(1000);
    });

    it("an answer that is lost before the server saw it: the pod is decided again", async () => {
      const { world, leader } = await failing((_, nth) => {
        if (nth === 1) throw new OperatingError("KUBE_UNAVAILABLE", "connection reset");
      });
      expect(world.open()).to.deep.equal(["a"]);
      expect(charged(leader)).to.equal(1000);
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
