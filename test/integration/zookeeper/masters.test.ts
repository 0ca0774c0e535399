import { expect } from "chai";
import type { SessionTiming } from "../../../src/services/offer-engine/election/session-timing.ts";
import { until } from "../../cluster/host/until.ts";
import { detectAsMesosGo, detectAsPymesos } from "../../support/election/detectors.ts";
import { LeadershipRecord } from "../../support/election/leadership-record.ts";
import { ZkMaster } from "../../support/election/zk-master.ts";
import { FaultProxy } from "../../support/fault-proxy/fault-proxy.ts";
import { MemoryRegistry } from "../../support/mesos/memory-registry.ts";
import { useEnsemble } from "../../support/zk-ensemble/use-ensemble.ts";

/** Half of what masters have, so that a failover takes half the time. */
const TIMING = { sessionMs: 3_000, retryMs: 500 };
/** Outlives any election among the servers; `quorum.test.ts` has the sessions of masters. */
const PATIENT = { sessionMs: 20_000, retryMs: 500 };
const FAILOVER_MAX_MS = 10_000;

describe("masters elected by a real ensemble of three (MES-02, HA-01, HA-03)", function () {
  this.timeout(120_000);
  const ensemble = useEnsemble({ servers: 3 });
  let registry: MemoryRegistry;
  let masters: ZkMaster[];
  let proxies: FaultProxy[];
  let path: string;
  let paths = 0;
  let record: LeadershipRecord;

  beforeEach(() => {
    registry = new MemoryRegistry();
    record = new LeadershipRecord();
    masters = [];
    proxies = [];
    path = `/masters-${(paths += 1)}/mesos`;
  });
  afterEach(async () => {
    await Promise.all(masters.map((master) => master.stop()));
    await Promise.all(proxies.map((proxy) => proxy.stop()));
  });

  async function start(
    name: string,
    timing: SessionTiming = TIMING,
  ): Promise<{ master: ZkMaster; links: FaultProxy[] }> {
    const links = await Promise.all(
      ensemble().servers.map(({ plan }) => FaultProxy.start(plan.clientPort)),
    );
    proxies.push(...links);
    const servers = links.map(({ address }) => address);
    const master = await ZkMaster.start({ name, servers, path, timing, registry, record });
    masters.push(master);
    return { master, links };
  }
  const leaders = (): ZkMaster[] => masters.filter((master) => master.leads);
  const leads = (master: ZkMaster): Promise<boolean> =>
    until(`${master.name} leads`, () => master.leads, {
      timeoutMs: FAILOVER_MAX_MS,
      intervalMs: 10,
    });
  const storedTerm = (): unknown =>
    JSON.parse(new TextDecoder().decode(registry.records.get("term/term")?.bytes));

  it("lets the first lead, sends clients of the others there, and shows it to detectors of the field", async () => {
    const { master: a } = await start("a");
    await leads(a);
    const { master: b } = await start("b");
    const standby = async (): Promise<Response> =>
      fetch(`http://127.0.0.1:${b.port}/master/state`, { redirect: "manual" });
    await until("b knows the leader", async () => (await standby()).status === 307, {
      timeoutMs: 5_000,
    });
    const location = (await standby()).headers.get("location");
    expect(location).to.equal(`//127.0.0.1:${a.port}/master/state`);
    const state = (await (await fetch(`http://127.0.0.1:${b.port}/master/state`)).json()) as Record<
      string,
      unknown
    >;
    expect(state).to.include({ id: "master-a", pid: `master@127.0.0.1:${a.port}` });
    await ensemble().cli("create", `${path}/log_replicas`, "");
    for (const detect of [detectAsPymesos, detectAsMesosGo]) {
      expect(await detect(ensemble(), path)).to.deep.equal({ ip: "127.0.0.1", port: a.port });
    }
    expect(await a.stop()).to.equal(0);
    await leads(b);
    for (const detect of [detectAsPymesos, detectAsMesosGo]) {
      expect(await detect(ensemble(), path)).to.deep.equal({ ip: "127.0.0.1", port: b.port });
    }
    expect(storedTerm()).to.deep.include({ master_id: "master-b" });
    expect(await b.stop()).to.equal(0);
    expect(await detectAsPymesos(ensemble(), path).catch(() => "the log")).to.equal(undefined);
  });

  it("HA-12: a leader cut off from the ensemble stops serving and ends with 1 before another leads", async () => {
    const { master: a, links } = await start("a");
    await leads(a);
    const { master: b } = await start("b");
    await until("b has joined", async () => (await joined()) === 2, { timeoutMs: 10_000 });
    const term = a.term!;
    for (const link of links) link.weather = "blackHole";
    await leads(b);
    expect(leaders().map(({ name }) => name)).to.deep.equal(["b"]);
    expect(await a.ended).to.equal(1);
    expect(a.terms[0]?.signal.aborted).to.equal(true);
    expect(b.term).to.be.above(term);
    expect(record.overlaps).to.deep.equal([]);
  });

  it("HA-12: a leader whose link heals after its session has found out before, and stays ended", async () => {
    const { master: a, links } = await start("a");
    await leads(a);
    const { master: b } = await start("b");
    await until("b has joined", async () => (await joined()) === 2, { timeoutMs: 10_000 });
    for (const link of links) link.weather = "blackHole";
    await leads(b);
    for (const link of links) link.weather = "pass";
    expect(a.leads).to.equal(false);
    expect(await a.ended).to.equal(1);
    expect(leaders().map(({ name }) => name)).to.deep.equal(["b"]);
  });

  it("keeps its leader while servers of the ensemble are killed one after the other", async () => {
    const { master: a } = await start("a", PATIENT);
    await leads(a);
    const { master: b } = await start("b", PATIENT);
    for (const server of ensemble().servers) {
      await server.kill();
      await until("a server is missed", async () => (await server.mode()) === undefined, {
        timeoutMs: 5_000,
      });
      server.start();
      await ensemble().ready();
    }
    const term = a.leads ? a.term : b.term;
    expect(leaders()).to.have.length(1);
    expect([a.leads, term]).to.deep.equal([true, a.term]);
  });

  it("HA-03: two masters never serve in one term, though the election is forced over and over", async () => {
    await start("a");
    await start("b");
    for (let round = 0; round < 6; round += 1) {
      await until("one leads", () => leaders().length === 1, { timeoutMs: FAILOVER_MAX_MS });
      const [leader] = leaders();
      // Somebody removes the leader's member: all sessions live, two believe in a chance.
      const [first] = await children();
      await ensemble().cli("delete", `${path}/${first!}`);
      expect(await leader!.ended).to.equal(1);
      await start(String.fromCharCode("c".charCodeAt(0) + round));
    }
    await until("one leads", () => leaders().length === 1, { timeoutMs: FAILOVER_MAX_MS });
    const terms = record.servedTerms;
    expect(terms).to.have.length(7);
    expect(terms).to.deep.equal([...new Set(terms)].sort((left, right) => left - right));
  });

  async function children(): Promise<readonly string[]> {
    const out = await ensemble().cli("ls", path);
    const names = /^\[(?<names>.*)\]$/m.exec(out)?.groups?.["names"] ?? "";
    return names === "" ? [] : names.split(", ").sort();
  }
  async function joined(): Promise<number> {
    return (await children()).length;
  }
});
