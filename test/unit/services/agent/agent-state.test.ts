import { expect } from "chai";
import { agentState } from "../../../../src/services/agent/agent-state.ts";
import { INVENTORY } from "../../../support/agent/agent-world.ts";
import { dynamic, wire } from "../../../support/mesos/operations.ts";

describe("the agent's /state (API-03)", () => {
  it("shows what is reserved, by role, and the rest", () => {
    const state = agentState({
      agentId: "S0",
      hostname: "h",
      ip: "10.0.0.1",
      port: 5051,
      version: "0",
      startedAtMs: 1000,
      flags: {},
      inventory: { ...INVENTORY, total: wire("cpus:4;mem:100;ports:[80-81,90-91]") },
      checkpointed: dynamic("cpus(web):1"),
      runs: [],
      completedRuns: [],
      latestStatus: () => undefined,
    });
    const none = { cpus: 0, gpus: 0, mem: 0, disk: 0 };
    const ports = "[80-81, 90-91]";
    expect(state).to.deep.include({
      resources: { ...none, cpus: 4, mem: 100, ports },
      reserved_resources: { web: { ...none, cpus: 1 } },
      unreserved_resources: { ...none, cpus: 3, mem: 100, ports },
      reserved_resources_full: { web: wire("cpus(web):1") },
    });
  });
});
