import { expect } from "chai";
import { OperatingError } from "../../../../src/api/errors/operating-error.ts";
import { LeaseElection } from "../../../../src/runtime/leader/lease-election.ts";
import { MASTER_TIMING } from "../../../../src/runtime/leader/lease-timing.ts";
import { Candidate, leadingOf } from "../../../support/election/candidate.ts";
import { MemoryLeaseStore } from "../../../support/kubernetes/memory-lease-store.ts";
import { RecordingLogger } from "../../../support/recording-logger.ts";
import { RecordingMeter } from "../../../support/recording-meter.ts";
import { SeededRandom } from "../../../support/seeded-random.ts";
import { VirtualClock } from "../../../support/virtual-clock.ts";

/** With the place where its calls can be held up. */
interface LeaseCandidate extends Candidate<LeaseElection> {
  readonly link: { intercept?: () => Promise<void> | void };
}

describe("LeaseElection", () => {
  let clock: VirtualClock;
  let store: MemoryLeaseStore;
  let meter: RecordingMeter;
  let candidates: LeaseCandidate[];

  beforeEach(() => {
    clock = new VirtualClock();
    store = new MemoryLeaseStore();
    meter = new RecordingMeter();
    candidates = [];
  });
  afterEach(async () => {
    for (const { stop } of candidates) stop.abort();
    await clock.advance(10_000);
  });

  function candidate(name: string): LeaseCandidate {
    const link: LeaseCandidate["link"] = {};
    const election = new LeaseElection({
      name,
      store: store.seenBy(link),
      identity: name,
      timing: MASTER_TIMING,
      clock,
      random: new SeededRandom(name.charCodeAt(0)),
      logger: new RecordingLogger(),
      meter,
    });
    const made = Object.assign(new Candidate(name, election), { link });
    candidates.push(made);
    return made;
  }
  const unreachable = (): never => {
    throw new OperatingError("KUBE_UNAVAILABLE", "away");
  };
  const leading = (): string[] => leadingOf(candidates);

  it("elects the first candidate at once and holds while it renews", async () => {
    const a = candidate("a");
    const b = candidate("b");
    await clock.advance(60_000);
    expect(a.events).to.deep.equal(["won 1"]);
    expect(b.events).to.deep.equal([]);
    expect(b.election.leader()).to.equal("a");
    expect(meter.value("leader_election_master_status", { name: "a" })).to.equal(1);
    expect(meter.value("leader_election_master_status", { name: "b" })).to.equal(0);
  });

  it("hands over within two retries when the leader stops gracefully", async () => {
    const a = candidate("a");
    await clock.advance(3_000);
    const b = candidate("b");
    await clock.advance(2_000);
    a.stop.abort();
    await clock.advance(2_400);
    expect(a.events).to.deep.equal(["won 1", "released 1"]);
    expect(b.events).to.deep.equal(["won 2"]);
    expect(a.term?.isCurrent()).to.equal(false);
    expect(a.term?.signal.aborted, "a released term aborts nothing").to.equal(false);
  });

  it("F1: takes over from a crashed master within 8.4 s (lease + retry with its spread)", async () => {
    const a = candidate("a");
    await clock.advance(3_000);
    const b = candidate("b");
    await clock.advance(2_000);
    a.link.intercept = () => new Promise<never>(() => undefined);
    await clock.advance(8_400);
    expect(b.events).to.deep.equal(["won 2"]);
  });

  it("loses the term by itself when it cannot renew for the renew deadline, before another may win", async () => {
    const a = candidate("a");
    const b = candidate("b");
    await clock.advance(5_000);
    const lastRenewalMs = clock.monotonicMs();
    a.link.intercept = unreachable;
    await clock.advanceUntil(() => a.events.includes("lost 1"), 10_000);
    expect(clock.monotonicMs() - lastRenewalMs).to.be.at.most(4_000);
    expect(a.term?.signal.reason).to.have.property("code", "LEADER_TERM_EXPIRED");
    expect(b.events).to.deep.equal([]);
    await clock.advanceUntil(() => b.events.includes("won 2"), 10_000);
    expect(clock.monotonicMs() - lastRenewalMs).to.be.at.least(5_000);
  });

  it("has no current term after its machine was suspended, although no timer fired", async () => {
    const a = candidate("a");
    await clock.advance(2_000);
    clock.jumpWall(5_000);
    expect(a.term?.isCurrent()).to.equal(false);
  });

  it("keeps the term when the wall clock is set back", async () => {
    const a = candidate("a");
    await clock.advance(2_000);
    clock.jumpWall(-3_600_000);
    expect(a.term?.isCurrent()).to.equal(true);
    await clock.advance(30_000);
    expect(a.events).to.deep.equal(["won 1"]);
  });

  it("waits out the lease of a holder it does not know by its own clock, whatever time the record tells", async () => {
    const record = {
      holder: "stranger",
      leaseDurationMs: 6_000,
      acquiredAtMs: 0,
      renewedAtMs: 0,
      transitions: 41,
    };
    store.stored = { record, version: "v" };
    const a = candidate("a");
    await clock.advance(5_900);
    expect(a.events).to.deep.equal([]);
    await clock.advance(2_500);
    expect(a.events).to.deep.equal(["won 42"]);
  });

  it("wins with the next number when the answer to its winning write was lost", async () => {
    const a = candidate("a");
    let lost = false;
    const write = store.write.bind(store);
    store.write = async (record, version, signal) => {
      const stored = await write(record, version, signal);
      if (lost) return stored;
      lost = true;
      throw new OperatingError("KUBE_TIMEOUT", "the answer was lost");
    };
    await clock.advance(3_000);
    expect(a.events).to.deep.equal(["won 2"]);
  });

  it("releases although its last renewal was stored and never answered", async () => {
    const a = candidate("a");
    await clock.advance(0);
    const { stored } = store;
    // The renewal that the stop cut short, as the server has it.
    store.write(stored!.record, stored!.version, new AbortController().signal).catch(() => null);
    a.stop.abort();
    await clock.advance(100);
    expect(store.stored?.record.holder).to.equal("");
  });

  it("gives up at once when another holder stands in the record", async () => {
    const a = candidate("a");
    await clock.advance(2_000);
    const { record } = store.stored!;
    store.stored = { record: { ...record, holder: "b", transitions: 2 }, version: "stolen" };
    await clock.advance(1_000);
    expect(a.events).to.deep.equal(["won 1", "lost 1"]);
  });

  it("writes over an edit that left it the holder", async () => {
    const a = candidate("a");
    await clock.advance(2_000);
    store.stored = { ...store.stored!, version: "annotated" };
    await clock.advance(10_000);
    expect(a.events).to.deep.equal(["won 1"]);
  });

  it("never has two current terms, whatever calls fail, hang or come late (300 seeds)", async () => {
    for (let seed = 1; seed <= 300; seed += 1) {
      const random = new SeededRandom(seed);
      clock = new VirtualClock({ random });
      store = new MemoryLeaseStore();
      candidates = [];
      for (const name of ["a", "b", "c"]) {
        candidate(name).link.intercept = async () => {
          const chance = random.next();
          if (chance < 0.1) unreachable();
          if (chance < 0.3) {
            await new Promise<void>((resolve) => void clock.after(random.next() * 7_000, resolve));
          }
        };
      }
      for (let step = 0; step < 120; step += 1) {
        await clock.advance(500);
        expect(leading(), `seed ${seed}`).to.have.length.at.most(1);
      }
      const numbers = candidates.flatMap(({ wonTerms }) => wonTerms);
      expect(new Set(numbers).size, `seed ${seed}: a number was used twice`).to.equal(
        numbers.length,
      );
      for (const { stop } of candidates) stop.abort();
    }
  }).timeout(60_000);
});
