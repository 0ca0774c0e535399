import { expect } from "chai";
import { OperatingError } from "../../../../src/api/errors/operating-error.ts";
import { asId, type KubeUid } from "../../../../src/api/ids/ids.ts";
import { PodEvictor } from "../../../../src/services/pod-admission/pod-evictor.ts";
import { RecordingLogger } from "../../../support/recording-logger.ts";
import { VirtualClock } from "../../../support/virtual-clock.ts";

const POD = { uid: asId<KubeUid>("u1"), namespace: "apps", name: "web-1" };

describe("PodEvictor (MES-42)", () => {
  let clock: VirtualClock;
  /** What the server answers, one after the other; then it agrees. */
  let refusals: OperatingError[];
  let asked: unknown[];
  let logger: RecordingLogger;
  let evictor: PodEvictor;
  let stop: AbortController;

  beforeEach(() => {
    clock = new VirtualClock();
    refusals = [];
    asked = [];
    logger = new RecordingLogger();
    stop = new AbortController();
    evictor = new PodEvictor({
      writer: {
        create: (_kind, object, { subresource }) => {
          asked.push([subresource, object]);
          const refusal = refusals.shift();
          return refusal === undefined ? Promise.resolve(object) : Promise.reject(refusal);
        },
      },
      clock,
      logger,
    });
  });

  const warned = (): string[] =>
    logger.lines.filter(({ level }) => level === "warn").map(({ message }) => message);
  const busy = (): OperatingError => new OperatingError("KUBE_THROTTLED", "budget");

  it("asks for this very pod to be evicted, once at a time", async () => {
    evictor.evict(POD, stop.signal);
    evictor.evict(POD, stop.signal);
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

  it("tells when a disruption budget refuses, and asks again only when it is told to", async () => {
    refusals = [busy()];
    evictor.evict(POD, stop.signal);
    await clock.advance(600_000);
    expect(asked).to.have.length(1);
    expect(warned()).to.deep.equal(["A pod could not be evicted now."]);
    evictor.evict(POD, stop.signal);
    await clock.settle();
    expect(asked).to.have.length(2);
  });

  const ends: Record<string, OperatingError> = {
    "is gone": new OperatingError("KUBE_NOT_FOUND", "gone"),
    "is another pod by now": new OperatingError("KUBE_CONFLICT", "uid"),
  };
  for (const [name, error] of Object.entries(ends)) {
    it(`says nothing of a pod that ${name}`, async () => {
      refusals = [error];
      evictor.evict(POD, stop.signal);
      await clock.settle();
      expect(warned()).to.deep.equal([]);
    });
  }

  it("ends with the term", async () => {
    refusals = [busy()];
    evictor.evict(POD, stop.signal);
    stop.abort();
    await clock.settle();
    expect(warned()).to.deep.equal([]);
  });
});
