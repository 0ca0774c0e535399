import { expect } from "chai";
import { PageStore } from "../../../../src/domain/admission/book/page-store.ts";
import { AgentTable } from "../../../../src/domain/admission/rules/agent-table.ts";
import { makeGatedPod } from "../../../support/admission/make-gated-pod.ts";
import { PodDesk } from "../../../support/admission/pod-desk.ts";

/** Calls of one method of a class while `work` runs, of all its objects. */
function callsOf<K extends string>(
  { prototype }: { readonly prototype: Record<K, unknown> },
  name: K,
  work: () => void,
): number {
  const original = prototype[name] as (...args: unknown[]) => unknown;
  let calls = 0;
  prototype[name] = function counted(this: unknown, ...args: unknown[]): unknown {
    calls += 1;
    return original.apply(this, args);
  };
  try {
    work();
  } finally {
    prototype[name] = original;
  }
  return calls;
}

const appPod = (constraints: string) => ({
  labels: { "marathon.orchestrator.io/app": "shop" },
  annotations: {
    "marathon.orchestrator.io/version": "v1",
    "orchestrator.io/constraints": constraints,
  },
});

/**
 * A pool of `nodes` with a pod of the app on all but `waiting` of them. The free ones are fuller, by another pod, so that
 * they are the first that a run comes to: all others refuse after pods of the app were admitted in the run.
 */
function makeDesk(nodes: number, waiting: number, constraints: string): PodDesk {
  const desk = new PodDesk(1);
  for (let i = 0; i < nodes; i += 1)
    desk.addNode(`n${i}`, "cpus:8;mem:1024", { rack: `r${i % 9}` });
  for (let i = 0; i < nodes; i += 1) {
    const app = i < nodes - waiting ? appPod(constraints) : { cpu: "2" };
    desk.see(makeGatedPod({ name: `p${i}`, gated: false, nodeName: `n${i}`, ...app }));
  }
  return desk;
}

function addWaiting(desk: PodDesk, count: number, constraints: string): void {
  for (let i = 0; i < count; i += 1) {
    desk.see(makeGatedPod({ name: `w${i}`, ...appPod(constraints) }));
  }
}

const UNIQUE = '[["hostname","UNIQUE"]]';

describe("what admission costs", () => {
  it("looks at each agent a few times per run, however many pods of an app are placed and wait", () => {
    for (const constraints of [UNIQUE, '[["hostname","MAX_PER","1"]]']) {
      for (const nodes of [100, 200, 400]) {
        const desk = makeDesk(nodes, 20, constraints);
        addWaiting(desk, 50, constraints);
        const calls = callsOf(AgentTable as never, "constraintAgent", () => desk.round());
        // Twice: one run, and what it placed is counted.
        expect(calls, `${constraints} on ${nodes} nodes`).to.be.at.most(5 * nodes);
      }
    }
  });

  it("finds the better group once, not once per agent that is none", () => {
    const groups = '[["rack","GROUP_BY"]]';
    for (const nodes of [50, 100, 200]) {
      const desk = new PodDesk(1);
      const pods = Array.from({ length: nodes }, (_, i) =>
        makeGatedPod({ name: `p${i}`, gated: false, nodeName: `n${i}`, ...appPod(groups) }),
      );
      for (let i = 0; i < nodes; i += 1) desk.addNode(`n${i}`, "cpus:8;mem:1024", { rack: "full" });
      for (let i = 0; i < nodes; i += 1)
        desk.addNode(`m${i}`, "cpus:0.5;mem:1024", { rack: "small" });
      desk.addNode("last", "cpus:4;mem:1024", { rack: "small" });
      for (const pod of pods) desk.see(pod);
      addWaiting(desk, 10, groups);
      // The only node of the better group with room is the last to be asked.
      const calls = callsOf(AgentTable as never, "constraintAgent", () => desk.round());
      expect(calls, `${nodes} nodes`).to.be.at.most(30 * nodes);
    }
  });

  it("tells the allocator of an app's waiting pods in a number of events that does not grow with them", () => {
    for (const constraints of [UNIQUE, '[["rack","LIKE","r.*"]]', '[["rack","GROUP_BY"]]']) {
      const tells = [10, 40, 160].map((waiting) => {
        const desk = makeDesk(20, 10, constraints);
        addWaiting(desk, waiting, constraints);
        desk.told.clear();
        expect(desk.round(), constraints).not.to.deep.equal([]);
        return [...desk.told.values()].reduce((sum, count) => sum + count, 0);
      });
      expect(Math.max(...tells), `${constraints}: ${tells.join(", ")}`).to.be.at.most(70);
    }
  });

  it("tells a constant number of events per pod of a first list", () => {
    const desk = new PodDesk(1);
    for (let i = 0; i < 50; i += 1) desk.addNode(`n${i}`, "cpus:8;mem:1024");
    addWaiting(desk, 100, UNIQUE);
    desk.told.clear();
    for (let i = 0; i < 50; i += 1) {
      desk.see(makeGatedPod({ name: `p${i}`, gated: false, nodeName: `n${i}`, ...appPod(UNIQUE) }));
    }
    const tells = [...desk.told.values()].reduce((sum, count) => sum + count, 0);
    expect(tells).to.be.at.most(2 * 50);
  });

  it("looks through the pods of a rated app once per turn", () => {
    const walks = [20, 40, 80].map((pods) => {
      const desk = new PodDesk(1);
      desk.take({ kind: "appSeen", appKey: "default/shop", rules: { launchRatePerMinute: 5 } });
      const objects = Array.from({ length: pods }, (_, i) =>
        makeGatedPod({ name: `w${i}`, ...appPod("[]") }),
      );
      return callsOf(PageStore as never, "ofApp", () => desk.seeAll(objects));
    });
    expect(walks).to.deep.equal([1, 1, 1]);
  });

  it("looks through the pods of a rated app once when the rules change", () => {
    const desk = new PodDesk(1);
    desk.take({ kind: "appSeen", appKey: "default/shop", rules: { launchRatePerMinute: 5 } });
    addWaiting(desk, 40, "[]");
    const rules = { ...desk.rules, defaultRole: "web" };
    const walks = callsOf(PageStore as never, "ofApp", () =>
      desk.take({ kind: "rulesChanged", rules }),
    );
    expect(walks).to.equal(1);
  });
});
