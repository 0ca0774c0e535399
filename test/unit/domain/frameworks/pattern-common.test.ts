import { expect } from "chai";
import {
  makeOffer,
  offersEvent,
  subscribedEvent,
  updateEvent,
} from "../../../support/frameworks/offers.ts";
import { PatternPlay, runningFlink } from "../../../support/frameworks/pattern-play.ts";

const at0 = (count: number) => [{ afterMs: 0, count }];

describe("every pattern", () => {
  it("launches nothing before it was told of all its tasks (HA-02)", () => {
    const play = new PatternPlay("flink").tell(subscribedEvent);
    const asked = play.calls.map(({ reconcile }) =>
      reconcile?.tasks?.map((it) => it.task_id.value),
    );
    expect(asked).to.deep.equal([[], ["reconciliation-probe.inc"]]);
    expect(play.tell(offersEvent(makeOffer(1))).types()).to.deep.equal(["DECLINE"]);
    expect(play.calls[0]?.decline?.filters?.refuse_seconds).to.equal(1);
    // A master that still waits for agents says nothing: it is asked again.
    expect(play.tell({ type: "HEARTBEAT" }).types()).to.deep.equal(["RECONCILE"]);
  });

  it("takes over, after a restart, what an earlier process launched", () => {
    const play = new PatternPlay("flink", { instances: at0(1) });
    play.subscribe(
      updateEvent("job-manager-0.c1000.p31000-31001-31002.old-0", "TASK_RUNNING"),
      updateEvent("task-manager-0.c2000.p31003-31004.old-1", "TASK_RUNNING"),
    );
    expect(play.tell(offersEvent(makeOffer(2))).operations()).to.deep.equal([]);
    expect(play.live()).to.deep.equal(["job-manager@S1", "task-manager@S1"]);
  });

  it("asks by name about tasks the master did not mention, and makes up for those that are gone", () => {
    const play = new PatternPlay("spark-coarse").subscribe().tell(offersEvent(makeOffer(1)));
    const [executor] = play.tasks("executor");
    play.subscribe();
    const asked = play.calls.map(({ reconcile }) =>
      reconcile?.tasks?.map((it) => it.task_id.value),
    );
    expect(asked[0]).to.deep.equal([executor?.id]);
    play.tell(updateEvent(executor?.id ?? "", "TASK_GONE")).advance(1000);
    expect(play.tell(offersEvent(makeOffer(2))).operations()).to.deep.equal(["LAUNCH"]);
  });

  it("kills again, after a new subscription, what it no longer wants", () => {
    const instances = [...at0(1), { afterMs: 500, count: 0 }];
    const play = runningFlink({ instances }).advance(500);
    play.subscribe();
    expect(play.types()).to.include("KILL");
  });

  it("leaves tasks of another making alone", () => {
    const play = new PatternPlay("flink").subscribe(updateEvent("marathon_app.1", "TASK_RUNNING"));
    expect(play.types()).to.not.include("KILL");
  });

  it("acknowledges every update that asks for it", () => {
    const play = new PatternPlay("flink").subscribe();
    play.tell(updateEvent("marathon_app.1", "TASK_RUNNING", { uuid: "dQ==" }));
    expect(play.types()).to.deep.equal(["ACKNOWLEDGE"]);
  });

  it("ends when the master refuses it", () => {
    const play = new PatternPlay("flink").tell({ type: "ERROR", error: { message: "no" } });
    expect(play.state.end).to.deep.equal({ kind: "refused", reason: "no" });
  });
});
