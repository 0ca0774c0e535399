import { expect } from "chai";
import { OperatingError } from "../../../../src/api/errors/operating-error.ts";
import type { ReconcileResult } from "../../../../src/runtime/controller/reconciler.ts";
import {
  ControllerWorld,
  makeParent,
  parent,
} from "../../../support/controller/controller-world.ts";

describe("Controller whose reconciler does not get done", () => {
  let world: ControllerWorld;
  beforeEach(() => {
    world = new ControllerWorld();
  });
  afterEach(() => world.stop());

  it("looks again 100 ms after a stale look, without counting an error", async () => {
    let first = true;
    world.behave = () => {
      const answer: ReconcileResult = first ? { kind: "stale", what: "moved" } : { kind: "done" };
      first = false;
      return Promise.resolve(answer);
    };
    world.kube.put(parent, makeParent("a"));
    await world.start();
    await world.clock.advance(100);
    expect(world.seen).to.have.length(2);
    expect(world.counted("controller_runtime_reconcile_errors_total")).to.equal(0);
    expect(world.result("requeue")).to.equal(1);
  });

  it("treats a lost race as stale, not as a failure", async () => {
    let first = true;
    world.behave = () => {
      if (!first) return Promise.resolve({ kind: "done" });
      first = false;
      throw new OperatingError("KUBE_CONFLICT", "modified meanwhile");
    };
    world.kube.put(parent, makeParent("a"));
    await world.start();
    await world.clock.advance(100);
    expect(world.seen).to.have.length(2);
    expect(world.counted("controller_runtime_reconcile_errors_total")).to.equal(0);
  });

  it("backs off from a failing key without holding up the others", async () => {
    world.behave = (key) => {
      if (key === "ns/bad") throw new OperatingError("KUBE_UNAVAILABLE", "away");
      return Promise.resolve({ kind: "done" });
    };
    world.kube.put(parent, makeParent("bad"));
    world.kube.put(parent, makeParent("good"));
    await world.start();
    await world.clock.advance(1_000);
    const failures = world.seen.filter((key) => key === "ns/bad").length;
    expect(failures).to.be.within(7, 9);
    expect(world.seen.filter((key) => key === "ns/good")).to.have.length(1);
    expect(world.counted("controller_runtime_reconcile_errors_total")).to.equal(failures);
    expect(world.logger.lines.some(({ level }) => level === "error")).to.equal(true);
  });

  it("rests five minutes after a terminal failure, unless the object changes", async () => {
    world.behave = () =>
      Promise.resolve({ kind: "failed", error: new OperatingError("KUBE_INVALID", "bad field") });
    world.kube.put(parent, makeParent("a"));
    await world.start();
    await world.clock.advance(299_000);
    expect(world.seen).to.have.length(1);
    world.kube.put(parent, makeParent("a", 2));
    await world.clock.settle();
    expect(world.seen).to.have.length(2);
    await world.clock.advance(300_000);
    expect(world.seen).to.have.length(3);
    expect(world.counted("controller_runtime_terminal_reconcile_errors_total")).to.equal(3);
  });

  it("counts a throw that is no operating error as a panic and goes on", async () => {
    let first = true;
    world.behave = () => {
      if (!first) return Promise.resolve({ kind: "done" });
      first = false;
      throw new TypeError("undefined is not a function");
    };
    world.kube.put(parent, makeParent("a"));
    await world.start();
    await world.clock.advance(10);
    expect(world.seen).to.have.length(2);
    expect(world.counted("controller_runtime_reconcile_panics_total")).to.equal(1);
    expect(world.logger.lines.at(-1)?.error).to.be.instanceOf(TypeError);
  });

  it("ends a reconcile after 60 s and tries again", async () => {
    let first = true;
    world.behave = (_key, { signal }) => {
      if (!first) return Promise.resolve({ kind: "done" });
      first = false;
      return new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason as Error));
      });
    };
    world.kube.put(parent, makeParent("a"));
    await world.start();
    await world.clock.advance(60_100);
    expect(world.seen).to.have.length(2);
    expect(world.counted("controller_runtime_reconcile_timeouts_total")).to.equal(1);
  });
});
