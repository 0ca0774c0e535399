import { expect } from "chai";
import { sightOf, visibleState, WHOLE_SIGHT } from "../../../../src/domain/authorization/sight.ts";
import { emptyMasterState } from "../../../../src/domain/mesos/empty-master-state.ts";
import type { MasterState } from "../../../../src/domain/mesos/master-state.ts";
import type { MasterFacts } from "../../../../src/domain/mesos/views/master-facts.ts";
import { legacyState, legacySummary } from "../../../../src/domain/mesos/views/legacy-state.ts";
import { getAgents } from "../../../../src/domain/mesos/views/operator-reads.ts";
import { aclsOf } from "../../../support/mesos/acls.ts";
import { makeAgent, makeFramework, makeTask } from "../../../support/mesos/builders.ts";

const ANY = { type: "ANY" };
const NONE = { type: "NONE" };
const some = (...values: string[]): object => ({ values });
const only = (action: string, objects: string, ...values: string[]): object => ({
  [action]: [
    { principals: ANY, [objects]: some(...values) },
    { principals: ANY, [objects]: NONE },
  ],
});

/** Two frameworks of users web and ml, each with a task on the one agent, and one that is completed. */
function makeState(): MasterState {
  const state = emptyMasterState("m1");
  const agent = makeAgent("S1", "cpus:4;mem:1024;cpus(web):2;mem(ml):64");
  state.agents.set(agent.id, agent);
  for (const user of ["web", "ml"]) {
    const framework = makeFramework({ id: { value: `f-${user}` }, name: user, user });
    const task = { ...makeTask(`t-${user}`, "S1"), frameworkId: framework.id };
    framework.tasks.set(task.id, task);
    agent.tasks.add(task);
    state.frameworks.set(framework.id, framework);
  }
  const over = makeFramework({ id: { value: "f-over" }, name: "over", user: "ml" });
  state.completed.set(over.id, { framework: over, unregisteredMs: 1 });
  return state;
}

const FACTS: MasterFacts = {
  version: "1.11.0",
  buildDate: "",
  buildTimeMs: 0,
  buildUser: "",
  clusterName: "c",
  masterInfo: { id: "m1", ip: 0, port: 5050 },
  startedMs: 0,
  electedMs: 0,
  flags: { port: "5050" },
};

describe("what somebody sees of the master (SEC-08)", () => {
  it("is everything while no ACL is about seeing, and then nothing is copied", () => {
    const state = makeState();
    const acls = aclsOf({ run_tasks: [{ principals: NONE, users: some("root") }] });
    expect(sightOf(acls, "dev")).to.equal(WHOLE_SIGHT);
    expect(sightOf(undefined, "dev")).to.equal(WHOLE_SIGHT);
    expect(visibleState(state, WHOLE_SIGHT)).to.equal(state);
  });

  it("is nothing where nothing is permitted", () => {
    const sight = sightOf(aclsOf({ permissive: false }), "dev");
    const shown = visibleState(makeState(), sight);
    expect([shown.frameworks.size, shown.completed.size, sight.flags]).to.deep.equal([0, 0, false]);
    expect([sight.maintenanceSchedule, sight.maintenanceStatus]).to.deep.equal([false, false]);
  });

  it("leaves the tables themselves alone", () => {
    const state = makeState();
    const acls = aclsOf({
      ...only("view_frameworks", "users", "web"),
      ...only("view_tasks", "users", "ml"),
    });
    const shown = visibleState(state, sightOf(acls, "dev"));
    expect([...shown.frameworks.keys()]).to.deep.equal(["f-web"]);
    expect([...shown.frameworks.values()][0]?.tasks.size).to.equal(0);
    expect(state.frameworks.size).to.equal(2);
    expect([...state.frameworks.values()].map(({ tasks }) => tasks.size)).to.deep.equal([1, 1]);
  });

  it("counts what agents have in use whole, but lists and counts only tasks that are seen", () => {
    const state = makeState();
    const sight = sightOf(aclsOf(only("view_frameworks", "users", "web")), "dev");
    const [agent] = legacyState(state, FACTS, sight)["slaves"] as { used_resources: object }[];
    expect(agent?.used_resources).to.deep.include({ cpus: 2, mem: 128 });
    const [summary] = legacySummary(state, FACTS, sight)["slaves"] as object[];
    expect(summary).to.deep.include({ framework_ids: ["f-web"], TASK_RUNNING: 1 });
  });

  it("leaves out what is reserved for roles that are not seen, never what is not reserved", () => {
    const state = makeState();
    const sight = sightOf(aclsOf(only("view_roles", "roles", "web")), "dev");
    const [slave] = legacyState(state, FACTS, sight)["slaves"] as { reserved_resources: object }[];
    expect(slave?.reserved_resources).to.have.all.keys("web");
    const [agent] = getAgents(state, sight).agents ?? [];
    const roles = (agent?.total_resources ?? []).map(
      ({ reservations }) => reservations?.[0]?.role ?? "*",
    );
    expect(new Set(roles)).to.deep.equal(new Set(["*", "web"]));
  });
});
