import { expect } from "chai";
import { makeOffer, offersEvent, updateEvent } from "../../../support/frameworks/offers.ts";
import { PatternPlay, runningFlink } from "../../../support/frameworks/pattern-play.ts";

const at0 = (count: number) => [{ afterMs: 0, count }];

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
    const instances = [...at0(1), { afterMs: 500, count: 0 }];
    const play = runningFlink({ instances }).advance(500);
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
