import { expect } from "chai";
import {
  child,
  ControllerWorld,
  makeParent,
  parent,
} from "../../../support/controller/controller-world.ts";

describe("Controller", () => {
  let world: ControllerWorld;
  beforeEach(() => {
    world = new ControllerWorld();
  });
  afterEach(() => world.stop());

  it("looks at every object once at the start, and at each change of the spec after that", async () => {
    world.kube.put(parent, makeParent("a"));
    world.kube.put(parent, makeParent("b"));
    await world.start();
    expect(world.seen).to.deep.equal(["ns/a", "ns/b"]);
    world.kube.put(parent, makeParent("a", 2));
    await world.clock.settle();
    expect(world.seen).to.deep.equal(["ns/a", "ns/b", "ns/a"]);
  });

  it("leaves out changes that the predicate does not let through", async () => {
    const made = world.kube.put(parent, makeParent("a"));
    await world.start();
    world.kube.put(parent, { ...made, metadata: { ...made.metadata, labels: { any: "1" } } });
    await world.clock.settle();
    expect(world.seen).to.deep.equal(["ns/a"]);
  });

  it("looks at the parent when a child changes, and at both parents when it changes hands", async () => {
    await world.start();
    const metadata = { name: "c", namespace: "ns" };
    world.kube.put(child, { metadata: { ...metadata, labels: { parent: "a" } } });
    await world.clock.settle();
    world.kube.put(child, { metadata: { ...metadata, labels: { parent: "b" } } });
    await world.clock.settle();
    expect(world.seen).to.deep.equal(["ns/a", "ns/b", "ns/a"]);
  });

  it("works on several keys at once, but never twice on one", async () => {
    let inWork = 0;
    let most = 0;
    world.behave = async () => {
      most = Math.max(most, (inWork += 1));
      await new Promise<void>((resolve) => void world.clock.after(50, resolve));
      inWork -= 1;
      return { kind: "done" };
    };
    for (const name of ["a", "b", "c", "d"]) world.kube.put(parent, makeParent(name));
    await world.start({ maxConcurrent: 3 });
    world.kube.put(parent, makeParent("a", 2));
    await world.clock.advance(200);
    expect(most).to.equal(3);
    expect(world.seen.filter((key) => key === "ns/a")).to.have.length(2);
  });

  it("comes back when the reconciler says so", async () => {
    world.behave = () => Promise.resolve({ kind: "requeueAfter", afterMs: 5_000 });
    world.kube.put(parent, makeParent("a"));
    await world.start();
    await world.clock.advance(4_999);
    expect(world.seen).to.have.length(1);
    await world.clock.advance(1);
    expect(world.seen).to.have.length(2);
    expect(world.result("requeue_after")).to.equal(2);
  });

  it("finishes the key in work when it stops, and takes no other", async () => {
    let finished = false;
    world.behave = async () => {
      await new Promise<void>((resolve) => void world.clock.after(50, resolve));
      finished = true;
      return { kind: "done" };
    };
    world.kube.put(parent, makeParent("a"));
    world.kube.put(parent, makeParent("b"));
    await world.start({ maxConcurrent: 1 });
    await world.stop(60);
    expect(finished).to.equal(true);
    expect(world.seen).to.deep.equal(["ns/a"]);
  });

  it("keeps the number of its series however many objects come and go", async () => {
    await world.start();
    let before = 0;
    for (let index = 0; index < 1_000; index += 1) {
      world.kube.put(parent, makeParent(`p${index}`));
      world.kube.remove(parent, `ns/p${index}`);
      await world.clock.settle();
      if (index === 0) before = world.meter.seriesCount;
    }
    expect(world.meter.seriesCount).to.equal(before);
  });
});
