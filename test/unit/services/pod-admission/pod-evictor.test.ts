import { expect } from "chai";
import { OperatingError } from "../../../../src/api/errors/operating-error.ts";
import { asId, type KubeUid } from "../../../../src/api/ids/ids.ts";
import type { PoolPod } from "../../../../src/domain/admission/pool-pod.ts";
import { PodEvictor } from "../../../../src/services/pod-admission/pod-evictor.ts";
import { RecordingLogger } from "../../../support/recording-logger.ts";
import { SeededRandom } from "../../../support/seeded-random.ts";
import { VirtualClock } from "../../../support/virtual-clock.ts";

const UID = asId<KubeUid>("u1");

describe("PodEvictor (MES-42)", () => {
  let clock: VirtualClock;
  let pods: Map<KubeUid, Pick<PoolPod, "uid" | "namespace" | "name">>;
  /** What the server answers, one after the other; then it agrees. */
  let refusals: OperatingError[];
  let asked: unknown[];
  let evictor: PodEvictor;
  let stop: AbortController;

  beforeEach(() => {
    clock = new VirtualClock();
    pods = new Map([[UID, { uid: UID, namespace: "apps", name: "web-1" }]]);
    refusals = [];
    asked = [];
    stop = new AbortController();
    evictor = new PodEvictor({
      writer: {
        create: (_kind, object, { subresource }) => {
          asked.push([subresource, object]);
          const refusal = refusals.shift();
          return refusal === undefined ? Promise.resolve(object) : Promise.reject(refusal);
        },
      },
      podOf: (uid) => pods.get(uid) as PoolPod | undefined,
      clock,
      random: new SeededRandom(1),
      logger: new RecordingLogger(),
    });
  });

  const busy = (): OperatingError => new OperatingError("KUBE_THROTTLED", "budget");

  it("asks for this very pod to be evicted, once", async () => {
    evictor.evict(UID, stop.signal);
    evictor.evict(UID, stop.signal);
    await clock.advance(600_000);
    expect(asked).to.deep.equal([
      [
        "eviction",
        {
          apiVersion: "policy/v1",
          kind: "Eviction",
          metadata: { name: "web-1", namespace: "apps" },
          deleteOptions: { preconditions: { uid: "u1" } },
        },
      ],
    ]);
  });

  it("tries again while a disruption budget refuses", async () => {
    refusals = [busy(), busy(), busy()];
    evictor.evict(UID, stop.signal);
    await clock.advance(600_000);
    expect(asked).to.have.length(4);
  });

  it("stops trying when the pod is over", async () => {
    refusals = Array.from({ length: 1000 }, busy);
    evictor.evict(UID, stop.signal);
    await clock.advance(60_000);
    const before = asked.length;
    pods.delete(UID);
    await clock.advance(600_000);
    expect(asked.length).to.be.at.most(before + 1);
  });

  const ends: Record<string, OperatingError> = {
    "is gone": new OperatingError("KUBE_NOT_FOUND", "gone"),
    "is another pod by now": new OperatingError("KUBE_CONFLICT", "uid"),
    "belongs to another leader": new OperatingError("LEADER_TERM_EXPIRED", "old"),
  };
  for (const [name, error] of Object.entries(ends)) {
    it(`lets a pod be that ${name}`, async () => {
      refusals = [error];
      evictor.evict(UID, stop.signal);
      await clock.advance(600_000);
      expect(asked).to.have.length(1);
    });
  }

  it("ends with the term", async () => {
    refusals = Array.from({ length: 1000 }, busy);
    evictor.evict(UID, stop.signal);
    await clock.settle();
    stop.abort();
    await clock.advance(600_000);
    expect(asked).to.have.length(1);
  });
});
