import { expect } from "chai";
import type { KubeObject } from "../../../../src/runtime/kube/kube-object.ts";
import {
  child,
  ControllerWorld,
  makeParent,
  parent,
} from "../../../support/controller/controller-world.ts";

describe("Controller in a hot loop", () => {
  let world: ControllerWorld;
  beforeEach(() => {
    world = new ControllerWorld();
  });
  afterEach(() => world.stop());

  it("slows a hot loop down to once in ten seconds, and lets a new generation through", async () => {
    const kept = makeParent("a");
    let turn = 0;
    world.behave = async (_key, { kube: writer, signal }) => {
      const data = { turn: String((turn += 1)) };
      const metadata = { name: "c", namespace: "ns", labels: { parent: "a" } };
      await writer.apply(child, { metadata, data } as KubeObject, { signal });
      return { kind: "done" };
    };
    world.kube.put(parent, kept);
    await world.start();
    await world.clock.advance(5_000);
    const before = world.seen.length;
    expect(before).to.be.within(10, 13);
    await world.clock.advance(30_000);
    expect(world.seen.length - before).to.be.within(2, 4);
    expect(world.meter.value("orchestrator_hot_loops_total", { controller: "test" })).to.equal(1);
    const slowed = world.seen.length;
    world.kube.put(parent, makeParent("a", 2));
    await world.clock.advance(200);
    expect(world.seen.length).to.be.greaterThan(slowed);
  });

  it("does not slow down a key that writes because others changed its children, as in a roll", async () => {
    world.kube.put(parent, makeParent("a"));
    const labels = { parent: "a" };
    world.behave = async (_key, { kube: writer, signal }) => {
      const pods = [...world.children.list()].filter(
        ({ metadata }) => metadata.name !== "told",
      ).length;
      const told = world.children.get("ns/told") as
        { readonly data?: { pods: string } } | undefined;
      if (told?.data?.pods === String(pods)) return { kind: "done" };
      const metadata = { name: "told", namespace: "ns", labels };
      const data = { pods: String(pods) };
      await writer.apply(child, { metadata, data } as KubeObject, { signal });
      return { kind: "done" };
    };
    await world.start();
    for (let pod = 0; pod < 40; pod += 1) {
      world.kube.put(child, { metadata: { name: `pod-${pod}`, namespace: "ns", labels } });
      await world.clock.advance(1_200);
      expect(
        world.kube.all(child).find(({ metadata }) => metadata.name === "told"),
      ).to.deep.include({
        data: { pods: String(pod + 1) },
      });
    }
    expect(world.counted("orchestrator_hot_loops_total")).to.equal(0);
  });

  it("slows down two writers that undo each other's work", async () => {
    world.kube.put(parent, makeParent("a"));
    const metadata = { name: "c", namespace: "ns", labels: { parent: "a" } };
    const theirs = (): void => {
      world.kube.put(child, { metadata, data: { owner: "them" } } as KubeObject);
    };
    world.behave = async (_key, { kube: writer, signal }) => {
      const { data } = (world.children.get("ns/c") ?? {}) as { readonly data?: { owner: string } };
      if (data?.owner === "us") return { kind: "done" };
      const ours = { metadata, data: { owner: "us" } } as KubeObject;
      await writer.apply(child, ours, { signal, force: true });
      world.clock.after(50, theirs);
      return { kind: "done" };
    };
    await world.start();
    await world.clock.advance(10_000);
    expect(world.counted("orchestrator_hot_loops_total")).to.equal(1);
    const before = world.seen.length;
    await world.clock.advance(30_000);
    expect(world.seen.length - before).to.be.within(2, 8);
  });

  it("does not slow down a key whose children change by themselves", async () => {
    world.kube.put(parent, makeParent("a"));
    await world.start();
    for (let change = 0; change < 100; change += 1) {
      const metadata = { name: "c", namespace: "ns", labels: { parent: "a" } };
      world.kube.put(child, { metadata, data: { change: String(change) } } as KubeObject);
      await world.clock.advance(100);
    }
    expect(world.seen.length).to.be.greaterThan(90);
  });
});
