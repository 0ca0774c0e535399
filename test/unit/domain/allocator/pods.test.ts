import { expect } from "chai";
import { asId, type AgentId, type FrameworkId, type KubeUid } from "../../../../src/api/ids/ids.ts";
import { formatResources } from "../../../../src/domain/resources/format-resources.ts";
import { makePod, Scene } from "../../../support/allocator/scene.ts";

function waitingPods(scene: Scene, count: number, role: string, request: string): string[] {
  return Array.from({ length: count }, (_, i) => `pod-${i}`).flatMap((uid) =>
    scene.pod(uid, role, request),
  );
}

describe("Allocator: waiting pods and frameworks in one pool", () => {
  it("offers all to the framework first by name, and admits one by one once it is quiet", () => {
    const scene = new Scene();
    scene.tell({ kind: "paused" });
    scene.framework("f1", ["ml"]);
    waitingPods(scene, 5, "web", "cpus:2");
    scene.agent("a1", "cpus:10;mem:1024");
    scene.tell({ kind: "resumed" });
    expect(scene.tick()).to.deep.equal(["f1 as ml on a1: cpus:10;mem:1024"]);
    scene.suppress("f1");
    scene.decline("f1", "ml", "a1");
    expect(scene.tick()).to.deep.equal([0, 1, 2, 3, 4].map((i) => `pod-${i} on a1`));
  });

  it("shares with a limited framework: 4 cpus offered, three pods in, two wait", () => {
    const scene = new Scene();
    scene.tell({ kind: "paused" });
    scene.quota("ml", "", "cpus:4");
    scene.framework("f1", ["ml"]);
    waitingPods(scene, 5, "web", "cpus:2");
    scene.agent("a1", "cpus:10");
    scene.tell({ kind: "resumed" });
    expect(scene.tick()).to.deep.equal([
      "f1 as ml on a1: cpus:4",
      "pod-0 on a1",
      "pod-1 on a1",
      "pod-2 on a1",
    ]);
    expect([...scene.allocator.view.roleShares()]).to.deep.equal([
      ["ml", 0.4],
      ["web", 0.6],
    ]);
    expect(scene.allocator.view.podsWaiting()).to.equal(2);
  });

  it("splits 100 equal pods by weight 1 to 3: 10 and 30 of 40", () => {
    const scene = new Scene();
    scene.tell({ kind: "paused" });
    scene.tell({ kind: "weightSet", role: "r3", weight: 3 });
    for (let i = 0; i < 50; i += 1) {
      scene.pod(`one-${i}`, "r1", "cpus:1");
      scene.pod(`three-${i}`, "r3", "cpus:1");
    }
    for (let i = 0; i < 10; i += 1) scene.agent(`a${i}`, "cpus:4");
    scene.tell({ kind: "resumed" });
    const admitted = scene.tick();
    expect(admitted.filter((text) => text.startsWith("one-")).length).to.equal(10);
    expect(admitted.filter((text) => text.startsWith("three-")).length).to.equal(30);
  });

  it("takes the first of the queue that fits: priority, then age, then uid", () => {
    const scene = new Scene();
    scene.pod("young", "web", "cpus:1", { createdMs: 9 });
    scene.pod("big", "web", "cpus:9", { priority: 9 });
    scene.pod("old", "web", "cpus:1", { createdMs: 1 });
    scene.pod("urgent", "web", "cpus:1", { priority: 5, createdMs: 99 });
    expect(scene.agent("a1", "cpus:2")).to.deep.equal(["urgent on a1", "old on a1"]);
  });

  it("never admits above a limit or out of headroom", () => {
    const scene = new Scene();
    scene.quota("web", "", "cpus:3");
    scene.quota("other", "cpus:2");
    waitingPods(scene, 5, "web", "cpus:1");
    expect(scene.agent("a1", "cpus:4")).to.deep.equal(["pod-0 on a1", "pod-1 on a1"]);
    expect(scene.agent("a2", "cpus:4")).to.deep.equal(["pod-2 on a2"]);
  });

  it("meets a guarantee by pods in stage 1, before others are asked", () => {
    const scene = new Scene();
    scene.tell({ kind: "paused" });
    scene.quota("web", "cpus:2");
    scene.framework("f1", ["a"]);
    waitingPods(scene, 3, "web", "cpus:1;mem:10");
    scene.agent("a1", "cpus:3;mem:100");
    scene.tell({ kind: "resumed" });
    expect(scene.tick()).to.deep.equal([
      "f1 as a on a1: cpus:1;mem:80",
      "pod-0 on a1",
      "pod-1 on a1",
    ]);
  });

  it("charges own reservations first, and only those the pod accepts", () => {
    const cases = {
      both: "cpus(web):2;cpus:1",
      reserved: undefined,
      unreserved: "cpus:3",
    } as const;
    for (const [acceptedRoles, wanted] of Object.entries(cases)) {
      const scene = new Scene();
      scene.pod("p", "web", "cpus:3", { acceptedRoles: acceptedRoles as keyof typeof cases });
      scene.agent("a1", "cpus:4;cpus(web):2");
      const resources = scene.decision?.admissions[0]?.resources;
      expect(
        resources && formatResources(resources).split(";").sort(),
        acceptedRoles,
      ).to.deep.equal(wanted?.split(";").sort());
    }
  });

  it("asks the node rules, with what the same app got in the same run", () => {
    const scene = new Scene();
    scene.tell({ kind: "paused" });
    const unique = {
      appKey: "app",
      canRunOn: (agentId: AgentId, admitted: readonly AgentId[]) => !admitted.includes(agentId),
    };
    for (const uid of ["p1", "p2", "p3"]) scene.pod(uid, "web", "cpus:1", unique);
    for (const id of ["a1", "a2"]) scene.agent(id, "cpus:4");
    scene.tell({ kind: "resumed" });
    const admitted = scene.tick();
    expect(admitted.map((text) => text.split(" on ")[1]).sort()).to.deep.equal(["a1", "a2"]);
    expect(scene.allocator.view.podsWaiting()).to.equal(1);
  });

  it("books host ports asked for by number and the lowest free ones besides", () => {
    const scene = new Scene();
    scene.pod("p1", "web", "cpus:1;ports:[31001-31001]", { dynamicPorts: 2 });
    scene.pod("p2", "web", "cpus:1;ports:[31001-31001]");
    scene.agent("a1", "cpus:4;ports:[31000-31009]");
    const { admissions = [] } = scene.decision ?? {};
    expect(admissions.map(({ resources }) => formatResources(resources))).to.deep.equal([
      "cpus:1;ports:[31000-31002]",
    ]);
  });

  it("gives no pod and no offer on an agent without a slot for pods", () => {
    const scene = new Scene();
    scene.framework("f1", ["a"]);
    scene.pod("p1", "web", "cpus:1");
    expect(scene.agent("a1", "cpus:4;mem:64", { podSlotsFree: 0 })).to.deep.equal([]);
    expect(
      scene.tell({ kind: "agentUpdated", agentId: asId<AgentId>("a1"), podSlotsFree: 1 }),
    ).to.deep.equal(["f1 as a on a1: cpus:4;mem:64"]);
  });

  it("stops at the admission window and goes on when it opens", () => {
    const scene = new Scene();
    scene.tell({ kind: "admissionWindow", free: 2 });
    waitingPods(scene, 3, "web", "cpus:1");
    expect(scene.agent("a1", "cpus:4")).to.deep.equal(["pod-0 on a1", "pod-1 on a1"]);
    expect(scene.tell({ kind: "admissionWindow", free: 1 })).to.deep.equal(["pod-2 on a1"]);
  });

  it("undoes the charge of a failed admission and lets the pod wait again if told", () => {
    const scene = new Scene();
    scene.agent("a1", "cpus:1");
    expect(scene.pod("p1", "web", "cpus:1")).to.deep.equal(["p1 on a1"]);
    scene.tell({ kind: "podAdmissionFailed", podUid: asId<KubeUid>("p1"), requeue: true });
    expect(scene.tick()).to.deep.equal(["p1 on a1"]);
    scene.tell({ kind: "podAdmissionFailed", podUid: asId<KubeUid>("p1"), requeue: false });
    expect(scene.tick()).to.deep.equal([]);
    expect([...scene.allocator.view.roleShares()]).to.deep.equal([]);
  });

  it("moves the charge to where the pod runs, even if that overcommits the agent", () => {
    const scene = new Scene();
    scene.framework("f1", ["a"]);
    scene.agent("a1", "cpus:2;mem:64");
    scene.suppress("f1");
    scene.agent("a2", "cpus:2;mem:64");
    scene.pod("p1", "web", "cpus:1");
    scene.tell({
      kind: "podPlaced",
      pod: makePod("p1", "web", "cpus:1"),
      agentId: asId<AgentId>("a1"),
    });
    expect(scene.allocator.view.overcommittedAgents()).to.deep.equal(["a1"]);
    expect(formatResources(scene.allocator.view.free(asId<AgentId>("a2")))).to.equal(
      "cpus:2;mem:64",
    );
    scene.decline("f1", "a", "a1", undefined, "cpus:1");
    expect(scene.allocator.view.overcommittedAgents()).to.deep.equal([]);
    scene.tell({ kind: "podGone", podUid: asId<KubeUid>("p1") });
    expect(formatResources(scene.allocator.view.free(asId<AgentId>("a1")))).to.equal("cpus:1");
  });

  it("holds the agent where least is missing for the head that fitted nowhere for 30 s", () => {
    const scene = new Scene();
    scene.framework("f1", ["a"], { suppressed: ["a"] });
    scene.agent("a1", "cpus:4", { used: [["f1", "a", "cpus:3"]] });
    scene.agent("a2", "cpus:4", { used: [["f1", "a", "cpus:1"]] });
    scene.pod("big", "web", "cpus:4");
    expect(scene.decision?.nextDueMs).to.equal(30_000);
    scene.tick(30);
    expect(scene.framework("f2", ["b"])).to.deep.equal(["f2 as b on a1: cpus:1"]);
    const answer = scene.allocator.view.explain({
      frameworkId: asId<FrameworkId>("f2"),
      role: "b",
      agentId: asId<AgentId>("a2"),
    });
    expect(answer?.map(({ reason }) => reason)).to.deep.equal(["held_for_pod"]);
    scene.decline("f1", "a", "a2");
    expect(scene.tick()).to.deep.equal(["big on a2"]);
  });

  it("keeps what frees on a held agent from everybody else until the head fits", () => {
    const scene = new Scene();
    scene.framework("f1", ["a"]);
    scene.agent("a1", "cpus:4", { used: [["f1", "a", "cpus:4"]] });
    scene.pod("big", "web", "cpus:4");
    scene.tick(30);
    scene.decline("f1", "a", "a1", undefined, "cpus:3");
    expect(scene.tick(), "f1 would have been offered 3 cpus").to.deep.equal([]);
    expect(
      scene.allocator.view.explain({
        frameworkId: asId<FrameworkId>("f1"),
        role: "a",
        agentId: asId<AgentId>("a1"),
      })?.[0]?.granted,
    ).to.equal(true);
    scene.decline("f1", "a", "a1");
    expect(scene.tick()).to.deep.equal(["big on a1"]);
    scene.tell({ kind: "podGone", podUid: asId<KubeUid>("big") });
    expect(scene.tick()).to.deep.equal(["f1 as a on a1: cpus:4"]);
  });

  it("holds nothing for a role that its limit keeps from the pod", () => {
    const scene = new Scene();
    scene.quota("web", "", "cpus:1");
    scene.framework("f1", ["a"]);
    scene.agent("a1", "cpus:4", { used: [["f1", "a", "cpus:4"]] });
    scene.pod("big", "web", "cpus:4");
    scene.tick(30);
    scene.decline("f1", "a", "a1", undefined, "cpus:3");
    expect(scene.tick()).to.deep.equal(["f1 as a on a1: cpus:3"]);
  });
});
