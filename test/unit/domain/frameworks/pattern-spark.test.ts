import { expect } from "chai";
import { makeOffer, offersEvent, updateEvent } from "../../../support/frameworks/offers.ts";
import { amountsOf, PatternPlay } from "../../../support/frameworks/pattern-play.ts";

const at0 = (count: number) => [{ afterMs: 0, count }];

describe("Spark, coarse-grained (MES-24)", () => {
  it("takes every core it is offered until it has its maximum, one executor per agent", () => {
    const play = new PatternPlay("spark-coarse", { instances: at0(10) }).subscribe();
    play.tell(offersEvent(makeOffer(1), makeOffer(2, "cpus:3.5;mem:2048"), makeOffer(3)));
    expect(play.launched().map((task) => amountsOf(task))).to.deep.equal([
      { cpus: 8, mem: 1408 },
      { cpus: 2, mem: 1408 },
    ]);
    expect(play.live()).to.deep.equal(["executor@S1", "executor@S2"]);
    expect(play.types()).to.deep.equal(["ACCEPT", "ACCEPT", "DECLINE", "SUPPRESS"]);
    expect(play.calls[2]?.decline?.filters?.refuse_seconds).to.equal(120);
  });

  it("needs the memory of an executor, however many cores there are", () => {
    const play = new PatternPlay("spark-coarse").subscribe();
    play.tell(offersEvent(makeOffer(1, "cpus:8;mem:1407")));
    expect(play.types()).to.deep.equal(["DECLINE"]);
  });

  it("holds them, whatever else is offered", () => {
    const play = new PatternPlay("spark-coarse", { instances: at0(8) }).subscribe();
    play.tell(offersEvent(makeOffer(1))).all("executor", "TASK_RUNNING");
    play.tell(offersEvent(makeOffer(2)));
    expect(play.types()).to.deep.equal(["DECLINE"]);
    expect(play.advance(3_600_000).calls).to.deep.equal([]);
  });

  it("leaves an agent alone where two executors failed", () => {
    const play = new PatternPlay("spark-coarse").subscribe();
    for (let round = 0; round < 2; round += 1) {
      play
        .tell(offersEvent(makeOffer(1)))
        .all("executor", "TASK_FAILED")
        .advance(60_000);
    }
    expect(play.tell(offersEvent(makeOffer(1))).types()).to.deep.equal(["DECLINE"]);
    expect(play.tell(offersEvent(makeOffer(2))).operations()).to.deep.equal(["LAUNCH"]);
  });

  it("gives all of it back at once when the application ends", () => {
    const play = new PatternPlay("spark-coarse", { endsAfterMs: 5000 }).subscribe();
    expect(play.wakeAtMs()).to.equal(5000);
    expect(play.advance(5000).state.end).to.deep.equal({ kind: "done" });
  });
});

describe("Spark, fine-grained (MES-24)", () => {
  it("runs one task per slot beside one executor per agent", () => {
    const play = new PatternPlay("spark-fine", { tasks: 5 }).subscribe();
    play.tell(offersEvent(makeOffer(1, "cpus:4;mem:4096")));
    expect(play.live()).to.deep.equal(["executor@S1", "task@S1", "task@S1", "task@S1"]);
    expect(amountsOf(play.launched()[0])).to.deep.equal({ cpus: 1, mem: 1408 });
    play.tell(offersEvent(makeOffer(1, "cpus:1;mem:64")));
    expect(play.launched().map(({ name }) => name)).to.deep.equal(["task"]);
  });

  it("gives each slot back with its task, keeps the executor, and ends with the last task", () => {
    const play = new PatternPlay("spark-fine", { tasks: 2 }).subscribe();
    play.tell(offersEvent(makeOffer(1))).all("executor", "TASK_RUNNING");
    const [first] = play.tasks("task");
    play.tell(updateEvent(first?.id ?? "", "TASK_FINISHED"));
    expect(play.live()).to.deep.equal(["executor@S1", "task@S1"]);
    expect(play.all("task", "TASK_FINISHED").state.end).to.deep.equal({ kind: "done" });
  });

  it("runs a failed task again, after a pause", () => {
    const play = new PatternPlay("spark-fine", { tasks: 1 }).subscribe();
    play.tell(offersEvent(makeOffer(1))).all("executor", "TASK_RUNNING");
    play.all("task", "TASK_FAILED");
    expect(play.tell(offersEvent(makeOffer(1))).types()).to.deep.equal(["DECLINE"]);
    expect(play.wakeAtMs()).to.equal(1000);
    play.advance(1000).tell(offersEvent(makeOffer(1)));
    expect(play.launched().map(({ name }) => name)).to.deep.equal(["task"]);
  });

  it("as in Spark itself, brings the executor with each task, and its resources with the first", () => {
    const play = new PatternPlay("spark-fine", { tasks: 9, executors: "custom" }).subscribe();
    play.tell(offersEvent(makeOffer(1, "cpus:3;mem:1408")));
    const tasks = play.launched();
    expect(tasks.map(({ executor }) => executor?.executor_id.value)).to.deep.equal([
      "executor",
      "executor",
    ]);
    expect(tasks[0]).to.not.have.property("command");
    const known = { executor_ids: [{ value: "executor" }] };
    play.tell(offersEvent(makeOffer(1, "cpus:1;mem:1", known)));
    expect(play.launched()).to.have.length(1);
  });
});
