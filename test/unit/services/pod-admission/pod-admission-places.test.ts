import { expect } from "chai";
import { MARATHON_APP } from "../../../../src/api/crd/v1alpha1/marathon-app/marathon-app.ts";
import { KINDS } from "../../../../src/runtime/kube/core-kinds.ts";
import { AdmissionWorld } from "../../../support/admission/admission-world.ts";
import type { PodParts } from "../../../support/admission/make-gated-pod.ts";
import { SOON_MS, useLeaders } from "../../../support/admission/use-leaders.ts";

describe("PodAdmission", () => {
  const lead = useLeaders();

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
});
