import { expect } from "chai";
import { asId, type AgentId } from "../../../../src/api/ids/ids.ts";
import { Scene } from "../../../support/allocator/scene.ts";

const WAIT_MS = 5_000;

/** `role: head on agent instead of victims` for each plan. */
function plans(scene: Scene): string[] {
  return scene.allocator.view
    .preemptions(WAIT_MS)
    .map(
      ({ role, podUid, agentId, victims }) =>
        `${role}: ${podUid} on ${agentId} instead of ${victims.toSorted().join(" ")}`,
    );
}

/** Agents a1, a2, … of 10 cpus each, with pods of role `web` placed on them: uid, cpus, priority. */
function sceneOf(...agents: (readonly [uid: string, cpus: number, priority?: number])[][]): Scene {
  const scene = new Scene();
  agents.forEach((pods, i) => {
    const agent = `a${i + 1}`;
    scene.agent(agent, "cpus:10;mem:1000");
    for (const [uid, cpus, priority = 0] of pods) {
      scene.pod(uid, "web", `cpus:${cpus};mem:10`, { priority });
    }
  });
  return scene;
}

describe("Allocator: pods that make room for others of their role (MES-42)", () => {
  it("plans the fewest of a lower priority, on one agent, once the first pod has waited", () => {
    const scene = sceneOf(
      [
        ["a", 4],
        ["b", 3],
        ["c", 3],
      ],
      [
        ["d", 9],
        ["e", 1],
      ],
    );
    scene.pod("head", "web", "cpus:5;mem:10", { priority: 9 });
    expect(plans(scene)).to.deep.equal([]);
    scene.tick(5);
    expect(plans(scene)).to.deep.equal(["web: head on a2 instead of d"]);
  });

  const quiet: Record<string, (scene: Scene) => void> = {
    "nobody has a lower priority": (scene) => {
      scene.pod("head", "web", "cpus:5;mem:10", { priority: 1 });
    },
    "it would not fit on any agent even without them": (scene) => {
      scene.pod("head", "web", "cpus:11;mem:10", { priority: 9 });
    },
    "it may not run where they are": (scene) => {
      scene.pod("head", "web", "cpus:5;mem:10", { priority: 9, canRunOn: () => false });
    },
    "they are of another role": (scene) => {
      scene.pod("head", "db", "cpus:5;mem:10", { priority: 9 });
    },
    "a free port that it needs is not theirs": (scene) => {
      scene.pod("head", "web", "cpus:5;mem:10;ports:[80-80]", { priority: 9 });
    },
  };
  for (const [when, ask] of Object.entries(quiet)) {
    it(`plans nothing when ${when}`, () => {
      const scene = sceneOf([
        ["a", 6, 1],
        ["b", 4, 1],
      ]);
      ask(scene);
      scene.tick(60);
      expect(plans(scene)).to.deep.equal([]);
    });
  }

  it("plans nothing for a pod that fits somewhere as it is", () => {
    const scene = sceneOf([["a", 10]]);
    scene.tell({ kind: "admissionWindow", free: 0 });
    scene.pod("head", "web", "cpus:5;mem:10", { priority: 9 });
    scene.agent("a2", "cpus:10;mem:1000");
    scene.tick(60);
    expect(plans(scene)).to.deep.equal([]);
  });

  it("of equally few takes those of the lowest priority", () => {
    const scene = sceneOf([["a", 10, 3]], [["b", 10, 1]], [["c", 10, 2]]);
    scene.pod("head", "web", "cpus:5;mem:10", { priority: 9 });
    scene.tick(5);
    expect(plans(scene)).to.deep.equal(["web: head on a2 instead of b"]);
  });

  it("makes room within the limit of the role, too", () => {
    const scene = sceneOf(
      [
        ["a", 3],
        ["b", 1],
      ],
      [],
    );
    scene.quota("web", "", "cpus:4");
    scene.pod("head", "web", "cpus:3;mem:10", { priority: 9 });
    scene.tick(5);
    expect(plans(scene)).to.deep.equal(["web: head on a1 instead of a"]);
  });

  it("leaves what others' guarantees need out of the account", () => {
    const scene = sceneOf([
      ["a", 4],
      ["b", 4],
    ]);
    scene.quota("db", "cpus:2");
    scene.pod("head", "web", "cpus:5;mem:10", { priority: 9 });
    scene.tick(5);
    expect(plans(scene)).to.deep.equal(["web: head on a1 instead of a b"]);
  });

  it("keeps what frees there for the pod it is for", () => {
    const scene = sceneOf([
      ["a", 6],
      ["b", 4],
    ]);
    scene.framework("f1", ["ml"]);
    scene.pod("head", "web", "cpus:9;mem:10", { priority: 9 });
    scene.tick(5);
    expect(plans(scene)).to.deep.equal(["web: head on a1 instead of a b"]);
    scene.tell({ kind: "agentHeld", agentId: asId<AgentId>("a1"), role: "web" });
    scene.tell({
      kind: "podGone",
      podUid: scene.allocator.view.preemptions(WAIT_MS)[0]!.victims[0]!,
    });
    expect(scene.tick(1)).to.deep.equal([]);
    scene.tell({
      kind: "podGone",
      podUid: scene.allocator.view.preemptions(WAIT_MS)[0]!.victims[0]!,
    });
    expect(scene.tick(1)).to.deep.equal(["head on a1"]);
    expect(scene.tick(1)).to.deep.equal(["f1 as ml on a1: cpus:1;mem:10"]);
  });
});
