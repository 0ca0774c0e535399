import { expect } from "chai";
import type { SchedulerEvent } from "../../../../src/api/mesos/scheduler-event.ts";
import {
  makeOffer,
  offersEvent,
  subscribedEvent,
  updateEvent,
} from "../../../support/frameworks/offers.ts";
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

describe("YARN (MES-23)", () => {
  const flex = [
    { afterMs: 0, count: 1 },
    { afterMs: 10_000, count: 3 },
    { afterMs: 20_000, count: 1 },
  ];
  const three = offersEvent(makeOffer(1), makeOffer(2), makeOffer(3));

  it("starts its node managers after the resource manager, one per agent", () => {
    const play = new PatternPlay("yarn", { instances: flex }).subscribe().tell(three);
    expect(play.live()).to.deep.equal(["resource-manager@S1"]);
    expect(play.types()).to.include("SUPPRESS");
    expect(play.all("resource-manager", "TASK_RUNNING").types()).to.deep.equal(["REVIVE"]);
    expect(play.tell(three).live()).to.deep.equal(["resource-manager@S1", "node-manager@S1"]);
  });

  it("grows and shrinks with its queue (flex up, flex down)", () => {
    const play = new PatternPlay("yarn", { instances: flex }).subscribe().tell(three);
    play.all("resource-manager", "TASK_RUNNING").tell(three).all("node-manager", "TASK_RUNNING");
    expect(play.wakeAtMs()).to.equal(10_000);
    expect(play.advance(10_000).types()).to.deep.equal(["REVIVE"]);
    play.tell(three).all("node-manager", "TASK_RUNNING");
    expect(play.tasks("node-manager").map(({ agentId }) => agentId)).to.deep.equal([
      "S1",
      "S2",
      "S3",
    ]);
    play.advance(10_000);
    expect(play.types()).to.deep.equal(["KILL", "KILL"]);
    const killed = play.calls.map(({ kill }) => kill?.agent_id?.value);
    expect(killed).to.deep.equal(["S2", "S3"]);
    // The end of what it killed is no failure.
    for (const { id, isKillSent } of play.tasks("node-manager")) {
      if (isKillSent) play.tell(updateEvent(id, "TASK_KILLED"));
    }
    expect(play.state.failures.size).to.equal(0);
    expect(play.tasks("node-manager")).to.have.length(1);
  });
});

describe("Storm (MES-25)", () => {
  it("holds a port and the resources of a worker for each slot, beside a supervisor", () => {
    const play = new PatternPlay("storm", { instances: at0(3) }).subscribe();
    play.tell(offersEvent(makeOffer(1, "cpus:2.5;mem:9999;ports:[31000-31009]"), makeOffer(2)));
    expect(play.live()).to.deep.equal([
      "supervisor@S1",
      "worker@S1",
      "worker@S1",
      "supervisor@S2",
      "worker@S2",
    ]);
    expect(play.tasks("worker").map(({ ports }) => ports)).to.deep.equal([
      [31000],
      [31001],
      [31000],
    ]);
  });

  it("uses no agent without a free port", () => {
    const play = new PatternPlay("storm")
      .subscribe()
      .tell(offersEvent(makeOffer(1, "cpus:9;mem:9999")));
    expect(play.types()).to.deep.equal(["DECLINE"]);
  });

  it("ends a supervisor with the last worker beside it", () => {
    const instances = [...at0(2), { afterMs: 1000, count: 1 }];
    const play = new PatternPlay("storm", { instances }).subscribe();
    const small = "cpus:1.5;mem:9999;ports:[31000-31009]";
    play.tell(offersEvent(makeOffer(1, small), makeOffer(2, small)));
    play.all("worker", "TASK_RUNNING").all("supervisor", "TASK_RUNNING").advance(1000);
    expect(play.calls.map(({ kill }) => kill?.agent_id?.value)).to.deep.equal(["S2", "S2"]);
  });
});

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

describe("Flink (MES-27)", () => {
  it("starts a job manager, then task managers, and replaces one that fails", () => {
    const play = new PatternPlay("flink", { instances: at0(2) }).subscribe();
    expect(play.tell(offersEvent(makeOffer(1))).live()).to.deep.equal(["job-manager@S1"]);
    play.all("job-manager", "TASK_RUNNING").tell(offersEvent(makeOffer(1)));
    expect(play.tasks("task-manager")).to.have.length(2);
    play.all("task-manager", "TASK_RUNNING");
    play.tell(updateEvent(play.tasks("task-manager")[0]?.id ?? "", "TASK_FAILED"));
    play.advance(1000).tell(offersEvent(makeOffer(2)));
    expect(play.tasks("task-manager").map(({ index }) => index)).to.deep.equal([1, 0]);
  });

  it("keeps the job manager when the job is over", () => {
    const play = new PatternPlay("flink", { instances: [...at0(1), { afterMs: 500, count: 0 }] });
    play
      .subscribe()
      .tell(offersEvent(makeOffer(1)))
      .all("job-manager", "TASK_RUNNING");
    play
      .tell(offersEvent(makeOffer(1)))
      .all("task-manager", "TASK_RUNNING")
      .advance(500);
    expect(play.types()).to.deep.equal(["KILL"]);
    expect(play.all("task-manager", "TASK_KILLED").live()).to.deep.equal(["job-manager@S1"]);
  });
});

describe("a Kubernetes control plane as tasks (MES-22)", () => {
  it("tells the API server where etcd runs", () => {
    const play = new PatternPlay("kubernetes", { binDir: "/opt/bin/" }).subscribe();
    play.tell(offersEvent(makeOffer(1)));
    expect(play.launched()[0]?.command?.value).to.match(
      /^exec \/opt\/bin\/etcd .*--listen-client-urls=http:\/\/10\.0\.0\.1:31000 /,
    );
    play.all("etcd", "TASK_RUNNING").tell(offersEvent(makeOffer(2)));
    const command = play.launched()[0]?.command?.value;
    expect(command).to.contain(
      "exec /opt/bin/kube-apiserver --etcd-servers=http://10.0.0.1:31000 ",
    );
    expect(command).to.contain("--secure-port=31000");
    expect(command).to.not.contain("{{");
  });

  it("waits, after a restart, until it knows the address of etcd's agent", () => {
    const play = new PatternPlay("kubernetes");
    play.subscribe(updateEvent("etcd-0.c200.p31007-31008.old-1", "TASK_RUNNING"));
    expect(play.tell(offersEvent(makeOffer(2))).operations()).to.deep.equal([]);
    expect(play.tell(offersEvent(makeOffer(1))).operations()).to.deep.equal(["LAUNCH"]);
    expect(play.launched()[0]?.command?.value).to.contain("--etcd-servers=http://10.0.0.1:31007");
  });
});

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
    const play = new PatternPlay("flink", { instances: [...at0(1), { afterMs: 500, count: 0 }] });
    play
      .subscribe()
      .tell(offersEvent(makeOffer(1)))
      .all("job-manager", "TASK_RUNNING");
    play
      .tell(offersEvent(makeOffer(1)))
      .all("task-manager", "TASK_RUNNING")
      .advance(500);
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
