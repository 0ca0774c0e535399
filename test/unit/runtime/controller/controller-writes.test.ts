import { expect } from "chai";
import { OperatingError } from "../../../../src/api/errors/operating-error.ts";
import type { Term } from "../../../../src/runtime/leader/term.ts";
import {
  child,
  ControllerWorld,
  makeParent,
  parent,
} from "../../../support/controller/controller-world.ts";

describe("Controller with what its reconciler writes", () => {
  let world: ControllerWorld;
  beforeEach(() => {
    world = new ControllerWorld();
  });
  afterEach(() => world.stop());

  it("puts a key off until the cache has seen what it wrote: no second child", async () => {
    world.behave = async (_key, { kube: writer, signal }) => {
      if ([...world.children.list()].length === 0) {
        const metadata = { name: `c${world.kube.all(child).length}`, namespace: "ns" };
        await writer.create(child, { metadata }, { signal });
      }
      return { kind: "done" };
    };
    await world.start();
    world.kube.intercept = (call) => {
      if (call.verb === "watch" && call.kind === "ConfigMap") {
        throw new OperatingError("KUBE_UNAVAILABLE", "the watch lags");
      }
    };
    world.kube.breakWatches("KUBE_UNAVAILABLE");
    world.enqueue("ns/a");
    await world.clock.advance(50);
    for (let look = 0; look < 20; look += 1) {
      world.enqueue("ns/a");
      await world.clock.advance(100);
    }
    expect(world.kube.all(child)).to.have.length(1);
    expect(world.seen).to.have.length(1);
    expect(world.counted("stale_sync_skips_total")).to.be.greaterThan(5);
    world.kube.intercept = undefined;
    await world.clock.advance(35_000);
    expect(world.seen.length).to.be.greaterThan(1);
    expect(world.kube.all(child)).to.have.length(1);
  });

  it("refuses a write of a term that is over, and starts no further look", async () => {
    const lost = new AbortController();
    let current = true;
    const term: Term = { number: 3, isCurrent: () => current, signal: lost.signal };
    const errors: unknown[] = [];
    world.behave = async (_key, { kube: writer, signal }) => {
      current = false;
      await writer
        .create(child, { metadata: { name: "late", namespace: "ns" } }, { signal })
        .catch((error: unknown) => errors.push(error));
      return { kind: "done" };
    };
    world.kube.put(parent, makeParent("a"));
    await world.start({ term });
    expect(errors[0]).to.have.property("code", "LEADER_TERM_EXPIRED");
    expect(world.kube.all(child)).to.deep.equal([]);
    lost.abort(new OperatingError("LEADER_TERM_EXPIRED", "lost"));
    world.kube.put(parent, makeParent("a", 2));
    await world.clock.settle();
    expect(world.seen).to.have.length(1);
  });
});
