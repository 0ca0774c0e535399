import { expect } from "chai";
import type { AgentId } from "../../../../src/api/ids/ids.ts";
import { asId } from "../../../../src/api/ids/ids.ts";
import { formatResources } from "../../../../src/domain/resources/format-resources.ts";
import { create, reserve, unreserve, wire } from "../../../support/mesos/operations.ts";
import { OperatingScenario } from "../../../support/mesos/operating-scenario.ts";

describe("operations of operators (MES-16)", () => {
  it("are done on what is offered: as many offers end as are needed", () => {
    const scenario = new OperatingScenario();
    expect(scenario.operator(reserve("cpus(db):1"))).to.deep.equal({ kind: "accepted" });
    expect(scenario.engine.events("s").filter(({ type }) => type === "RESCIND")).to.have.length(1);
    expect(scenario.offered()).to.equal("cpus:3;disk:100;mem:1000;ports:[31000-31009]");
    expect(scenario.applied()[0]).to.not.have.property("framework_id");
  });

  it("leave offers alone that do not help", () => {
    const scenario = new OperatingScenario();
    scenario.accept([reserve("cpus(web):4")], 3600);
    scenario.offered();
    const offers = [...scenario.engine.engine.state.offers.values()];
    expect(scenario.operator(unreserve("cpus(web):9")).kind).to.equal("taken");
    expect([...scenario.engine.engine.state.offers.values()]).to.deep.equal(offers);
  });

  it("are refused while what they take is in use", () => {
    const scenario = new OperatingScenario();
    scenario.engine.launch("s", scenario.frameworkId, "t", "cpus:4");
    const answer = scenario.operator(reserve("cpus(db):1"));
    expect(answer.kind).to.equal("taken");
    expect(formatResources(scenario.agent.checkpointed)).to.equal("");
  });

  it("are refused when they are not valid, or for nobody", () => {
    const scenario = new OperatingScenario();
    const { id } = scenario.agent;
    expect(scenario.operator(reserve("cpus:1"))).to.deep.equal({
      kind: "invalid",
      message: `Invalid RESERVE operation on agent ${id}: Resource cpus:1 is not dynamically reserved`,
    });
    const answers: unknown[] = [];
    scenario.engine.onOperatorAnswer = (answer) => answers.push(answer);
    scenario.engine.put({
      kind: "agentOperated",
      requestId: "r",
      agentId: asId<AgentId>("nobody"),
      operation: reserve("cpus(db):1"),
      principal: undefined,
    });
    expect(answers).to.deep.equal([
      { kind: "invalid", message: "No agent found with specified ID" },
    ]);
  });

  it("reserve again what is reserved to another role", () => {
    const scenario = new OperatingScenario({ checkpointed: "cpus(web):2" });
    const source = wire("cpus(web):2");
    const resources = wire("cpus(db):2");
    const answer = scenario.operator({ type: "RESERVE", reserve: { source, resources } });
    expect(answer).to.deep.equal({ kind: "accepted" });
    expect(formatResources(scenario.agent.checkpointed)).to.equal("cpus(db):2");
  });

  it("carry the principal of the operator", () => {
    const scenario = new OperatingScenario();
    const answer = scenario.operator(reserve("cpus(db):1"), "ops");
    expect(answer.kind === "invalid" && answer.message).to.contain("by principal 'ops'");
  });

  it("are acknowledged by the master, whatever comes of them", () => {
    const scenario = new OperatingScenario({ checkpointed: "disk(db):9" });
    scenario.operator(create("disk(db)[v:data]:9"));
    scenario.answer("OPERATION_FAILED");
    expect(scenario.acknowledged()).to.have.length(1);
    expect(scenario.agent.operations.size).to.equal(0);
    expect(formatResources(scenario.agent.checkpointed)).to.equal("disk(db):9");
  });
});
