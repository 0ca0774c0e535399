import { expect } from "chai";
import type { AgentId, KubeUid } from "../../../../src/api/ids/ids.ts";
import { asId } from "../../../../src/api/ids/ids.ts";
import type { AdmissionRules } from "../../../../src/domain/admission/book/admission-rules.ts";
import type { PodEffect } from "../../../../src/domain/admission/book/effects.ts";
import type { PodInput } from "../../../../src/domain/admission/book/inputs.ts";
import { PodBook } from "../../../../src/domain/admission/book/pod-book.ts";
import type { PoolAgent } from "../../../../src/domain/admission/rules/agent-table.ts";
import { resourcesOf } from "../../../../src/domain/resources/parse-resources.ts";
import {
  makeGatedPod,
  makeRuledNode,
  type PodParts,
} from "../../../support/admission/make-gated-pod.ts";

const RULES: AdmissionRules = {
  pool: "mesos",
  defaultRole: "*",
  extended: {},
  isEnabled: true,
  pin: "Auto",
  gateTimeoutMs: 0,
};
const NOW_MS = Date.UTC(2026, 0, 1);
const uidOf = (name: string): KubeUid => asId<KubeUid>(`uid-${name}`);
const agentOf = (name: string): AgentId => asId<AgentId>(`m-${name}`);
const makeAgent = (node: string): PoolAgent => ({
  agentId: agentOf(node),
  hostname: node,
  nodeUid: `uid-${node}`,
  attributes: {},
});

/** One line per effect, in the order in which they are carried out. */
function shown(effect: PodEffect): string {
  switch (effect.kind) {
    case "tell": {
      const { event } = effect;
      if (event.kind === "podWaiting") return `waiting ${event.pod.uid}`;
      if (event.kind === "podPlaced") return `placed ${event.pod.uid} on ${event.agentId}`;
      if (event.kind === "podGone") return `gone ${event.podUid}`;
      if (event.kind === "podAdmissionFailed") return `failed ${event.podUid}`;
      if (event.kind === "podRulesChanged") return `again ${event.role}`;
      if (event.kind === "admissionWindow") return `window ${event.free}`;
      return `updated ${event.agentId}`;
    }
    case "patch":
      return `patch ${effect.uid} for ${effect.agentId}`;
    case "note":
      return `note ${effect.pod.name} ${effect.reason}`;
  }
}

class Desk {
  readonly book: PodBook;
  nowMs = NOW_MS;

  constructor(rules: Partial<AdmissionRules> = {}, nodes: readonly string[] = ["n1", "n2"]) {
    this.book = new PodBook({ ...RULES, ...rules });
    for (const node of nodes) {
      this.take({ kind: "nodeSeen", node: makeRuledNode(node) });
      this.take({ kind: "agentKnown", agent: makeAgent(node) });
    }
  }

  take(input: PodInput): readonly string[] {
    return this.book.advance(input, this.nowMs).map(shown);
  }

  see(parts: PodParts, isInitial = false): readonly string[] {
    return this.take({ kind: "podSeen", object: makeGatedPod(parts), isInitial });
  }

  decide(name: string, node = "n1", resources = "cpus:1;mem:32"): readonly string[] {
    const admission = {
      podUid: uidOf(name),
      role: "*",
      agentId: agentOf(node),
      resources: resourcesOf(resources),
    };
    return this.take({ kind: "decided", admissions: [admission], term: 3 });
  }

  end(
    name: string,
    outcome: Extract<PodInput, { kind: "patchEnded" }>["outcome"],
    fresh?: PodParts,
  ): readonly string[] {
    return this.take({
      kind: "patchEnded",
      uid: uidOf(name),
      outcome,
      ...(fresh === undefined ? {} : { fresh: makeGatedPod(fresh) }),
    });
  }

  wait(ms: number): readonly string[] {
    this.nowMs += ms;
    return this.take({ kind: "timePassed" });
  }
}

const admitted = (node = "n1"): PodParts => ({
  name: "a",
  resourceVersion: "2",
  gated: false,
  annotations: { "orchestrator.io/admitted": `3/m-${node}` },
});

describe("PodBook", () => {
  describe("from the gate to the node", () => {
    it("shows a gated pod to the allocator once", () => {
      const desk = new Desk();
      expect(desk.see({ name: "a" })).to.deep.equal(["waiting uid-a"]);
      expect(desk.see({ name: "a", resourceVersion: "2" })).to.deep.equal([]);
    });

    it("patches what the allocator charged, and keeps the charge through admission and binding", () => {
      const desk = new Desk();
      desk.see({ name: "a" });
      expect(desk.decide("a")).to.deep.equal(["patch uid-a for m-n1"]);
      expect(desk.end("a", { kind: "admitted" }, admitted())).to.deep.equal(["window 32"]);
      expect(desk.see({ ...admitted(), resourceVersion: "3", nodeName: "n1" })).to.deep.equal([]);
    });

    it("moves the charge when the scheduler chose another node", () => {
      const desk = new Desk();
      desk.see({ name: "a" });
      desk.decide("a");
      desk.end("a", { kind: "admitted" }, admitted());
      expect(desk.see({ ...admitted(), resourceVersion: "3", nodeName: "n2" })).to.deep.equal([
        "placed uid-a on m-n2",
      ]);
    });

    it("releases the charge when the pod is over, once", () => {
      const desk = new Desk();
      desk.see({ name: "a" });
      desk.decide("a");
      desk.end("a", { kind: "admitted" }, admitted());
      const over: PodParts = { ...admitted(), resourceVersion: "4", phase: "Succeeded" };
      expect(desk.see(over)).to.deep.equal(["gone uid-a"]);
      expect(desk.take({ kind: "podDeleted", uid: uidOf("a") })).to.deep.equal([]);
    });

    it("is not confused by news that are older than the answer to its own patch", () => {
      const desk = new Desk();
      desk.see({ name: "a" });
      desk.decide("a");
      desk.end("a", { kind: "admitted" }, { ...admitted(), resourceVersion: "10" });
      expect(desk.see({ name: "a", resourceVersion: "9" })).to.deep.equal([]);
    });

    it("takes a watch event that overtook the patch's answer for what it is", () => {
      const desk = new Desk();
      desk.see({ name: "a" });
      desk.decide("a");
      expect(desk.see({ ...admitted(), nodeName: "n1" })).to.deep.equal(["window 32"]);
      expect(desk.end("a", { kind: "admitted" }, admitted())).to.deep.equal([]);
    });
  });

  describe("outcomes of a patch", () => {
    const patching = (): Desk => {
      const desk = new Desk();
      desk.see({ name: "a" });
      desk.decide("a");
      return desk;
    };

    it("409: undoes the charge and decides the fresh pod again", () => {
      const fresh: PodParts = { name: "a", resourceVersion: "2" };
      expect(patching().end("a", { kind: "stale" }, fresh)).to.deep.equal([
        "failed uid-a",
        "window 32",
        "waiting uid-a",
      ]);
    });

    it("409 after an answer that was lost: the fresh pod is admitted, the charge stays", () => {
      expect(patching().end("a", { kind: "stale" }, admitted())).to.deep.equal(["window 32"]);
    });

    it("404: undoes the charge and forgets the pod", () => {
      const desk = patching();
      expect(desk.end("a", { kind: "gone" })).to.deep.equal(["gone uid-a", "window 32"]);
      expect(desk.book.entries()).to.deep.equal([]);
    });

    it("403 and 422: undoes the charge, says why, and waits 1 s, 2 s, … 5 min", () => {
      const desk = patching();
      expect(desk.end("a", { kind: "refused", message: "denied" })).to.deep.equal([
        "failed uid-a",
        "window 32",
        "note a AdmissionRefused",
      ]);
      expect(desk.wait(999)).to.deep.equal([]);
      expect(desk.wait(1)).to.deep.equal(["waiting uid-a"]);
      desk.decide("a");
      desk.end("a", { kind: "refused", message: "denied" });
      expect(desk.wait(1999)).to.deep.equal([]);
      expect(desk.wait(1)).to.deep.equal(["waiting uid-a"]);
    });

    it("gives a decision back whose node is unknown", () => {
      const desk = new Desk();
      desk.see({ name: "a" });
      expect(desk.decide("a", "n9")).to.deep.equal(["failed uid-a"]);
      expect(desk.wait(1000)).to.deep.equal(["waiting uid-a"]);
    });

    it("gives a decision back whose pod is gone", () => {
      const desk = new Desk();
      expect(desk.decide("a")).to.deep.equal(["failed uid-a"]);
    });
  });

  describe("what keeps a gated pod from the queue", () => {
    it("a faulty annotation, named in one event", () => {
      const desk = new Desk();
      expect(desk.see({ name: "a", role: "-x" })).to.deep.equal(["note a InvalidRole"]);
      expect(desk.see({ name: "a", role: "-x", resourceVersion: "2" })).to.deep.equal([]);
      expect(desk.see({ name: "a", role: "x", resourceVersion: "3" })).to.deep.equal([
        "waiting uid-a",
      ]);
    });

    it("admission switched off, until it is switched on", () => {
      const desk = new Desk({ isEnabled: false });
      expect(desk.see({ name: "a" })).to.deep.equal([]);
      expect(desk.take({ kind: "rulesChanged", rules: RULES })).to.deep.equal(["waiting uid-a"]);
      const off = { ...RULES, isEnabled: false };
      expect(desk.take({ kind: "rulesChanged", rules: off })).to.deep.equal(["gone uid-a"]);
    });

    it("the need of a node of our choice while pin is Never", () => {
      const desk = new Desk({ pin: "Never" });
      const annotations = { "orchestrator.io/dynamic-ports": "1" };
      expect(desk.see({ name: "a", annotations })).to.deep.equal(["note a UnfulfilledConstraint"]);
    });

    it("the launch delay of its app, until it is over", () => {
      const desk = new Desk();
      const app = {
        kind: "appSeen",
        appKey: "default/shop",
        rules: { delayUntilMs: NOW_MS + 5000, launchRatePerMinute: 0 },
      } as const;
      desk.take(app);
      const labels = { "marathon.orchestrator.io/app": "shop" };
      expect(desk.see({ name: "a", labels })).to.deep.equal([]);
      expect(desk.book.delayUntilMs("default/shop", NOW_MS)).to.equal(NOW_MS + 5000);
      expect(desk.wait(4999)).to.deep.equal([]);
      expect(desk.wait(1)).to.deep.equal(["waiting uid-a"]);
    });

    it("the launches its app has had within a minute", () => {
      const desk = new Desk();
      const labels = { "marathon.orchestrator.io/app": "shop" };
      desk.take({ kind: "appSeen", appKey: "default/shop", rules: { launchRatePerMinute: 2 } });
      desk.see({ name: "c", labels, createdAt: "2026-01-01T00:00:03Z" });
      desk.see({ name: "b", labels, createdAt: "2026-01-01T00:00:02Z" });
      expect(desk.see({ name: "a", labels, createdAt: "2026-01-01T00:00:01Z" })).to.deep.equal([
        "waiting uid-a",
        "gone uid-c",
      ]);
      desk.decide("a");
      desk.wait(1000);
      desk.decide("b");
      expect(desk.wait(58_999)).to.deep.equal([]);
      expect(desk.wait(1)).to.deep.equal(["waiting uid-c"]);
    });
  });

  describe("pods that nobody admitted", () => {
    it("charges a pod bound without us where it is, and says so", () => {
      const desk = new Desk();
      desk.see({ name: "a" });
      expect(
        desk.see({ name: "a", resourceVersion: "2", gated: false, nodeName: "n2" }),
      ).to.deep.equal(["placed uid-a on m-n2", "note a AdoptedWithoutAdmission"]);
    });

    it("takes a pod out of the queue whose gate somebody else removed", () => {
      const desk = new Desk();
      desk.see({ name: "a" });
      expect(desk.see({ name: "a", resourceVersion: "2", gated: false })).to.deep.equal([
        "gone uid-a",
      ]);
    });

    it("says once that an admitted pod finds no node for a minute", () => {
      const desk = new Desk();
      desk.see(admitted());
      expect(desk.wait(59_999)).to.deep.equal([]);
      expect(desk.wait(1)).to.deep.equal(["note a AdmittedButUnbound"]);
      expect(desk.wait(60_000)).to.deep.equal([]);
    });

    it("says once that a pod waited longer than the gate timeout", () => {
      const desk = new Desk({ gateTimeoutMs: 30_000 });
      desk.see({ name: "a" });
      expect(desk.wait(29_999)).to.deep.equal([]);
      expect(desk.wait(1)).to.deep.equal(["note a AdmissionTimeout"]);
      expect(desk.wait(30_000)).to.deep.equal([]);
    });
  });

  describe("a new leader", () => {
    it("charges admitted and placed pods from what the pods say, each once", () => {
      const desk = new Desk();
      expect(desk.see(admitted("n2"), true)).to.deep.equal(["placed uid-a on m-n2"]);
      expect(desk.see({ ...admitted("n2"), resourceVersion: "3", nodeName: "n2" })).to.deep.equal(
        [],
      );
    });

    it("charges pods of agents that come back later when they come", () => {
      const desk = new Desk({}, []);
      desk.take({ kind: "nodeSeen", node: makeRuledNode("n1") });
      expect(desk.see({ ...admitted(), nodeName: "n1" }, true)).to.deep.equal([]);
      expect(desk.take({ kind: "agentKnown", agent: makeAgent("n1") })).to.deep.equal([
        "placed uid-a on m-n1",
      ]);
    });

    it("charges again after an agent was removed and came back", () => {
      const desk = new Desk();
      desk.see({ ...admitted(), nodeName: "n1" }, true);
      expect(desk.take({ kind: "agentGone", agentId: agentOf("n1") })).to.deep.equal([]);
      expect(desk.take({ kind: "agentKnown", agent: makeAgent("n1") })).to.deep.equal([
        "placed uid-a on m-n1",
      ]);
    });
  });

  describe("node rules and constraints", () => {
    const canRun = (desk: Desk, name: string, node: string): boolean => {
      const entry = desk.book.entries().find(({ pod }) => pod.name === name);
      return entry !== undefined && desk.book.canRunOn(entry, agentOf(node));
    };

    it("follow the labels of the node, and tell the allocator to look again", () => {
      const desk = new Desk();
      desk.see({ name: "a", spec: { nodeSelector: { disk: "ssd" } } });
      expect(canRun(desk, "a", "n1")).to.equal(false);
      const node = makeRuledNode("n1", { labels: { disk: "ssd" } });
      expect(desk.take({ kind: "nodeSeen", node })).to.deep.equal(["updated m-n1"]);
      expect(canRun(desk, "a", "n1")).to.equal(true);
      expect(desk.take({ kind: "nodeSeen", node })).to.deep.equal([]);
    });

    it("count admitted pods of the same version only, and announce the others again when one ends", () => {
      const desk = new Desk();
      const unique = (name: string, version: string): PodParts => ({
        name,
        labels: { "marathon.orchestrator.io/app": "shop" },
        annotations: {
          "marathon.orchestrator.io/version": version,
          "orchestrator.io/constraints": '[["hostname","UNIQUE"]]',
        },
      });
      for (const name of ["a", "b"]) desk.see(unique(name, "v1"));
      desk.see(unique("c", "v2"));
      expect(desk.decide("a")).to.deep.equal(["patch uid-a for m-n1", "again *"]);
      expect(canRun(desk, "b", "n1")).to.equal(false);
      expect(canRun(desk, "b", "n2")).to.equal(true);
      expect(canRun(desk, "c", "n1")).to.equal(true);
      expect(desk.end("a", { kind: "gone" })).to.deep.equal(["gone uid-a", "window 32", "again *"]);
      expect(canRun(desk, "b", "n1")).to.equal(true);
    });
  });
});
