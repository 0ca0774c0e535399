import { expect } from "chai";
import { KubeLeaseStore } from "../../../src/adapters/kubernetes/kube-lease-store.ts";
import { KubeEventRecorder } from "../../../src/adapters/kubernetes/kube-event-recorder.ts";
import { KINDS } from "../../../src/runtime/kube/core-kinds.ts";
import type { KubeObject } from "../../../src/runtime/kube/kube-object.ts";
import { LeaseElection } from "../../../src/runtime/leader/lease-election.ts";
import { DEFAULT_TIMING } from "../../../src/runtime/leader/lease-timing.ts";
import type { Term } from "../../../src/runtime/leader/term.ts";
import { useCluster } from "../../support/cluster.ts";
import { LeaseHolders } from "../../support/kubernetes/lease-holders.ts";
import {
  connectReal,
  makeNamespace,
  removeNamespace,
  type RealKube,
} from "../../support/kubernetes/real-kube.ts";

interface Lease extends KubeObject {
  readonly spec: {
    readonly holderIdentity?: string;
    readonly renewTime: string;
    readonly leaseTransitions: number;
    readonly leaseDurationSeconds: number;
  };
}
interface KubeEvent extends KubeObject {
  readonly reason: string;
  readonly note: string;
  readonly eventTime: string;
  readonly series?: { readonly count: number };
}

describe("Lease and Event on the real server", () => {
  const cluster = useCluster("control-plane");
  let kube: RealKube;
  let namespace: string;

  before(async function start() {
    this.timeout(600_000);
    kube = await connectReal((await cluster()).kubeconfigPath);
    namespace = await makeNamespace(kube.transport, "election");
  });
  after(async () => {
    await removeNamespace(kube.transport, namespace);
    await kube.close();
  });

  function candidate(identity: string): {
    readonly stop: AbortController;
    readonly won: Promise<Term>;
    readonly ended: Promise<void>;
  } {
    const stop = new AbortController();
    const won = Promise.withResolvers<Term>();
    const election = new LeaseElection({
      ...kube,
      name: "test",
      store: new KubeLeaseStore(kube.transport, namespace, "operator"),
      identity,
      timing: { ...DEFAULT_TIMING, retryMs: 200 },
    });
    const ended = election.run({ onWon: won.resolve, onLost: () => undefined }, stop.signal);
    return { stop, won: won.promise, ended };
  }
  const read = async (): Promise<Lease> =>
    (await kube.transport.get<Lease>(
      { kind: KINDS.Lease, namespace, name: "operator" },
      { signal: AbortSignal.timeout(5_000) },
    ))!;

  it("F4: hands the lease over ten times in a row, released each time, with a new number each time", async () => {
    const holders = new LeaseHolders(kube.transport, namespace, "operator");
    let holder = candidate("candidate-0");
    expect((await holder.won).number).to.equal(1);
    await holders.until(1);
    for (let round = 1; round <= 10; round += 1) {
      const next = candidate(`candidate-${round}`);
      holder.stop.abort();
      await holder.ended;
      const term = await next.won;
      expect(term.number).to.equal(round + 1);
      const lease = await read();
      expect(lease.spec).to.include({
        holderIdentity: `candidate-${round}`,
        leaseTransitions: round + 1,
        leaseDurationSeconds: 15,
      });
      expect(lease.spec.renewTime).to.match(/\.\d{6}Z$/);
      holder = next;
    }
    holder.stop.abort();
    await holder.ended;
    expect((await read()).spec.holderIdentity).to.equal(undefined);
    // A lease that ran out would pass from one to the next without being free.
    const inTurn = Array.from({ length: 11 }, (_, round) => [`candidate-${round}`, ""]).flat();
    await holders.until(inTurn.length);
    holders.stop();
    expect(holders.seen).to.deep.equal(inTurn);
  }).timeout(60_000);

  it("tells a decision as one Event and counts its repetitions in it", async () => {
    const recorder = new KubeEventRecorder({
      ...kube,
      kube: kube.transport,
      controller: "orchestrator.io/operator",
      instance: "test-0",
    });
    const about = await kube.transport.create<KubeObject>(
      KINDS.ConfigMap,
      { metadata: { name: "subject", namespace } },
      { signal: AbortSignal.timeout(5_000) },
    );
    const note = { type: "Warning", reason: "NoLeader", action: "Waited" } as const;
    for (let time = 0; time < 10; time += 1) {
      recorder.record(about, { ...note, note: "no master leads" });
      await recorder.flush();
    }
    const { items } = await kube.transport.list<KubeEvent>(
      { kind: KINDS.Event, namespace, fieldSelector: "reason=NoLeader" },
      { signal: AbortSignal.timeout(5_000) },
    );
    expect(items).to.have.length(1);
    expect(items[0]).to.include({ note: "no master leads" });
    expect(items[0]!.series?.count).to.equal(10);
    expect(items[0]!.eventTime).to.match(/\.\d{6}Z$/);
    expect(kube.meter.value("orchestrator_events_dropped_total")).to.equal(0);
  });
});
