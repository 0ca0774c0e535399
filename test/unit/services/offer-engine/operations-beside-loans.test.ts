import { expect } from "chai";
import { formatResources } from "../../../../src/domain/resources/format-resources.ts";
import type { OperatorAnswer } from "../../../../src/services/offer-engine/core/effects.ts";
import { EngineScenario } from "../../../support/mesos/engine-scenario.ts";
import { reserve } from "../../../support/mesos/operations.ts";

const LIMITED = { name: "web", weight: 1, limitsMilli: { cpus: 2000 }, mode: "Soft" as const };
const BORROWER = {
  framework_info: {
    user: "u",
    name: "web",
    roles: ["web"],
    capabilities: [{ type: "MULTI_ROLE" as const }, { type: "REVOCABLE_RESOURCES" as const }],
  },
};

/** An agent of 8 cpus; `web` may have 2 of them, the rest is lent to it: one task uses what is given, all else is offered. */
function reserveBesideLoan(used: string, wanted: string) {
  const scenario = new EngineScenario({ config: { roles: [LIMITED], offerTimeoutMs: 0 } });
  const link = scenario.agent("a", {
    resources: "cpus:8;mem:640",
    checkpointed_resources: [],
  });
  const frameworkId = scenario.framework("web", BORROWER);
  scenario.launch("web", frameworkId, "t", used);
  scenario.update(link, frameworkId, "t", "TASK_RUNNING");
  scenario.pass(2000);
  let answer: OperatorAnswer | undefined;
  scenario.onOperatorAnswer = (it) => (answer = it);
  scenario.put({
    kind: "agentOperated",
    requestId: "r",
    agentId: scenario.agentIdOf(link),
    operation: reserve(wanted),
    principal: undefined,
  });
  const agent = scenario.engine.state.agents.get(scenario.agentIdOf(link));
  return { answer, checkpointed: formatResources(agent?.checkpointed ?? []) };
}

describe("RESERVE of operators on an agent with loans (MES-16, MES-42)", () => {
  it("takes room that is only offered as a loan", () => {
    const { answer, checkpointed } = reserveBesideLoan("cpus{REV}:3", "cpus(db):4");
    expect([answer, checkpointed]).to.deep.equal([{ kind: "accepted" }, "cpus(db):4"]);
  });

  it("is refused what a task has borrowed, and is told what is left", () => {
    const { answer } = reserveBesideLoan("cpus{REV}:3", "cpus(db):6");
    expect(answer).to.deep.equal({
      kind: "taken",
      message: "cpus:5;mem:640 is not in use, which does not contain cpus:6",
    });
  });
});
