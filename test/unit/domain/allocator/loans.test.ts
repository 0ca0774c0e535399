import { expect } from "chai";
import { asId, type AgentId, type FrameworkId } from "../../../../src/api/ids/ids.ts";
import type { QuotaMode } from "../../../../src/domain/allocator/events.ts";
import { formatResources } from "../../../../src/domain/resources/format-resources.ts";
import { makePod, Scene } from "../../../support/allocator/scene.ts";

const FLEXIBLE = { capabilities: ["MULTI_ROLE", "REVOCABLE_RESOURCES"] };
const GIVEN = "cpus:2;mem:64";

/** A role `a` with a limit of 2 cpus and 64 MiB. */
function makeScene(mode: QuotaMode = "Soft"): Scene {
  const scene = new Scene();
  scene.quota("a", "", GIVEN, mode);
  return scene;
}

function free(scene: Scene, agent: string): string {
  return formatResources(scene.allocator.view.free(asId<AgentId>(agent)));
}

function held(scene: Scene, framework: string, agent: string): string {
  const id = asId<FrameworkId>(framework);
  return formatResources(scene.allocator.view.held(id, "a", asId<AgentId>(agent)));
}

function hasLent(scene: Scene, agent: string): boolean {
  return Object.keys(scene.allocator.view.lentOn(asId<AgentId>(agent))).length > 0;
}

describe("room lent beyond a limit (MES-42)", () => {
  it("is offered as revocable after what the limit leaves", () => {
    const scene = makeScene();
    scene.framework("f", ["a"], FLEXIBLE);
    expect(scene.agent("x", "cpus:6;mem:128;ports:[1-9]")).to.deep.equal([
      "f as a on x: cpus:2;mem:64;ports:[1-9];cpus{REV}:4;mem{REV}:64",
    ]);
    expect(free(scene, "x")).to.equal("");
  });

  it("is not lent to a framework that takes nothing revocable, nor at a hard limit", () => {
    const plain = makeScene();
    plain.framework("f", ["a"]);
    expect(plain.agent("x", "cpus:6;mem:128")).to.deep.equal(["f as a on x: cpus:2;mem:64"]);
    const hard = makeScene("Hard");
    hard.framework("f", ["a"], FLEXIBLE);
    expect(hard.agent("x", "cpus:6;mem:128")).to.deep.equal(["f as a on x: cpus:2;mem:64"]);
  });

  it("goes to others first that are within their limits", () => {
    const scene = makeScene();
    scene.framework("f", ["a"], FLEXIBLE);
    scene.framework("g", ["b"]);
    scene.agent("x", GIVEN);
    expect(scene.agent("y", "cpus:3;mem:32")).to.deep.equal(["g as b on y: cpus:3;mem:32"]);
  });

  it("leaves what somebody's guarantee needs", () => {
    const scene = makeScene();
    scene.quota("b", "cpus:3");
    scene.framework("f", ["a"], FLEXIBLE);
    expect(scene.agent("x", "cpus:6;mem:64")).to.deep.equal([
      "f as a on x: cpus:2;mem:64;cpus{REV}:1",
    ]);
  });

  it("counts in shares and not in what the quota consumes", () => {
    const scene = makeScene();
    scene.framework("f", ["a"], FLEXIBLE);
    scene.agent("x", "cpus:8;mem:64");
    expect(scene.allocator.view.roleShares()).to.deep.equal(new Map([["a", 1]]));
    expect(scene.allocator.view.consumed("a")).to.deep.equal({ cpus: 2000, mem: 64_000 });
  });

  it("is plain room again when it comes back", () => {
    const scene = makeScene();
    scene.framework("f", ["a"], FLEXIBLE);
    scene.agent("x", "cpus:6;mem:64");
    scene.decline("f", "a", "x", undefined, "cpus{REV}:3");
    expect(free(scene, "x")).to.equal("cpus:3");
    scene.decline("f", "a", "x");
    expect(free(scene, "x")).to.equal("cpus:6;mem:64");
  });

  it("is told from what the agent has of its own that is revocable", () => {
    const scene = makeScene();
    scene.framework("f", ["a"], FLEXIBLE);
    expect(scene.agent("x", "cpus:6;mem:64;cpus{REV}:1")).to.deep.equal([
      "f as a on x: cpus:2;mem:64;cpus{REV}:5",
    ]);
    scene.decline("f", "a", "x");
    expect(free(scene, "x")).to.equal("cpus:6;mem:64;cpus{REV}:1");
  });

  it("stays lent while its agent is told anew, and is charged to the new total", () => {
    const scene = makeScene();
    scene.framework("f", ["a"], FLEXIBLE);
    scene.agent("x", "cpus:6;mem:64");
    expect(scene.resize("x", "cpus:6;mem:64")).to.deep.equal([]);
    scene.suppress("f");
    scene.resize("x", "cpus:7;mem:64");
    expect(held(scene, "f", "x")).to.equal("cpus:2;mem:64;cpus{REV}:4");
    expect(free(scene, "x")).to.equal("cpus:1");
  });

  it("is known as lent after a failover, by its use alone", () => {
    const scene = makeScene();
    scene.agent("x", "cpus:6;mem:64", { used: [["f", "a", "cpus:2;cpus{REV}:3"]] });
    expect(free(scene, "x")).to.equal("cpus:1;mem:64");
    scene.framework("f", ["a"], { ...FLEXIBLE, suppressed: ["a"] });
    scene.decline("f", "a", "x", undefined, "cpus{REV}:3");
    expect(free(scene, "x")).to.equal("cpus:4;mem:64");
  });

  it("is known as lent also when the limit has become hard meanwhile", () => {
    const scene = makeScene();
    scene.framework("f", ["a"], FLEXIBLE);
    scene.agent("x", "cpus:6;mem:64");
    scene.quota("a", "", GIVEN);
    scene.suppress("f");
    scene.resize("x", "cpus:7;mem:64");
    expect(free(scene, "x")).to.equal("cpus:1");
    expect(scene.allocator.view.isOvercommitted(asId("x"))).to.equal(false);
  });

  it("comes back when the limit has become hard meanwhile", () => {
    const scene = makeScene();
    scene.framework("f", ["a"], FLEXIBLE);
    scene.agent("x", "cpus:6;mem:64");
    scene.quota("a", "", GIVEN);
    scene.decline("f", "a", "x");
    expect(free(scene, "x")).to.equal("cpus:6;mem:64");
  });

  it("leaves no trace of an agent that goes", () => {
    const scene = makeScene();
    scene.framework("f", ["a"], FLEXIBLE);
    scene.agent("x", "cpus:6;mem:64");
    scene.tell({ kind: "agentRemoved", agentId: asId("x") });
    expect(scene.allocator.view.totals()).to.deep.equal({});
    expect(scene.agent("x", "cpus:6;mem:64")).to.have.length(1);
  });

  it("is refused by a filter on it, until more is there", () => {
    const scene = makeScene();
    scene.framework("f", ["a"], FLEXIBLE);
    scene.agent("x", GIVEN);
    scene.agent("y", "cpus:3");
    scene.decline("f", "a", "y", 1000);
    expect(scene.tick()).to.deep.equal([]);
    expect(scene.resize("y", "cpus:4")).to.deep.equal(["f as a on y: cpus{REV}:4"]);
  });

  it("is lent in mode Adaptive while less than 80 % of the pool is in use", () => {
    const scene = makeScene("Adaptive");
    scene.framework("f", ["a"], FLEXIBLE);
    scene.agent("x", "cpus:2;mem:64");
    expect(scene.agent("y", "cpus:6;mem:64")).to.deep.equal([
      "f as a on y: cpus{REV}:6;mem{REV}:64",
    ]);
    expect(scene.agent("z", "cpus:1")).to.deep.equal([]);
  });

  it("is given to pods that fit beyond the limit, wholly on loan", () => {
    const scene = makeScene();
    scene.agent("x", "cpus:6;mem:128");
    for (const name of ["p1", "p2", "p3"]) scene.pod(name, "a", "cpus:2;mem:32");
    scene.tick();
    expect(free(scene, "x")).to.equal("mem:32");
    expect(scene.allocator.view.consumed("a")).to.deep.equal({ cpus: 2000, mem: 32_000 });
    expect(scene.allocator.view.lentOn(asId("x"))).to.deep.equal({ cpus: 4000, mem: 64_000 });
  });

  it("says on a pod's admission that it is lent", () => {
    const scene = makeScene();
    scene.agent("x", "cpus:6;mem:128");
    scene.pod("p1", "a", "cpus:2;mem:32");
    scene.pod("p2", "a", "cpus:2;mem:32");
    const [admission] = scene.decision?.admissions ?? [];
    expect(formatResources(admission?.resources ?? [])).to.equal("cpus{REV}:2;mem{REV}:32");
  });

  it("is plain room again when the pod is over", () => {
    const scene = makeScene();
    scene.agent("x", "cpus:6;mem:128");
    scene.pod("p1", "a", "cpus:2;mem:32");
    scene.pod("p2", "a", "cpus:2;mem:32");
    scene.tell({ kind: "podGone", podUid: asId("p2") });
    expect(free(scene, "x")).to.equal("cpus:4;mem:96");
  });

  it("stays a loan of a pod that the scheduler bound to another agent", () => {
    const scene = makeScene();
    scene.agent("x", "cpus:4;mem:64");
    scene.agent("y", "cpus:4;mem:64");
    for (const name of ["p1", "p2"]) scene.pod(name, "a", "cpus:2;mem:32");
    const lender = ["x", "y"].find((id) => hasLent(scene, id)) ?? "";
    const other = lender === "x" ? "y" : "x";
    const pod = makePod("p2", "a", "cpus:2;mem:32");
    scene.tell({ kind: "podPlaced", pod, agentId: asId(other) });
    expect(hasLent(scene, lender)).to.equal(false);
    expect(scene.allocator.view.lentOn(asId(other))).to.deep.equal({ cpus: 2000, mem: 32_000 });
    expect(scene.allocator.view.consumed("a")).to.deep.equal({ cpus: 2000, mem: 32_000 });
  });
});
