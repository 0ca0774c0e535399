import { expect } from "chai";
import { LeaseElection } from "../../../../../src/runtime/leader/lease-election.ts";
import { MASTER_TIMING } from "../../../../../src/runtime/leader/lease-timing.ts";
import { BothElections } from "../../../../../src/services/offer-engine/election/both-elections.ts";
import { SessionElection } from "../../../../../src/services/offer-engine/election/session-election.ts";
import { MASTER_SESSION } from "../../../../../src/services/offer-engine/election/session-timing.ts";
import {
  electionIdentity,
  masterInfoOf,
} from "../../../../../src/services/offer-engine/serve/master-info.ts";
import { Candidate, leadingOf } from "../../../../support/election/candidate.ts";
import { FakeElection, FakeLink } from "../../../../support/election/fake-election.ts";
import { MemoryLeaseStore } from "../../../../support/kubernetes/memory-lease-store.ts";
import { RecordingLogger } from "../../../../support/recording-logger.ts";
import { RecordingMeter } from "../../../../support/recording-meter.ts";
import { SeededRandom } from "../../../../support/seeded-random.ts";
import { VirtualClock } from "../../../../support/virtual-clock.ts";

type Kind = "lease" | "both" | "zookeeper";

interface Master extends Candidate {
  readonly link: FakeLink & { intercept?: () => Promise<void> | void };
}

describe("BothElections (MES-02, HA-12)", () => {
  let clock: VirtualClock;
  let world: FakeElection;
  let leases: MemoryLeaseStore;
  let masters: Master[];

  beforeEach(() => {
    clock = new VirtualClock();
    world = new FakeElection(clock);
    leases = new MemoryLeaseStore();
    masters = [];
  });
  afterEach(async () => {
    for (const { stop } of masters) stop.abort();
    await clock.advance(20_000);
  });

  /** A master of one kind; its process ends when it loses a term, as a real one does. */
  async function start(name: string, kind: Kind): Promise<Master> {
    const link: Master["link"] = new FakeLink();
    const advertised = { hostname: name, ip: "10.0.0.1", port: 5050 };
    const parts = { clock, logger: new RecordingLogger(), meter: new RecordingMeter() };
    const lease = new LeaseElection({
      ...parts,
      name,
      store: leases.seenBy(link),
      identity: electionIdentity(advertised, "uuid"),
      timing: MASTER_TIMING,
      random: new SeededRandom(name.charCodeAt(0)),
    });
    const sessions = new SessionElection({
      ...parts,
      name,
      store: world.seenBy(link),
      info: masterInfoOf(name, advertised, "1.11.0"),
      timing: MASTER_SESSION,
      contends: kind === "zookeeper",
    });
    const elections = { lease, zookeeper: sessions, both: new BothElections({ lease, sessions }) };
    const candidate = new Candidate(name, elections[kind], { endsWithTerm: true });
    const master = Object.assign(candidate, { link });
    masters.push(master);
    await clock.advance(0);
    return master;
  }
  const leading = (): string[] => leadingOf(masters);

  it("leads with the Lease and the lowest member, and shows others where it is", async () => {
    const a = await start("a", "both");
    const b = await start("b", "both");
    await clock.advance(10_000);
    expect(leading()).to.deep.equal(["a"]);
    expect(leases.stored?.record.holder).to.match(/^a:/);
    expect(world.children.size, "only the holder of the Lease joins").to.equal(1);
    expect(b.election.leader()).to.match(/^a:5050_/);
    a.stop.abort();
    await clock.advance(3_000);
    expect(a.turns).to.deep.equal(["won", "released"]);
    expect(leading()).to.deep.equal(["b"]);
  });

  it("waits with the Lease in its hand while another leads in ZooKeeper, and sends clients to that one", async () => {
    const old = await start("old", "zookeeper");
    const a = await start("a", "both");
    await clock.advance(10_000);
    expect(leading()).to.deep.equal(["old"]);
    expect(leases.stored?.record.holder).to.match(/^a:/);
    expect(a.election.leader()).to.match(/^old:/);
    old.stop.abort();
    await clock.advance(1_000);
    expect(leading()).to.deep.equal(["a"]);
  });

  it("sends clients to the holder of the Lease while nobody is in ZooKeeper", async () => {
    await start("old", "lease");
    const a = await start("a", "both");
    await clock.advance(5_000);
    expect(leading()).to.deep.equal(["old"]);
    expect(world.children.size).to.equal(0);
    expect(a.election.leader()).to.match(/^old:/);
  });

  it("stops at once when either is lost", async () => {
    const a = await start("a", "both");
    await clock.advance(5_000);
    a.link.isCut = true;
    await clock.advance(3_100);
    expect(a.turns).to.deep.equal(["won", "lost"]);
    expect(a.term?.signal.aborted).to.equal(true);
    const b = await start("b", "both");
    await clock.advanceUntil(() => leading().includes("b"), 30_000);
    b.link.intercept = () => new Promise<never>(() => undefined);
    await clock.advance(4_100);
    expect(b.turns).to.deep.equal(["won", "lost"]);
    await clock.advance(1_000);
    expect(world.children.size, "its member went with it").to.equal(0);
  });

  for (const [from, to] of [
    ["lease", "zookeeper"],
    ["zookeeper", "lease"],
  ] as const) {
    it(`never has two leaders while three masters are rolled from ${from} through both to ${to} (60 seeds)`, async () => {
      for (let seed = 1; seed <= 60; seed += 1) {
        const random = new SeededRandom(seed);
        clock = new VirtualClock({ random });
        world = new FakeElection(clock);
        leases = new MemoryLeaseStore();
        masters = [];
        const pass = async (ms: number): Promise<void> => {
          for (let passedMs = 0; passedMs < ms; passedMs += 250) {
            await clock.advance(250);
            expect(leading(), `seed ${seed}`).to.have.length.at.most(1);
          }
        };
        const replace = async (index: number, kind: Kind, round: number): Promise<void> => {
          const old = masters.find(({ name }) => name.startsWith(`${index}-`));
          if (old !== undefined) {
            // Some are killed: their session and their hold on the Lease last on.
            if (random.next() < 0.3) {
              old.link.isCut = true;
              old.link.intercept = () => new Promise<never>(() => undefined);
            } else old.stop.abort();
            await pass(250);
            old.stop.abort();
            masters = masters.filter((master) => master !== old || leading().includes(old.name));
          }
          await start(`${index}-${round}`, kind);
          await pass(random.next() * 4_000);
        };
        for (const index of [0, 1, 2]) await replace(index, from, 0);
        for (const index of [0, 1, 2]) await replace(index, "both", 1);
        for (const index of [0, 1, 2]) await replace(index, to, 2);
        await pass(30_000);
        expect(leading(), `seed ${seed}: one leads in the end`).to.have.length(1);
        for (const { stop } of masters) stop.abort();
        await clock.advance(0);
      }
    }).timeout(60_000);
  }
});
