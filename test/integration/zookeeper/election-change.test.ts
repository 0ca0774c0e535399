import { expect } from "chai";
import { until } from "../../cluster/host/until.ts";
import { detectAsMesosGo, detectAsPymesos } from "../../support/election/detectors.ts";
import { LeadershipRecord } from "../../support/election/leadership-record.ts";
import { type ElectedBy, ZkMaster } from "../../support/election/zk-master.ts";
import { MemoryLeaseStore } from "../../support/kubernetes/memory-lease-store.ts";
import { MemoryRegistry } from "../../support/mesos/memory-registry.ts";
import { useEnsemble } from "../../support/zk-ensemble/use-ensemble.ts";

const TIMING = { sessionMs: 6_000, retryMs: 500 };
const PATH = "/change/mesos";

/** mesos.md 16, point 10: on a real ensemble; the Lease is in memory, its real store has tests of its own. */
describe("Lease → ZooKeeper → Lease on a real ensemble (MES-02, HA-01)", function () {
  this.timeout(180_000);
  const ensemble = useEnsemble({ servers: 3 });
  const registry = new MemoryRegistry();
  const leases = new MemoryLeaseStore();
  const record = new LeadershipRecord();
  let masters: ZkMaster[] = [];

  afterEach(async () => {
    await Promise.all(masters.map((master) => master.stop()));
  });

  async function start(ordinal: number, electedBy: ElectedBy): Promise<void> {
    const master = await ZkMaster.start({
      name: `${ordinal}-${electedBy}-${masters.length}`,
      electedBy,
      servers: ensemble().addresses,
      path: PATH,
      timing: TIMING,
      registry,
      leases,
      record,
    });
    masters.push(master);
  }
  const leaders = (): ZkMaster[] => masters.filter((master) => master.leads);
  const oneLeads = async (): Promise<ZkMaster> => {
    await until("one leads", () => leaders().length === 1, { timeoutMs: 20_000, intervalMs: 10 });
    return leaders()[0]!;
  };
  /** As the operator rolls them: standbys first, the leader last, each time with a leader. */
  async function rollTo(electedBy: ElectedBy): Promise<void> {
    const leader = await oneLeads();
    const order = [...masters.filter((master) => master !== leader), leader];
    for (const old of order) {
      expect(await old.stop()).to.equal(0);
      masters = masters.filter((master) => master !== old);
      await start(Number(old.name.split("-")[0]), electedBy);
      await oneLeads();
    }
  }

  it("has one leader at most at any time, its terms grow, and detectors find it after every step", async () => {
    for (const ordinal of [0, 1, 2]) await start(ordinal, "lease");
    const steps: readonly (ElectedBy | undefined)[] = [
      undefined,
      "both",
      "zookeeper",
      "both",
      "lease",
    ];
    for (const step of steps) {
      if (step !== undefined) await rollTo(step);
      const leader = await oneLeads();
      for (const detect of [detectAsPymesos, detectAsMesosGo]) {
        await until(
          `detectors find the leader by ${step ?? "lease"}`,
          async () => (await detect(ensemble(), PATH))?.port === leader.port,
          { timeoutMs: 10_000 },
        );
      }
    }
    expect(record.overlaps).to.deep.equal([]);
    const terms = record.servedTerms;
    expect(terms.length).to.be.at.least(5);
    expect(terms).to.deep.equal([...new Set(terms)].sort((left, right) => left - right));
  });
});
