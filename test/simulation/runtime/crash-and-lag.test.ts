import { expect } from "chai";
import { OperatingError } from "../../../src/api/errors/operating-error.ts";
import { ActionRunner } from "../../../src/runtime/apply/action-runner.ts";
import type { KubeAction } from "../../../src/runtime/apply/kube-action.ts";
import { Controller } from "../../../src/runtime/controller/controller.ts";
import { byOwnerUid } from "../../../src/runtime/informer/indexes.ts";
import { Informers } from "../../../src/runtime/informer/informers.ts";
import { KINDS } from "../../../src/runtime/kube/core-kinds.ts";
import type { KubeObject } from "../../../src/runtime/kube/kube-object.ts";
import { ETERNAL_TERM } from "../../../src/runtime/leader/eternal-term.ts";
import { createLoop, type Plan } from "../../../src/runtime/loop.ts";
import type { KubeTransport } from "../../../src/runtime/ports/kube-transport.ts";
import { expectSameEnds, sweepCrashes } from "../../support/kubernetes/crash-sweep.ts";
import { FakeKube } from "../../support/kubernetes/fake-kube.ts";
import { MortalKube } from "../../support/kubernetes/mortal-kube.ts";
import { RecordingLogger } from "../../support/recording-logger.ts";
import { RecordingMeter } from "../../support/recording-meter.ts";
import { SeededRandom } from "../../support/seeded-random.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

interface Fleet extends KubeObject {
  readonly spec: { readonly size: number };
}
interface Seen {
  readonly fleet: Fleet;
  readonly members: readonly KubeObject[];
}

const fleetKind = KINDS.StatefulSet;
const memberKind = KINDS.ConfigMap;

/** A small reconciler: as many members as the fleet asks for, and no more. */
function decideFleet({ fleet, members }: Seen): Plan<KubeAction, undefined> {
  const { name, uid = "" } = fleet.metadata;
  const wanted = Array.from({ length: fleet.spec.size }, (_, index) => `${name}-${index}`);
  const owner = { apiVersion: "apps/v1", kind: "StatefulSet", name, uid, controller: true };
  const byName = new Map(members.map((member) => [member.metadata.name, member]));
  const actions: KubeAction[] = [];
  for (const member of wanted) {
    const live = byName.get(member);
    const desired = { metadata: { name: member, namespace: "ns", ownerReferences: [owner] } };
    if (live === undefined) actions.push({ kind: "apply", target: memberKind, desired });
  }
  for (const live of members) {
    if (!wanted.includes(live.metadata.name)) {
      actions.push({ kind: "delete", target: memberKind, live });
    }
  }
  return { actions, status: undefined, reasons: [] };
}

interface Process {
  readonly clock: VirtualClock;
  readonly meter: RecordingMeter;
  readonly stop: () => Promise<void>;
}

async function startProcess(kube: KubeTransport, seed = 1): Promise<Process> {
  const clock = new VirtualClock();
  const random = new SeededRandom(seed);
  const meter = new RecordingMeter();
  const parts = { clock, random, meter, logger: new RecordingLogger() };
  const informers = new Informers({ ...parts, reader: kube, freeze: true });
  const fleets = informers.of<Fleet>({ kind: fleetKind });
  const members = informers.of<KubeObject>({ kind: memberKind }, { indexes: { byOwnerUid } });
  const runner = new ActionRunner(meter);
  const reconciler = createLoop<Seen, Plan<KubeAction, undefined>>({
    observe: (key) => {
      const fleet = fleets.get(key);
      if (fleet === undefined) return Promise.resolve(undefined);
      const owned = members.byIndex("byOwnerUid", fleet.metadata.uid ?? "");
      return Promise.resolve({ fleet, members: owned });
    },
    decide: decideFleet,
    apply: (plan, _seen, context) => runner.run(plan.actions, context),
  });
  const controller = new Controller({ ...parts, name: "fleet", reconciler, kube })
    .reconciles(fleets)
    .owns(members, ({ metadata }) => [`ns/${metadata.ownerReferences?.[0]?.name ?? ""}`]);
  const stop = new AbortController();
  const starting = informers.start(stop.signal);
  await clock.settle();
  await starting;
  const running = controller.run(ETERNAL_TERM, stop.signal);
  return {
    clock,
    meter,
    stop: async () => {
      stop.abort();
      await clock.advance(100);
      await running;
      await informers.stopped();
    },
  };
}

const setUp = (): { kube: FakeKube } => {
  const kube = new FakeKube();
  const fleet: Fleet = { metadata: { name: "f", namespace: "ns" }, spec: { size: 4 } };
  const made = kube.put(fleetKind, fleet);
  const owner = {
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    name: "f",
    uid: made.metadata.uid ?? "",
    controller: true,
  };
  for (const name of ["f-7", "f-8"]) {
    kube.put(memberKind, { metadata: { name, namespace: "ns", ownerReferences: [owner] } });
  }
  return { kube };
};
const names = (kube: FakeKube): readonly string[] =>
  kube.all(memberKind).map(({ metadata }) => metadata.name);

describe("a controller in a bad world", () => {
  it("ends with the same objects wherever its process is stopped and started again", async () => {
    const sweep = await sweepCrashes(async (diesAfter) => {
      const { kube } = setUp();
      const writes: string[] = [];
      const note = (what: string): void => void writes.push(what);
      for (const life of [new MortalKube(kube, { diesAfter, note }), kube]) {
        const one = await startProcess(life);
        await one.clock.advance(5_000);
        await one.stop();
      }
      return { end: { names: names(kube) }, writes, podsStarted: 0 };
    });
    expect(sweep.undisturbed.end["names"]).to.deep.equal(["f-0", "f-1", "f-2", "f-3"]);
    expect(sweep.crashed).to.have.length(6);
    expectSameEnds(sweep, { statuses: 0, otherWrites: 0, pods: 0 });
  });

  it("writes nothing twice while its cache is a minute behind, and converges when it catches up", async () => {
    const { kube } = setUp();
    const one = await startProcess(kube);
    kube.holdWatches(memberKind);
    await one.clock.advance(4_900);
    const writes = (): number =>
      kube.calls.filter(({ verb }) => verb === "apply" || verb === "delete").length;
    const first = writes();
    expect(first).to.equal(6);
    await one.clock.advance(50_000);
    expect(writes()).to.equal(first);
    kube.releaseWatches(memberKind);
    await one.clock.advance(10_000);
    expect(names(kube)).to.deep.equal(["f-0", "f-1", "f-2", "f-3"]);
    expect(writes()).to.equal(first);
    await one.stop();
  });

  it("is quiet in a quiet world: no write and no look in an hour", async () => {
    const { kube } = setUp();
    const one = await startProcess(kube);
    await one.clock.advance(5_000);
    const before = kube.calls.filter(({ verb }) => verb !== "watch").length;
    const looked = one.meter.observed("controller_runtime_reconcile_time_seconds", {
      controller: "fleet",
    }).length;
    await one.clock.advance(3_600_000);
    expect(kube.calls.filter(({ verb }) => verb !== "watch")).to.have.length(before);
    const after = one.meter.observed("controller_runtime_reconcile_time_seconds", {
      controller: "fleet",
    }).length;
    expect(after).to.equal(looked);
    await one.stop();
  }).timeout(20_000);

  it("converges after any mixture of failing, hanging and lost calls and watch faults (60 seeds)", async () => {
    for (let seed = 1; seed <= 60; seed += 1) {
      const { kube } = setUp();
      const random = new SeededRandom(seed);
      const one = await startProcess(kube, seed);
      const fault = async (): Promise<void> => {
        const chance = random.next();
        if (chance < 0.15) throw failure("KUBE_UNAVAILABLE");
        if (chance < 0.2) throw failure("KUBE_CONFLICT");
        if (chance < 0.3) {
          await new Promise<void>((done) => void one.clock.after(random.next() * 3_000, done));
        }
      };
      kube.intercept = fault;
      kube.interceptAnswer = fault;
      for (let step = 0; step < 20; step += 1) {
        const chance = random.next();
        if (chance < 0.2) kube.endWatches();
        else if (chance < 0.4) kube.breakWatches("KUBE_UNAVAILABLE");
        else if (chance < 0.5) kube.compact();
        const [fleet] = kube.all<Fleet>(fleetKind);
        kube.put(fleetKind, { ...fleet!, spec: { size: Math.floor(random.next() * 6) } });
        await one.clock.advance(random.next() * 2_000);
      }
      kube.intercept = undefined;
      kube.interceptAnswer = undefined;
      const [fleet] = kube.all<Fleet>(fleetKind);
      await one.clock.advance(120_000);
      const wanted = Array.from({ length: fleet!.spec.size }, (_, index) => `f-${index}`);
      expect(names(kube), `seed ${seed}`).to.deep.equal(wanted);
      await one.stop();
    }
  }).timeout(60_000);
});

function failure(code: "KUBE_UNAVAILABLE" | "KUBE_CONFLICT"): OperatingError {
  return new OperatingError(code, "made by the test");
}
