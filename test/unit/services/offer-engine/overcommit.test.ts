import { expect } from "chai";
import { subscribeCall } from "../../../../src/api/agent-link/calls.ts";
import { asId, type AgentId, type KubeUid } from "../../../../src/api/ids/ids.ts";
import { Allocator } from "../../../../src/domain/allocator/allocator.ts";
import { allocatorDefaults } from "../../../../src/domain/allocator/options.ts";
import { writeResources } from "../../../../src/domain/mesos/wire-resources.ts";
import { resourcesOf } from "../../../../src/domain/resources/parse-resources.ts";
import type { EngineEffect } from "../../../../src/services/offer-engine/core/effects.ts";
import { OfferEngine } from "../../../../src/services/offer-engine/core/engine.ts";
import type { EngineInput } from "../../../../src/services/offer-engine/core/inputs.ts";
import { masterInfoOf } from "../../../../src/services/offer-engine/serve/master-info.ts";
import { makeClusterConfig } from "../../../support/mesos/cluster-config.ts";
import { SeededRandom } from "../../../support/seeded-random.ts";

const NOW_MS = 1_000_000;

class Bench {
  readonly engine: OfferEngine;
  readonly effects: EngineEffect[] = [];
  agentId = asId<AgentId>("");

  constructor() {
    const advertised = { hostname: "m", ip: "127.0.0.1", port: 5050 };
    this.engine = new OfferEngine({
      masterId: "m",
      term: 1,
      masterInfo: masterInfoOf("m", advertised, "1.11.0"),
      allocator: new Allocator({ ...allocatorDefaults, seed: 1 }),
      allocationIntervalMs: 1000,
      random: new SeededRandom(1),
      config: makeClusterConfig({}),
      nowMs: NOW_MS,
    });
  }

  take(input: EngineInput): void {
    this.effects.push(...this.engine.advance(input, NOW_MS));
  }

  register(resources: string): void {
    const call = subscribeCall.parse({
      type: "SUBSCRIBE",
      agent_info: {
        hostname: "n1",
        resources: writeResources(resourcesOf(resources), { refined: true }),
      },
      version: "1.11.0",
      capabilities: ["MULTI_ROLE", "HIERARCHICAL_ROLE", "RESERVATION_REFINEMENT"],
      launcher: "pod",
    });
    this.take({ kind: "agentSubscribed", linkId: "l1", call, address: "10.0.0.1" });
    this.take({ kind: "agentRecorded", linkId: "l1" });
    this.agentId = [...this.engine.state.agents.keys()][0] ?? this.agentId;
  }

  subscribe(name: string): void {
    const framework_info = {
      user: "root",
      name,
      roles: ["web"],
      capabilities: [{ type: "MULTI_ROLE" as const }],
    };
    this.take({ kind: "frameworkSubscribed", streamId: name, call: { framework_info } });
    this.take({ kind: "allocationDue" });
  }

  place(cpus: number): void {
    const request = resourcesOf(`cpus:${cpus}`);
    const pod = { uid: asId<KubeUid>("p"), role: "web", request, priority: 0, createdMs: 0 };
    this.take({ kind: "podPlaced", pod, agentId: this.agentId });
  }

  rescinds(): number {
    return this.effects.filter(
      (effect) => effect.kind === "frameworkEvent" && effect.event.type === "RESCIND",
    ).length;
  }
}

describe("an agent on which more is held than there is", () => {
  it("has its outstanding offers taken back when a pod is bound there", () => {
    const bench = new Bench();
    bench.register("cpus:4;mem:1024");
    bench.subscribe("f1");
    expect(bench.engine.state.offers.size).to.equal(1);
    bench.place(2);
    expect(bench.rescinds()).to.equal(1);
    expect(bench.engine.state.offers.size).to.equal(0);
  });

  it("keeps its offers while everything fits", () => {
    const bench = new Bench();
    bench.register("cpus:4;mem:1024");
    bench.place(2);
    bench.subscribe("f1");
    bench.place(2);
    expect(bench.rescinds()).to.equal(0);
    expect(bench.engine.state.offers.size).to.equal(1);
  });
});
