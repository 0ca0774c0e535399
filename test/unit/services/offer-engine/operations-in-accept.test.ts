import { expect } from "chai";
import type { OfferOperation } from "../../../../src/api/mesos/offer.ts";
import { formatResources } from "../../../../src/domain/resources/format-resources.ts";
import {
  create,
  destroy,
  grow,
  reserve,
  unreserve,
  wire,
  withId,
} from "../../../support/mesos/operations.ts";
import { OperatingScenario, sorted } from "../../../support/mesos/operating-scenario.ts";

const VOLUME = "disk(web)[v:data]:20";

function launch(agentId: string, taskId: string, resources: string): OfferOperation {
  return {
    type: "LAUNCH",
    launch: {
      task_infos: [
        {
          name: taskId,
          task_id: { value: taskId },
          agent_id: { value: agentId },
          command: { value: "true" },
          resources: wire(resources),
        },
      ],
    },
  };
}

describe("operations within one ACCEPT (MES-16)", () => {
  it("see what those before them made, tasks too", () => {
    const scenario = new OperatingScenario();
    scenario.accept([
      reserve("cpus(web):1;disk(web):20"),
      create(VOLUME),
      launch(scenario.agentId, "t", `cpus(web):1;${VOLUME}`),
    ]);
    const { agent, engine } = scenario;
    expect([...agent.tasks].map(({ resources }) => formatResources(resources))).to.deep.equal([
      `cpus(web):1;${VOLUME}`,
    ]);
    const told = engine.agentEvents(scenario.link).map(({ type }) => type);
    expect(told.slice(-3)).to.deep.equal(["APPLY_OPERATION", "APPLY_OPERATION", "RUN_TASK"]);
    expect(scenario.offered()).to.equal("cpus:3;disk:80;mem:1000;ports:[31000-31009]");
  });

  it("go on after a bad one", () => {
    const scenario = new OperatingScenario();
    scenario.accept([
      reserve("cpus(web):1"),
      withId(reserve("cpus(web):9"), "bad"),
      unreserve("cpus(web):1"),
      reserve("mem(web):10"),
    ]);
    expect(scenario.applied().map(({ operation }) => operation.type)).to.deep.equal([
      "RESERVE",
      "UNRESERVE",
      "RESERVE",
    ]);
    expect(scenario.told().map(({ message }) => message)[0]).to.match(/does not contain cpus:9$/);
  });

  it("cannot use a volume that was resized before them in the call", () => {
    const scenario = new OperatingScenario({ checkpointed: `${VOLUME};disk(web):5` });
    const grown = "disk(web)[v:data]:25";
    scenario.accept([
      grow(VOLUME, "disk(web):5"),
      withId(destroy(grown), "destroy"),
      launch(scenario.agentId, "t", `cpus:1;${grown}`),
    ]);
    expect(scenario.told().map(({ state }) => state)).to.deep.equal(["OPERATION_ERROR"]);
    expect(scenario.engine.updates("s").map(({ state }) => state)).to.deep.equal(["TASK_ERROR"]);
    expect(scenario.offered()).to.contain(grown);
  });

  it("give back what they made without a filter, and the rest with the one asked for", () => {
    const scenario = new OperatingScenario();
    scenario.accept([reserve("cpus(web):1")], 3600);
    expect(scenario.offered()).to.equal(
      sorted("cpus(web):1;cpus:3;mem:1000;disk:100;ports:[31000-31009]"),
    );
    scenario.accept([], 3600);
    expect(scenario.offered()).to.equal("");
  });

  it("keep reserved resources for their role (MES-16)", () => {
    const scenario = new OperatingScenario();
    scenario.accept([reserve("cpus(web):4")], 3600);
    scenario.engine.framework("other", {
      framework_info: { user: "u", name: "other", roles: ["batch"] },
    });
    scenario.engine.pass(2000);
    const others = [...scenario.engine.engine.state.offers.values()]
      .filter(({ role }) => role === "batch")
      .map(({ resources }) => formatResources(resources))
      .join(";");
    expect(others).to.not.contain("cpus");
  });

  it("end other offers of a volume that is destroyed", () => {
    const shared = "disk(web)[v:data]<SHARED>:20";
    const scenario = new OperatingScenario({ checkpointed: shared });
    const capabilities = [{ type: "MULTI_ROLE" as const }, { type: "SHARED_RESOURCES" as const }];
    scenario.engine.framework("other", {
      framework_info: {
        user: "u",
        name: "other",
        roles: ["web"],
        capabilities,
        // A volume alone is worth an offer.
        offer_filters: { web: { min_allocatable_resources: {} } },
      },
    });
    scenario.engine.pass(2000);
    expect(formatResources(scenario.engine.lastOffer("other").resources)).to.equal(shared);
    scenario.accept([destroy(shared)], 3600);
    expect(scenario.engine.events("other").some(({ type }) => type === "RESCIND")).to.equal(true);
    expect(formatResources(scenario.agent.total)).to.contain("disk(web):20");
  });

  it("of offers that are over are answered when they have an id", () => {
    const scenario = new OperatingScenario();
    const offer = scenario.engine.lastOffer("s");
    scenario.accept([]);
    scenario.engine.call(scenario.frameworkId, {
      type: "ACCEPT",
      accept: {
        offer_ids: [{ value: offer.id }],
        operations: [withId(reserve("cpus(web):1"), "op"), reserve("cpus(web):1")],
      },
    });
    expect(scenario.told()).to.deep.equal([
      {
        operation_id: { value: "op" },
        state: "OPERATION_ERROR",
        message: `Operation attempted with invalid offers: Offer ${offer.id} is no longer valid`,
      },
    ]);
  });

  it("need the principal of the framework in what they reserve", () => {
    const scenario = new OperatingScenario();
    scenario.engine.framework("p", {
      framework_info: { user: "u", name: "p", roles: ["p"], principal: "me" },
    });
    const [framework] = [...scenario.engine.engine.state.frameworks.values()].slice(-1);
    scenario.accept([]);
    scenario.engine.pass(2000);
    const offer = scenario.engine.lastOffer("p");
    scenario.engine.call(framework?.id ?? "", {
      type: "ACCEPT",
      accept: { offer_ids: [{ value: offer.id }], operations: [withId(reserve("cpus(p):1"), "o")] },
    });
    const [update] = scenario.engine
      .events("p")
      .flatMap(({ update_operation_status: it }) => (it === undefined ? [] : [it.status]));
    expect(update?.message).to.match(/^A reserve operation was attempted by principal 'me'/);
  });
});
