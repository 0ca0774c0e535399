import { expect } from "chai";
import type { SchedulerEvent } from "../../../../src/api/mesos/scheduler-event.ts";
import { makeOffer, offersEvent, updateEvent } from "../../../support/frameworks/offers.ts";
import { PatternPlay } from "../../../support/frameworks/pattern-play.ts";

const at0 = (count: number) => [{ afterMs: 0, count }];

describe("Cassandra (MES-26)", () => {
  const home = (play: PatternPlay, ...events: readonly SchedulerEvent[]) =>
    play.tell(...events).operations();

  it("reserves, makes a volume and launches in one ACCEPT, one node per agent, one after the other", () => {
    const play = new PatternPlay("cassandra", { principal: "p" }).subscribe();
    expect(home(play, offersEvent(makeOffer(1), makeOffer(2)))).to.deep.equal([
      "RESERVE",
      "CREATE",
      "LAUNCH",
    ]);
    expect(play.live()).to.deep.equal(["node@S1"]);
    const [reserve, create] = play.calls[0]?.accept?.operations ?? [];
    const reservations = [
      {
        role: "r",
        type: "DYNAMIC",
        principal: "p",
        labels: { labels: [{ key: "orchestrator.io/home", value: "cassandra.node-0" }] },
      },
    ];
    expect(reserve?.reserve?.resources?.map(({ name }) => name)).to.deep.equal([
      "cpus",
      "mem",
      "disk",
      "ports",
    ]);
    for (const resource of reserve?.reserve?.resources ?? []) {
      expect(resource.reservations).to.deep.equal(reservations);
    }
    expect(create?.create?.volumes).to.deep.equal([
      {
        name: "disk",
        type: "SCALAR",
        scalar: { value: 1024 },
        reservations,
        disk: {
          persistence: { id: "cassandra.node-0", principal: "p" },
          volume: { container_path: "data", mode: "RW" },
        },
      },
    ]);
    play.all("node", "TASK_RUNNING").tell(offersEvent(makeOffer(1), makeOffer(2)));
    expect(play.live()).to.deep.equal(["node@S1", "node@S2"]);
  });

  /** What node 0 of `play` reserved, as it is offered again. */
  function reservedOffer(play: PatternPlay, n: number, isVolumeMade = true) {
    const operations = play.calls[0]?.accept?.operations ?? [];
    const reserved = operations[0]?.reserve?.resources ?? [];
    const volumes = operations[1]?.create?.volumes ?? [];
    const resources = isVolumeMade
      ? [...reserved.filter(({ name }) => name !== "disk"), ...volumes]
      : reserved;
    return makeOffer(n, undefined, { resources });
  }

  it("starts a node again nowhere but at home, with its reservation, volume and ports", () => {
    const play = new PatternPlay("cassandra", { instances: at0(1) }).subscribe();
    play.tell(offersEvent(makeOffer(1)));
    const offer = reservedOffer(play, 1);
    const ports = play.tasks("node")[0]?.ports;
    play.all("node", "TASK_RUNNING").all("node", "TASK_FAILED").advance(1000);
    expect(home(play, offersEvent(makeOffer(2), makeOffer(1)))).to.deep.equal([]);
    expect(home(play, offersEvent(offer))).to.deep.equal(["LAUNCH"]);
    expect(play.tasks("node")[0]?.ports).to.deep.equal(ports);
    expect(play.launched()[0]?.resources?.some(({ disk }) => disk?.persistence)).to.equal(true);
  });

  it("finds its homes again after a restart without a record, and makes good what is missing there", () => {
    const before = new PatternPlay("cassandra").subscribe().tell(offersEvent(makeOffer(1)));
    const offer = reservedOffer(before, 1, false);
    const play = new PatternPlay("cassandra", { instances: at0(1) }, "notKept").subscribe();
    expect(home(play, offersEvent(makeOffer(2)))).to.deep.equal([]);
    expect(play.calls[0]?.decline?.filters?.refuse_seconds).to.equal(1);
    expect(home(play, offersEvent(offer))).to.deep.equal(["CREATE", "LAUNCH"]);
  });

  it("gives its homes back as they are offered, and ends when none is left (uninstall)", () => {
    const before = new PatternPlay("cassandra").subscribe().tell(offersEvent(makeOffer(1)));
    const offer = reservedOffer(before, 1);
    const play = new PatternPlay("cassandra", { isUninstall: true }, "notKept");
    play.subscribe(updateEvent("node-0.c1000.p31000-31001-31002.old-0", "TASK_RUNNING"));
    expect(play.types()).to.deep.equal(["KILL", "REVIVE"]);
    play.all("node", "TASK_KILLED").tell(offersEvent(makeOffer(2), offer));
    expect(play.operations()).to.deep.equal(["DESTROY", "UNRESERVE"]);
    const [destroy, unreserve] = play.calls[0]?.accept?.operations ?? [];
    expect(destroy?.destroy?.volumes?.[0]?.disk?.persistence?.id).to.equal("cassandra.node-0");
    const freed = unreserve?.unreserve?.resources ?? [];
    expect(freed.map(({ name, disk }) => [name, disk])).to.have.deep.members([
      ["cpus", undefined],
      ["mem", undefined],
      ["ports", undefined],
      ["disk", undefined],
    ]);
    expect(play.state.end).to.equal(undefined);
    expect(play.wakeAtMs()).to.equal(10_000);
    expect(play.advance(10_000).state.end).to.deep.equal({ kind: "done" });
  });

  it("waits for a node whose agent is unreachable", () => {
    const play = new PatternPlay("cassandra", { instances: at0(1) }).subscribe();
    play
      .tell(offersEvent(makeOffer(1)))
      .all("node", "TASK_RUNNING")
      .all("node", "TASK_UNREACHABLE");
    expect(home(play, offersEvent(makeOffer(2)))).to.deep.equal([]);
  });

  it("says clearly when the cluster cannot do it, and ends", () => {
    const play = new PatternPlay("cassandra").subscribe();
    for (let attempt = 0; attempt < 3; attempt += 1) {
      play.tell(offersEvent(makeOffer(1)));
      play.all("node", "TASK_ERROR", { message: "more than available" }).advance(60_000);
    }
    expect(play.state.end).to.deep.equal({
      kind: "failed",
      reason: "the cluster does not launch node: more than available",
    });
  });
});
