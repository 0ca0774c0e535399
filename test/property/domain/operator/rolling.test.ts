import { expect } from "chai";
import fc from "fast-check";
import {
  decideAgentRoll,
  unavailableMax,
} from "../../../../src/domain/operator/mesos-cluster/decide-agent-roll.ts";
import { decideMasterRoll } from "../../../../src/domain/operator/mesos-cluster/decide-master-roll.ts";
import type { LivePod } from "../../../../src/domain/operator/mesos-cluster/observed.ts";
import type { RollingSet } from "../../../../src/domain/operator/mesos-cluster/roll.ts";
import { makeNode, makePod, NOW_MS } from "../../../support/mesos-cluster/make-seen.ts";

const podStates = fc.array(
  fc.record({
    revision: fc.constantFrom("old", "new"),
    ready: fc.boolean(),
    deleting: fc.boolean(),
    ageSeconds: fc.integer({ min: 0, max: 300 }),
  }),
  { maxLength: 12 },
);

function setOf(
  states: typeof podStates extends fc.Arbitrary<infer T> ? T : never,
  prefix: string,
): RollingSet {
  const pods = states.map(({ revision, ready, deleting, ageSeconds }, index): LivePod => {
    const createdMs = NOW_MS - ageSeconds * 1000;
    const name = `${prefix}-${index}`;
    return makePod({
      name,
      node: `n${index}`,
      revision,
      ready,
      deleting,
      createdMs,
      readySinceMs: ready ? createdMs : 0,
    });
  });
  return { pods, desired: pods.length, target: "new", onTrial: true, nowMs: NOW_MS };
}

/** What a controller does with replaced pods in time: they come back with the target's template, ready. */
function afterwards(set: RollingSet, gone: readonly LivePod[]): RollingSet {
  const nowMs = set.nowMs + 120_000;
  const names = new Set(gone.map(({ name }) => name));
  const pods = set.pods.map((pod) => ({
    ...pod,
    ...(names.has(pod.name) ? { revision: "new", createdMs: set.nowMs } : {}),
    ready: true,
    readySinceMs: pod.ready && !names.has(pod.name) ? pod.readySinceMs : set.nowMs,
    deleting: false,
  }));
  return { ...set, pods, nowMs };
}

describe("rolling, whatever state the pods are in", () => {
  it("replaces a ready master only while every other one is ready, and one at a time", () => {
    fc.assert(
      fc.property(podStates, fc.nat(11), (states, leaderIndex) => {
        const set = setOf(states, "m-master");
        const step = decideMasterRoll(set, set.pods[leaderIndex]?.name);
        if (step.kind !== "replace") return;
        expect(step.pods).to.have.length(1);
        const [gone] = step.pods;
        if (gone?.ready === true) {
          expect(set.pods.every((pod) => pod.ready && !pod.deleting)).to.equal(true);
        }
        expect(gone?.revision).to.equal("old");
      }),
    );
  });

  it("never takes more ready agents away than may be away", () => {
    fc.assert(
      fc.property(
        podStates,
        fc.integer({ min: 1, max: 4 }),
        fc.nat(3),
        (states, most, canaries) => {
          const set = setOf(states, "a");
          const nodes = set.pods.map(({ node }) => makeNode(node));
          const strategy = { maxUnavailable: most, canaryNodes: canaries, canarySeconds: 10 };
          const step = decideAgentRoll(set, strategy, nodes);
          if (step.kind !== "replace") return;
          const away = set.pods.filter((pod) => !pod.ready || pod.deleting).length;
          const taken = step.pods.filter((pod) => pod.ready && !pod.deleting).length;
          if (taken > 0) expect(away + taken).to.be.at.most(unavailableMax(most, set.desired));
          for (const pod of step.pods) expect(pod.revision).to.equal("old");
        },
      ),
    );
  });

  it("comes to an end when pods come up", () => {
    fc.assert(
      fc.property(podStates, (states) => {
        let masters = { ...setOf(states, "m-master"), onTrial: false };
        let agents = { ...setOf(states, "a"), onTrial: false };
        const nodes = agents.pods.map(({ node }) => makeNode(node));
        const strategy = { maxUnavailable: 2, canaryNodes: 1, canarySeconds: 10 };
        for (let round = 0; round < 3 * states.length + 3; round += 1) {
          const m = decideMasterRoll(masters, masters.pods[0]?.name);
          const a = decideAgentRoll(agents, strategy, nodes);
          masters = { ...afterwards(masters, m.kind === "replace" ? m.pods : []), onTrial: false };
          agents = { ...afterwards(agents, a.kind === "replace" ? a.pods : []), onTrial: false };
        }
        expect(decideMasterRoll(masters, masters.pods[0]?.name).kind).to.equal("rolled");
        expect(decideAgentRoll(agents, strategy, nodes).kind).to.equal("rolled");
      }),
    );
  });
});
