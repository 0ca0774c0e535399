import { expect } from "chai";
import type { MasterEvent } from "../../../../src/api/mesos/operator-event.ts";
import { getState } from "../../../../src/domain/mesos/views/operator-reads.ts";
import type { EngineInput } from "../../../../src/services/offer-engine/core/inputs.ts";
import { LASTING } from "../../../support/mesos/builders.ts";
import { EngineScenario } from "../../../support/mesos/engine-scenario.ts";

/** A scenario that somebody watches; `seen` are the events in their order. */
class WatchedScenario extends EngineScenario {
  readonly seen: MasterEvent[] = [];

  override put(input: EngineInput): void {
    super.put(input);
    this.seen.push(...this.takeMasterEvents());
  }

  types(): (string | undefined)[] {
    return this.seen.map(({ type }) => type);
  }
}

describe("what operators who watch are told", () => {
  it("is nothing while nobody watches", () => {
    const scenario = new WatchedScenario();
    scenario.framework("fw", LASTING);
    scenario.agent("n1");
    expect(scenario.seen).to.deep.equal([]);
  });

  it("is every change of agents, frameworks and tasks, in its order", () => {
    const scenario = new WatchedScenario();
    scenario.engine.watch(true);
    const id = scenario.framework("fw", LASTING);
    const link = scenario.agent("n1");
    scenario.launch("fw", id, "t");
    scenario.update(link, id, "t", "TASK_RUNNING");
    scenario.update(link, id, "t", "TASK_FINISHED");
    scenario.put({ kind: "frameworkStreamClosed", streamId: "fw" });
    scenario.put({ kind: "agentMarkedGone", agentId: scenario.agentIdOf(link) });
    scenario.put({
      kind: "teardown",
      frameworkId: scenario.seen[0]?.framework_added?.framework.framework_info.id?.value as never,
    });
    expect(scenario.types()).to.deep.equal([
      "FRAMEWORK_ADDED",
      "AGENT_ADDED",
      "TASK_ADDED",
      "TASK_UPDATED",
      "TASK_UPDATED",
      "FRAMEWORK_UPDATED",
      "AGENT_REMOVED",
      "FRAMEWORK_REMOVED",
    ]);
    expect(scenario.seen[2]?.task_added?.task).to.deep.include({
      name: "t",
      state: "TASK_STAGING",
    });
    expect(scenario.seen[3]?.task_updated).to.deep.include({
      framework_id: { value: id },
      state: "TASK_RUNNING",
    });
    expect(scenario.seen[5]?.framework_updated?.framework.connected).to.equal(false);
  });

  it("tells of tasks of a lost agent, and of the tasks that come back with it", () => {
    const scenario = new WatchedScenario();
    const id = scenario.framework("fw", LASTING);
    const link = scenario.agent("n1");
    const agentId = scenario.agentIdOf(link);
    scenario.launch("fw", id, "t");
    scenario.update(link, id, "t", "TASK_RUNNING");
    scenario.engine.watch(true);
    scenario.silence(link);
    scenario.pass(26_000);
    scenario.agent("n1", {
      agent_id: agentId,
      tasks: [scenario.reported(id, agentId, "t", "TASK_RUNNING")],
    });
    expect(scenario.types()).to.deep.equal([
      "TASK_UPDATED",
      "AGENT_REMOVED",
      "AGENT_ADDED",
      "TASK_ADDED",
    ]);
    expect(scenario.seen[0]?.task_updated?.state).to.equal("TASK_UNREACHABLE");
  });

  it("together with the state at its beginning gives the state at its end", () => {
    const scenario = new WatchedScenario();
    const id = scenario.framework("fw", LASTING);
    const first = scenario.agent("n1");
    scenario.launch("fw", id, "before");
    scenario.engine.watch(true);
    const began = getState(scenario.engine.state);
    scenario.agent("n2");
    scenario.pass(1100);
    scenario.launch("fw", id, "after");
    scenario.update(first, id, "before", "TASK_RUNNING");
    const tasks = new Map(
      began.get_tasks?.tasks?.map(({ task_id, state }) => [task_id.value, state]),
    );
    const agents = new Set(began.get_agents?.agents?.map(({ agent_info }) => agent_info.id?.value));
    for (const { task_added, task_updated, agent_added, agent_removed } of scenario.seen) {
      if (task_added !== undefined) tasks.set(task_added.task.task_id.value, task_added.task.state);
      if (task_updated !== undefined)
        tasks.set(task_updated.status.task_id.value, task_updated.state);
      if (agent_added !== undefined) agents.add(agent_added.agent.agent_info.id?.value);
      if (agent_removed !== undefined) agents.delete(agent_removed.agent_id.value);
    }
    const ended = getState(scenario.engine.state);
    expect([...tasks].sort()).to.deep.equal(
      ended.get_tasks?.tasks?.map(({ task_id, state }) => [task_id.value, state]).sort(),
    );
    expect([...agents].sort()).to.deep.equal(
      ended.get_agents?.agents?.map(({ agent_info }) => agent_info.id?.value).sort(),
    );
  });
});
