import { expect } from "chai";
import type { RolloutObject } from "../../../src/reconcilers/marathon-app/ports.ts";
import { KINDS } from "../../../src/runtime/kube/core-kinds.ts";
import { SimulatedAppWorld } from "../../support/marathon/simulated-app-world.ts";

describe("an edit of a Rollout that comes while its app is looked at", () => {
  /** The look reads the Rollout, then asks for the budget that somebody deleted; the edit is in the cache before it goes on. */
  async function afterEditDuringLook(
    edit: (world: SimulatedAppWorld) => void,
    change: (world: SimulatedAppWorld) => void = () => undefined,
  ): Promise<SimulatedAppWorld> {
    const world = new SimulatedAppWorld();
    world.write();
    await world.start();
    await world.settle();
    world.kube.intercept = async ({ verb, kind }) => {
      if (verb !== "get" || kind !== "PodDisruptionBudget") return;
      world.kube.intercept = undefined;
      edit(world);
      await world.clock.settle();
    };
    change(world);
    world.kube.remove(KINDS.PodDisruptionBudget, "ns/web");
    await world.settle();
    await world.stop();
    return world;
  }

  it("is adopted when it scales", async () => {
    const world = await afterEditDuringLook((one) =>
      one.editRollout((spec) => ({ ...spec, replicas: 4 })),
    );
    expect(world.app?.spec.instances).to.equal(4);
  });

  it("is adopted when it sets the image", async () => {
    const world = await afterEditDuringLook((one) => one.setImage("nginx:2"));
    expect(world.app?.spec.container?.docker?.image).to.equal("nginx:2");
  });

  it("is adopted when the same look changes the Rollout itself", async () => {
    const world = await afterEditDuringLook(
      (one) => one.editRollout((spec) => ({ ...spec, replicas: 4 })),
      (one) => one.write({ cmd: "sleep 2000" }),
    );
    expect(world.app?.spec).to.include({ cmd: "sleep 2000", instances: 4 });
    const [rollout] = world.kube.all<RolloutObject>(KINDS.Rollout);
    expect(rollout?.spec?.replicas).to.equal(4);
    expect(JSON.stringify(rollout?.spec?.template)).to.contain("sleep 2000");
  });
});

describe("an undo of a Rollout whose Pods were those of two versions", () => {
  it("goes back to the later of the two", async () => {
    const rollout = { restartOn: "PodTemplate" };
    const world = new SimulatedAppWorld();
    await world.start();
    world.write({ rollout });
    await world.settle();
    const [before] = world.kube.all<RolloutObject>(KINDS.Rollout);
    world.write({ rollout, backoffSeconds: 7 });
    await world.settle();
    world.write({ rollout, backoffSeconds: 7, cmd: "sleep 2000" });
    await world.settle();
    world.editRollout((spec) => ({ ...spec, template: before!.spec!.template }));
    await world.settle();
    await world.stop();
    expect(world.app?.spec).to.include({ cmd: "sleep 1000", backoffSeconds: 7 });
  });
});
