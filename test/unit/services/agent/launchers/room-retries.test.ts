import { expect } from "chai";
import { OperatingError } from "../../../../../src/api/errors/operating-error.ts";
import type { KubePod } from "../../../../../src/domain/agent/kube-pod.ts";
import { ROOM_PATIENCE_MS } from "../../../../../src/domain/agent/pod/room-refusal.ts";
import { RoomRetries } from "../../../../../src/services/agent/launchers/room-retries.ts";
import { TaskPodWrites } from "../../../../../src/services/agent/launchers/task-pod-writes.ts";
import { KINDS } from "../../../../../src/runtime/kube/core-kinds.ts";
import type { KubeRef } from "../../../../../src/runtime/kube/kube-kind.ts";
import { makePod, makeRecord, NOW_MS } from "../../../../support/agent/builders.ts";
import { FakeKube } from "../../../../support/kubernetes/fake-kube.ts";
import { RecordingLogger } from "../../../../support/recording-logger.ts";
import { VirtualClock } from "../../../../support/virtual-clock.ts";

const record = makeRecord();
const ref: KubeRef = { kind: KINDS.Pod, namespace: "default", name: "pod-1" };
const FULL = "Node didn't have enough resource: cpu, requested: 100, used: 1950, capacity: 2000";
const TOO_SMALL = "Node didn't have enough resource: cpu, requested: 9000, used: 0, capacity: 2000";

describe("RoomRetries (MES-32)", () => {
  const signal = new AbortController().signal;
  let clock: VirtualClock;
  let kube: FakeKube;
  let gaveUp: string[];
  let retries: RoomRetries;

  beforeEach(() => {
    clock = new VirtualClock({ startMs: NOW_MS });
    kube = new FakeKube();
    gaveUp = [];
    retries = new RoomRetries({
      kube,
      clock,
      writes: new TaskPodWrites({ kube, clock }),
      logger: new RecordingLogger(),
      callTimeoutMs: 1000,
      gaveUp: (containerId) => gaveUp.push(containerId),
    });
  });

  /** The kubelet refuses the Pod that there is, which is made first if there is none. */
  async function refuse(message = FULL, reason = "OutOfcpu"): Promise<KubePod> {
    const live = await kube.get<KubePod>(ref, { signal });
    const base = makePod({ annotations: { "orchestrator.io/launch-id": "launch-1" } });
    const { uid: _server, ...metadata } = base.metadata;
    const pod = live ?? { apiVersion: "v1", kind: "Pod", ...base, metadata };
    const finalizers = ["orchestrator.io/task-status"];
    return kube.put<KubePod & { apiVersion: string; kind: string }>(KINDS.Pod, {
      apiVersion: "v1",
      kind: "Pod",
      ...pod,
      metadata: { ...pod.metadata, finalizers },
      status: { phase: "Failed", reason, message },
    });
  }

  function failOnce(verb: string): void {
    kube.intercept = (call): void => {
      if (call.verb !== verb) return;
      kube.intercept = undefined;
      throw new OperatingError("KUBE_UNAVAILABLE", "away");
    };
  }

  it("makes the Pod anew, with its record and without what the first one was told", async () => {
    const refused = await refuse();
    expect(retries.takes(record, refused, ref)).to.equal(true);
    await clock.advance(300);
    const fresh = await kube.get<KubePod>(ref, { signal });
    expect(fresh?.metadata.uid).not.to.equal(refused.metadata.uid);
    expect(fresh?.metadata.annotations).to.deep.equal(refused.metadata.annotations);
    expect(fresh?.metadata.finalizers).to.deep.equal(["orchestrator.io/task-status"]);
    expect(fresh?.spec).to.deep.equal(refused.spec);
    expect(fresh?.status).to.equal(undefined);
  });

  it("deals with one refused Pod once, however often it is looked at", async () => {
    const refused = await refuse();
    for (let look = 0; look < 3; look += 1) retries.takes(record, refused, ref);
    await clock.advance(ROOM_PATIENCE_MS);
    expect(kube.calls.filter(({ verb }) => verb === "create")).to.have.length(1);
  });

  it("leaves the refused Pod as the record until its successor is made", async () => {
    retries.takes(record, await refuse(), ref);
    await clock.advance(200);
    expect((await kube.get<KubePod>(ref, { signal }))?.status?.reason).to.equal("OutOfcpu");
  });

  it("waits longer each time, and gives up when the patience is over", async () => {
    let refusals = 0;
    while (retries.takes(record, await refuse(), ref)) {
      refusals += 1;
      await clock.advance(clock.nextDelayMs() ?? 0);
    }
    expect(clock.nowMs() - NOW_MS).to.be.within(ROOM_PATIENCE_MS, ROOM_PATIENCE_MS + 2000);
    expect(refusals).to.be.within(14, 20);
  });

  const final: Record<string, () => Promise<KubePod>> = {
    "a Pod that the node is too small for": () => refuse(TOO_SMALL),
    "a Pod that was refused for another reason": () => refuse("", "NodeAffinity"),
  };
  for (const [name, given] of Object.entries(final)) {
    it(`lets ${name} be`, async () => {
      expect(retries.takes(record, await given(), ref)).to.equal(false);
    });
  }

  it("makes no further Pod for a launch that was called off", async () => {
    const refused = await refuse();
    retries.takes(record, refused, ref);
    await retries.callOff(record.containerId);
    await clock.advance(ROOM_PATIENCE_MS);
    expect(retries.takes(record, refused, ref)).to.equal(false);
    expect(kube.calls.filter(({ verb }) => verb === "create")).to.deep.equal([]);
  });

  it("says so when the launch is called off between the two Pods", async () => {
    retries.takes(record, await refuse(), ref);
    let ended: Promise<void> | undefined;
    kube.intercept = ({ verb }): void => {
      if (verb === "delete") ended ??= retries.callOff(record.containerId);
    };
    await clock.advance(300);
    await ended;
    expect(gaveUp).to.deep.equal([record.containerId]);
    expect(await kube.get(ref, { signal })).to.equal(undefined);
  });

  it("says so when the Pod cannot be made anew", async () => {
    retries.takes(record, await refuse(), ref);
    kube.intercept = ({ verb }): void => {
      if (verb === "create") throw new OperatingError("KUBE_INVALID", "refused");
    };
    await clock.advance(300);
    expect(gaveUp).to.deep.equal([record.containerId]);
  });

  for (const verb of ["patch", "delete", "create"] as const) {
    it(`goes on after a ${verb} that failed in a passing way`, async () => {
      const refused = await refuse();
      retries.takes(record, refused, ref);
      failOnce(verb);
      await clock.advance(2000);
      expect((await kube.get<KubePod>(ref, { signal }))?.metadata.uid).not.to.equal(
        refused.metadata.uid,
      );
      expect(gaveUp).to.deep.equal([]);
    });

    it(`goes on after a ${verb} whose answer was lost`, async () => {
      const refused = await refuse();
      retries.takes(record, refused, ref);
      kube.interceptAnswer = (call): void => {
        if (call.verb !== verb) return;
        kube.interceptAnswer = undefined;
        throw new OperatingError("KUBE_UNAVAILABLE", "reset");
      };
      await clock.advance(2000);
      expect((await kube.get<KubePod>(ref, { signal }))?.status).to.equal(undefined);
      expect(kube.calls.filter((call) => call.verb === "create")).to.have.length(1);
      expect(gaveUp).to.deep.equal([]);
    });
  }

  it("gives up on failures that do not pass within the patience", async () => {
    retries.takes(record, await refuse(), ref);
    kube.intercept = (): never => {
      throw new OperatingError("KUBE_UNAVAILABLE", "away");
    };
    await clock.advance(ROOM_PATIENCE_MS - 1000);
    expect(gaveUp).to.deep.equal([]);
    await clock.advance(2000);
    expect(gaveUp).to.deep.equal([record.containerId]);
  });

  it("makes no Pod beside one that somebody else made under the name", async () => {
    const refused = await refuse();
    retries.takes(record, refused, ref);
    kube.remove(KINDS.Pod, "default/pod-1");
    const { uid: _server, ...metadata } = makePod().metadata;
    const other = { apiVersion: "v1", kind: "Pod", ...makePod(), metadata };
    await kube.create(KINDS.Pod, other, { signal });
    await clock.advance(300);
    expect(gaveUp).to.deep.equal([record.containerId]);
  });

  it("still counts as waiting while the first Pod is going", async () => {
    const refused = await refuse();
    retries.takes(record, refused, ref);
    const deletionTimestamp = new Date(NOW_MS).toISOString();
    const going = { ...refused, metadata: { ...refused.metadata, deletionTimestamp } };
    expect(retries.takes(record, going, ref)).to.equal(true);
    expect(retries.isReplacing(record.containerId, going)).to.equal(true);
  });

  it("lets a refused Pod that somebody else deletes be", async () => {
    const refused = await refuse();
    const deletionTimestamp = new Date(NOW_MS).toISOString();
    const going = { ...refused, metadata: { ...refused.metadata, deletionTimestamp } };
    expect(retries.takes(record, going, ref)).to.equal(false);
  });
});
