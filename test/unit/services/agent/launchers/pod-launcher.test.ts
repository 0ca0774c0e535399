import { expect } from "chai";
import { OperatingError } from "../../../../../src/api/errors/operating-error.ts";
import type { KubePod } from "../../../../../src/domain/agent/kube-pod.ts";
import { TASK_STATUS_FINALIZER } from "../../../../../src/domain/agent/pod/pod-shell.ts";
import { makeRecord } from "../../../../support/agent/builders.ts";
import { PodWorld } from "../../../../support/agent/pod-world.ts";

const record = makeRecord();
const RUNNING = {
  phase: "Running",
  containerStatuses: [{ name: "task", state: { running: {} } }],
} as const;
/** The kubelet shows the end of containers before the phase follows. */
const ENDING = {
  phase: "Running",
  containerStatuses: [{ name: "task", state: { terminated: { exitCode: 0 } } }],
} as const;

function waitingFor(reason: string): NonNullable<KubePod["status"]> {
  return {
    phase: "Pending",
    containerStatuses: [{ name: "task", state: { waiting: { reason } } }],
  };
}

describe("PodLauncher", () => {
  let world: PodWorld;
  beforeEach(async () => {
    world = new PodWorld();
    await world.launcher.recover([]);
    await world.launch(record);
  });

  /** The Pod that there is; fails the test when there is none. */
  function pod(): KubePod {
    const found = world.podOf(record);
    if (found === undefined) throw new Error("there is no Pod");
    return found;
  }

  /** The next calls with this verb fail. */
  function fail(verb: string, count: number): void {
    let left = count;
    world.kube.intercept = (call): void => {
      if (call.verb !== verb || left === 0) return;
      left -= 1;
      throw new OperatingError("KUBE_UNAVAILABLE", "away");
    };
  }

  const calls = (verb: string): number =>
    world.kube.calls.filter((call) => call.verb === verb).length;

  for (const [shown, status] of Object.entries({ waits: undefined, runs: RUNNING })) {
    it(`MES-32 ends a Pod at once that ${shown} although its launch was told as ended`, async () => {
      if (status !== undefined) world.show(pod(), status);
      await world.launcher.release(record);
      expect(world.podOf(record)).to.equal(undefined);
    });
  }

  it("keeps an ended Pod for its retention, without our finalizer", async () => {
    world.show(pod(), ENDING);
    await world.launcher.release(record);
    await world.clock.advance(world.retentionMs - 1_000);
    expect(pod().metadata.finalizers).not.to.include(TASK_STATUS_FINALIZER);
    await world.clock.advance(2_000);
    expect(world.podOf(record)).to.equal(undefined);
  });

  it("leaves a Pod the grace that it is going with", async () => {
    world.show(pod(), RUNNING);
    await world.launcher.stop(record, [
      { taskId: "task-1", kill: { cause: "request", dueMs: world.clock.nowMs() + 60_000 } },
    ]);
    const before = calls("delete");
    await world.launcher.release(record);
    expect(calls("delete")).to.equal(before);
  });

  it("deletes an ended Pod although that fails at first", async () => {
    world.show(pod(), ENDING);
    await world.launcher.release(record);
    fail("delete", 4);
    await world.clock.advance(world.retentionMs + 60_000);
    expect(world.podOf(record)).to.equal(undefined);
  });

  it("deletes a Pod that no record explains although that fails at first, and counts it once", async () => {
    const stray = makeRecord({ containerId: "stray", launchId: "l2" });
    const { uid: _server, resourceVersion: _version, ...metadata } = pod().metadata;
    fail("patch", 3);
    const shown = world.show({ ...pod(), metadata: { ...metadata, name: "mt-stray" } }, RUNNING);
    world.tell(shown);
    await world.clock.advance(60_000);
    expect(world.podOf(stray)).to.equal(undefined);
    expect(world.meter.value("orchestrator_agent_unknown_containers_total")).to.equal(1);
  });

  it("keeps nothing of a Pod that it let go of", async () => {
    const last = pod();
    await world.launcher.release(record);
    const { uid: _server, resourceVersion: _version, ...metadata } = last.metadata;
    for (const reason of ["ErrImagePull", "x", "ErrImagePull", "x", "ErrImagePull"]) {
      world.show(world.podOf(record) ?? { ...last, metadata }, waitingFor(reason));
    }
    expect(world.launcher.look(record).tasks.size).to.equal(0);
  });

  it("takes away a Pod that will not start although that fails at first", async () => {
    world.show(pod(), waitingFor("InvalidImageName"));
    fail("delete", 3);
    world.launcher.look(record);
    await world.clock.advance(60_000);
    expect(pod().metadata.deletionTimestamp).not.to.equal(undefined);
  });
});
