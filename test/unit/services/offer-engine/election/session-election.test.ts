import { expect } from "chai";
import { MEMBER_PREFIX } from "../../../../../src/domain/mesos/election/member.ts";
import { encodeMasterInfo } from "../../../../../src/domain/mesos/election/master-info-data.ts";
import { SessionElection } from "../../../../../src/services/offer-engine/election/session-election.ts";
import { MASTER_SESSION } from "../../../../../src/services/offer-engine/election/session-timing.ts";
import { masterInfoOf } from "../../../../../src/services/offer-engine/serve/master-info.ts";
import { Candidate, leadingOf } from "../../../../support/election/candidate.ts";
import { FakeElection, FakeLink } from "../../../../support/election/fake-election.ts";
import { RecordingLogger } from "../../../../support/recording-logger.ts";
import { RecordingMeter } from "../../../../support/recording-meter.ts";
import { SeededRandom } from "../../../../support/seeded-random.ts";
import { VirtualClock } from "../../../../support/virtual-clock.ts";

interface SessionCandidate extends Candidate<SessionElection> {
  readonly link: FakeLink;
}

const infoOf = (name: string) =>
  masterInfoOf(`id-of-${name}`, { hostname: name, ip: "10.0.0.1", port: 5050 }, "1.11.0");

describe("SessionElection (MES-02, HA-01)", () => {
  let clock: VirtualClock;
  let world: FakeElection;
  let meter: RecordingMeter;
  let candidates: SessionCandidate[];

  beforeEach(() => {
    clock = new VirtualClock();
    world = new FakeElection(clock);
    meter = new RecordingMeter();
    candidates = [];
  });
  afterEach(async () => {
    for (const { stop } of candidates) stop.abort();
    await clock.advance(20_000);
  });

  async function candidate(name: string, contends = true): Promise<SessionCandidate> {
    const link = new FakeLink();
    const election = new SessionElection({
      name,
      store: world.seenBy(link),
      info: infoOf(name),
      timing: MASTER_SESSION,
      contends,
      clock,
      logger: new RecordingLogger(),
      meter,
    });
    const made = Object.assign(new Candidate(name, election), { link });
    candidates.push(made);
    await clock.advance(0);
    return made;
  }
  const leading = (): string[] => leadingOf(candidates);
  const crash = ({ link }: SessionCandidate): void => void (link.isCut = true);

  it("elects who joined first, holds while the quorum confirms, and tells the others where the leader is", async () => {
    const a = await candidate("a");
    const b = await candidate("b");
    await clock.advance(60_000);
    expect(a.events).to.deep.equal(["won 0"]);
    expect(b.events).to.deep.equal([]);
    expect(b.election.leader()).to.equal("a:5050_id-of-a");
    expect(meter.value("leader_election_master_status", { name: "a" })).to.equal(1);
    expect(meter.value("leader_election_master_status", { name: "b" })).to.equal(0);
  });

  it("hands over at once when the leader stops gracefully", async () => {
    const a = await candidate("a");
    const b = await candidate("b");
    await clock.advance(3_000);
    a.stop.abort();
    await clock.advance(100);
    expect(a.events).to.deep.equal(["won 0", "released 0"]);
    expect(b.events).to.deep.equal(["won 1"]);
    expect(a.term?.isCurrent()).to.equal(false);
    expect(a.term?.signal.aborted, "a released term aborts nothing").to.equal(false);
    await a.running;
  });

  it("F1: takes over from a crashed leader within its session", async () => {
    const a = await candidate("a");
    const b = await candidate("b");
    await clock.advance(5_000);
    crash(a);
    await clock.advance(6_100);
    expect(b.events).to.deep.equal(["won 1"]);
  });

  it("ends the term half a session after the last confirmation, before another may win", async () => {
    const a = await candidate("a");
    const b = await candidate("b");
    await clock.advance(5_000);
    const cutAtMs = clock.monotonicMs();
    a.link.isCut = true;
    await clock.advanceUntil(() => a.events.includes("lost 0"), 10_000);
    expect(clock.monotonicMs() - cutAtMs).to.be.at.most(3_000);
    expect(a.term?.signal.reason).to.have.property("code", "LEADER_TERM_EXPIRED");
    expect(b.events).to.deep.equal([]);
    await clock.advanceUntil(() => b.events.includes("won 1"), 10_000);
  });

  it("contends anew, behind the others, after it lost its session", async () => {
    const a = await candidate("a");
    const b = await candidate("b");
    await clock.advance(5_000);
    a.link.isCut = true;
    await clock.advance(10_000);
    a.link.isCut = false;
    await clock.advance(20_000);
    expect(leading()).to.deep.equal(["b"]);
    b.stop.abort();
    await clock.advance(5_000);
    expect(leading()).to.deep.equal(["a"]);
  });

  it("stops leading when somebody removes its member, and joins again", async () => {
    const a = await candidate("a");
    await clock.advance(1_000);
    world.remove([...world.children.keys()][0]!);
    await clock.advance(1_100);
    expect(a.events).to.deep.equal(["won 0", "lost 0"]);
    await clock.advance(2_000);
    expect(a.events).to.deep.equal(["won 0", "lost 0", "won 1"]);
  });

  it("gives way to a lower number, as every detector does", async () => {
    const a = await candidate("a");
    world.add("x_", new Uint8Array());
    const b = await candidate("b");
    a.stop.abort();
    await clock.advance(1_000);
    expect(b.events).to.deep.equal(["won 2"]);
    world.put("info_0000000001", new Uint8Array());
    await clock.advance(100);
    expect(b.events).to.deep.equal(["won 2", "lost 2"]);
    expect(b.election.leader(), "its data cannot be read").to.equal("");
  });

  it("ignores the replicated log, label-less nodes and others' nodes", async () => {
    for (const name of ["log_replicas", "0000000000", "config"]) world.put(name, new Uint8Array());
    const a = await candidate("a");
    await clock.advance(100);
    expect(a.events).to.deep.equal(["won 0"]);
  });

  it("names a leader of other software by its member's data", async () => {
    world.add(MEMBER_PREFIX, encodeMasterInfo(infoOf("upstream")));
    const a = await candidate("a");
    expect(a.election.leader()).to.equal("upstream:5050_id-of-upstream");
    expect(a.events).to.deep.equal([]);
  });

  it("does not wait for its own lost member when the answer to joining was lost", async () => {
    const faults: ("after" | undefined)[] = [undefined, "after"];
    const link = new FakeLink();
    link.fault = () => faults.shift();
    const seen = world.seenBy(link);
    world.seenBy = () => seen;
    const a = await candidate("a");
    await clock.advance(10_000);
    expect(world.children.size).to.equal(1);
    expect(leading()).to.deep.equal(["a"]);
    expect(a.events).to.have.length(1);
  });

  it("has no current term after its machine was suspended, although no timer fired", async () => {
    const a = await candidate("a");
    await clock.advance(2_000);
    clock.jumpWall(3_500);
    expect(a.term?.isCurrent()).to.equal(false);
  });

  it("only looks while it does not contend, and leaves when it must not any more", async () => {
    const a = await candidate("a", false);
    const b = await candidate("b");
    await clock.advance(5_000);
    expect(a.election.leader()).to.equal("b:5050_id-of-b");
    expect([...world.children.keys()]).to.have.length(1);
    a.election.setContending(true);
    await clock.advance(100);
    expect([...world.children.keys()]).to.have.length(2);
    b.stop.abort();
    await clock.advance(100);
    expect(leading()).to.deep.equal(["a"]);
    a.election.setContending(false);
    await clock.advance(100);
    expect(a.events).to.deep.equal(["won 1", "lost 1"]);
    expect(world.children.size).to.equal(0);
  });

  it("HA-12: never has two current terms, whatever links break, hang or come late (300 seeds)", async () => {
    for (let seed = 1; seed <= 300; seed += 1) {
      const random = new SeededRandom(seed);
      clock = new VirtualClock({ random });
      world = new FakeElection(clock);
      candidates = [];
      for (const name of ["a", "b", "c"]) {
        const { link } = await candidate(name);
        link.fault = () => {
          const chance = random.next();
          if (chance > 0.1) return undefined;
          return chance < 0.05 ? "before" : "after";
        };
      }
      for (let step = 0; step < 120; step += 1) {
        for (const { link } of candidates) {
          if (random.next() < 0.05) link.isCut = !link.isCut;
          if (random.next() < 0.1) link.delayMs = random.next() * 4_000;
        }
        await clock.advance(500);
        expect(leading(), `seed ${seed}`).to.have.length.at.most(1);
      }
      const numbers = candidates.flatMap(({ wonTerms }) => wonTerms);
      expect(new Set(numbers).size, `seed ${seed}: a number was used twice`).to.equal(
        numbers.length,
      );
      for (const { link } of candidates) {
        link.isCut = false;
        link.delayMs = 0;
        link.fault = () => undefined;
      }
      await clock.advance(20_000);
      expect(leading(), `seed ${seed}: one leads after healing`).to.have.length(1);
      for (const { stop } of candidates) stop.abort();
      await clock.advance(0);
    }
  }).timeout(60_000);
});
