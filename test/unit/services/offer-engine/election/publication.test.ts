import { expect } from "chai";
import type { MasterInfo } from "../../../../../src/api/mesos/master-info.ts";
import {
  decodeMasterInfo,
  encodeMasterInfo,
} from "../../../../../src/domain/mesos/election/master-info-data.ts";
import { MEMBER_PREFIX } from "../../../../../src/domain/mesos/election/member.ts";
import { HeldTerm } from "../../../../../src/runtime/leader/held-term.ts";
import { Publication } from "../../../../../src/services/offer-engine/election/publication.ts";
import { MASTER_SESSION } from "../../../../../src/services/offer-engine/election/session-timing.ts";
import { masterInfoOf } from "../../../../../src/services/offer-engine/serve/master-info.ts";
import { FakeElection, FakeLink } from "../../../../support/election/fake-election.ts";
import { RecordingLogger } from "../../../../support/recording-logger.ts";
import { VirtualClock } from "../../../../support/virtual-clock.ts";

const infoOf = (id: string): MasterInfo =>
  masterInfoOf(id, { hostname: id, ip: "10.0.0.1", port: 5050 }, "1.11.0");

describe("Publication (MES-02)", () => {
  let clock: VirtualClock;
  let world: FakeElection;
  let stops: AbortController[];

  beforeEach(() => {
    clock = new VirtualClock();
    world = new FakeElection(clock);
    stops = [];
  });
  afterEach(async () => {
    for (const stop of stops) stop.abort();
    await clock.advance(20_000);
  });

  interface Leader {
    readonly link: FakeLink;
    readonly publication: Publication;
    readonly term: HeldTerm;
    readonly stop: AbortController;
    readonly logger: RecordingLogger;
    place: string | undefined;
  }
  /** A master that leads by an election elsewhere, for as long as the test keeps its term. */
  function lead(worlds: Readonly<Record<string, FakeElection>> = { zk: world }): Leader {
    const link = new FakeLink();
    const stop = new AbortController();
    const logger = new RecordingLogger();
    const term = new HeldTerm(1, clock, 3_600_000, () => undefined);
    term.renewed(clock.monotonicMs(), clock.nowMs());
    const targets = new Map(
      Object.entries(worlds).map(([address, at]) => [address, { address, store: at.seenBy(link) }]),
    );
    const leader: Leader = {
      link,
      stop,
      logger,
      term,
      place: "zk",
      publication: new Publication({
        target: () => targets.get(leader.place ?? ""),
        timing: MASTER_SESSION,
        clock,
        logger,
      }),
    };
    void leader.publication.run(term, stop.signal);
    stops.push(stop);
    return leader;
  }
  const shown = (at: FakeElection = world): (string | undefined)[] =>
    [...at.children.values()].map(({ data }) => decodeMasterInfo("json", data)?.id);

  it("shows nobody before the term is raised in the Registry", async () => {
    const leader = lead();
    await clock.advance(5_000);
    expect(shown()).to.deep.equal([]);
    leader.publication.announce({ info: infoOf("a"), earlierMasterIds: [] });
    await clock.advance(100);
    expect(shown()).to.deep.equal(["a"]);
  });

  it("takes the znode away as soon as the master stops gracefully", async () => {
    const leader = lead();
    leader.publication.announce({ info: infoOf("a"), earlierMasterIds: [] });
    await clock.advance(3_000);
    leader.stop.abort();
    await clock.advance(100);
    expect(shown()).to.deep.equal([]);
  });

  it("removes what masters of its cluster left, at no time beside its own, and nothing of others", async () => {
    world.add(MEMBER_PREFIX, encodeMasterInfo(infoOf("before")));
    world.add(MEMBER_PREFIX, encodeMasterInfo(infoOf("long-before")));
    world.add("info_", new Uint8Array());
    world.put("log_replicas", new Uint8Array());
    const leader = lead();
    const seen: string[] = [];
    const look = (): void => {
      seen.push(
        shown()
          .filter((id) => id !== undefined)
          .join("+"),
      );
      world.watch(look);
    };
    look();
    leader.publication.announce({
      info: infoOf("a"),
      earlierMasterIds: ["before", "long-before"],
    });
    await clock.advance(500);
    expect(seen).to.deep.equal(["before+long-before", "long-before", "", "a"]);
    expect([...world.children.keys()]).to.include.members(["info_0000000002", "log_replicas"]);
    expect(leader.logger.lines.map(({ message }) => message)).to.include(
      "Detectors take another cluster's master for the leader.",
    );
  });

  it("is not shown any more when its term is lost while it cannot tell, and the next leader clears up", async () => {
    const a = lead();
    a.publication.announce({ info: infoOf("a"), earlierMasterIds: [] });
    await clock.advance(1_000);
    // Its session lives on: the process hangs with its Lease lost.
    a.term.release();
    const b = lead();
    b.publication.announce({ info: infoOf("b"), earlierMasterIds: ["a"] });
    await clock.advance(500);
    expect(shown()).to.deep.equal(["b"]);
    await clock.advance(10_000);
    expect(shown(), "a does not publish without its term").to.deep.equal(["b"]);
  });

  it("publishes again after its session was lost, and once when somebody removed its znode", async () => {
    const leader = lead();
    leader.publication.announce({ info: infoOf("a"), earlierMasterIds: [] });
    await clock.advance(1_000);
    leader.link.isCut = true;
    await clock.advance(20_000);
    expect(shown()).to.deep.equal([]);
    leader.link.isCut = false;
    await clock.advance(10_000);
    expect(shown()).to.deep.equal(["a"]);
    world.remove([...world.children.keys()][0]!);
    await clock.advance(100);
    expect(shown()).to.deep.equal(["a"]);
  });

  it("never leaves two znodes when the answer to publishing was lost", async () => {
    const leader = lead();
    const faults = [undefined, "after"] as const;
    let call = 0;
    leader.link.fault = () => faults[call++];
    leader.publication.announce({ info: infoOf("a"), earlierMasterIds: [] });
    await clock.advance(10_000);
    expect(shown()).to.deep.equal(["a"]);
  });

  it("follows the place that the configuration names, live", async () => {
    const other = new FakeElection(clock);
    const leader = lead({ zk: world, other });
    leader.publication.announce({ info: infoOf("a"), earlierMasterIds: [] });
    await clock.advance(1_000);
    leader.place = "other";
    await clock.advance(6_000);
    expect([shown(), shown(other)]).to.deep.equal([[], ["a"]]);
    leader.place = undefined;
    await clock.advance(6_000);
    expect([shown(), shown(other)]).to.deep.equal([[], []]);
  });
});
