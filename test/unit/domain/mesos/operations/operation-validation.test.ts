import { expect } from "chai";
import type { OfferOperation } from "../../../../../src/api/mesos/offer.ts";
import { planOperation } from "../../../../../src/domain/mesos/operations/operation-plan.ts";
import { formatResources } from "../../../../../src/domain/resources/format-resources.ts";
import { dynamic, reserve, unreserve, wire, withId } from "../../../../support/mesos/operations.ts";
import {
  CAPABLE,
  framework,
  itRefuses,
  type Refusal,
  verdict,
} from "../../../../support/mesos/refused-operations.ts";

const cases: Record<string, Refusal> = {
  "feedback from an agent that gives none": {
    operation: withId(reserve("cpus(web):1"), "op"),
    context: { agentCapabilities: ["HIERARCHICAL_ROLE"] },
    error:
      "Operation requested feedback, but agent S0 does not have the required " +
      "AGENT_OPERATION_FEEDBACK capability",
  },
  "an operation without its body": {
    operation: { type: "CREATE" },
    error: "Expecting 'create' to be present",
  },
  "no operation at all": { operation: {}, error: "Unknown offer operation" },
};

describe("planOperation (MES-16)", () => {
  itRefuses(cases);

  it("fills in the role of the offers, and keeps out what is allocated to another", () => {
    expect(verdict({ operation: reserve("cpus(web):1") })).to.equal("");
    const strange = {
      type: "UNRESERVE" as const,
      unreserve: {
        resources: wire("cpus(web):1").map((it) => ({ ...it, allocation_info: { role: "db" } })),
      },
    };
    expect(verdict({ operation: strange })).to.contain("does not contain cpus(web):1");
  });

  it("follows the body of its type alone, whatever others come along", () => {
    const smuggled = { ...unreserve("cpus(web):1"), ...reserve("cpus(web):1000") };
    const operation: OfferOperation = { ...smuggled, type: "UNRESERVE" };
    const plan = planOperation(operation, dynamic("cpus(web):4"), {
      agentId: "S0",
      agentCapabilities: CAPABLE,
      makesVolumes: true,
      framework,
      checkpointed: dynamic("cpus(web):4"),
      used: [],
    });
    if (!plan.ok) throw new Error(plan.error);
    expect(formatResources(plan.operation.conversion.converted)).to.equal("cpus:1");
    expect(Object.keys(plan.operation.info)).to.deep.equal(["type", "unreserve"]);
  });
});
