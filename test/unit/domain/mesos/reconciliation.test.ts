import { expect } from "chai";
import { asId, type AgentId, type TaskId } from "../../../../src/api/ids/ids.ts";
import { answerExplicit, answerImplicit } from "../../../../src/domain/mesos/reconciliation.ts";
import { emptyMasterState } from "../../../../src/domain/mesos/empty-master-state.ts";
import type { MasterState } from "../../../../src/domain/mesos/master-state.ts";
import { makeAgent, makeFramework, makeTask } from "../../../support/mesos/builders.ts";

const NOW_MS = 5000;

function makeState(): MasterState {
  const state = emptyMasterState("m");
  const registered = makeAgent("S-registered");
  state.agents.set(registered.id, registered);
  const orders = { deactivatedByOperator: false, draining: undefined };
  const lost = { info: { hostname: "h" }, nodeUid: undefined, ...orders };
  state.recovered.set(asId("S-recovering"), {
    id: asId("S-recovering"),
    ...lost,
  });
  state.unreachable.set(asId("S-lost"), { id: asId("S-lost"), ...lost, sinceMs: 3000 });
  state.gone.set(asId("S-gone"), 1000);
  return state;
}

describe("answerExplicit (MES-17)", () => {
  interface Row {
    readonly agentId?: string;
    readonly aware: string | undefined;
    readonly unaware: string | undefined;
    readonly message?: string;
  }
  const rows: Record<string, Row> = {
    "an agent that is registered": {
      agentId: "S-registered",
      aware: "TASK_GONE",
      unaware: "TASK_LOST",
      message: "Reconciliation: Task is unknown to the agent",
    },
    "an agent that is expected back": {
      agentId: "S-recovering",
      aware: undefined,
      unaware: undefined,
    },
    "an agent that is unreachable": {
      agentId: "S-lost",
      aware: "TASK_UNREACHABLE",
      unaware: "TASK_LOST",
      message: "Reconciliation: Task is unreachable",
    },
    "an agent that is gone": {
      agentId: "S-gone",
      aware: "TASK_GONE_BY_OPERATOR",
      unaware: "TASK_LOST",
      message: "Reconciliation: Task is gone",
    },
    "an agent nobody knows": {
      agentId: "S-strange",
      aware: "TASK_UNKNOWN",
      unaware: "TASK_LOST",
      message: "Reconciliation: Task is unknown",
    },
    "no agent while one is expected back": { aware: undefined, unaware: undefined },
  };
  for (const [name, { agentId, aware, unaware, message }] of Object.entries(rows)) {
    it(`answers for an unknown task of ${name}`, () => {
      const question = {
        taskId: asId<TaskId>("t"),
        agentId: agentId === undefined ? undefined : asId<AgentId>(agentId),
      };
      const known = answerExplicit(makeState(), makeFramework(), question, NOW_MS);
      const plain = answerExplicit(
        makeState(),
        makeFramework({ capabilities: [{ type: "MULTI_ROLE" }] }),
        question,
        NOW_MS,
      );
      expect([known?.state, plain?.state]).to.deep.equal([aware, unaware]);
      expect(known?.message).to.equal(message);
      if (known === undefined) return;
      expect(known).to.include({ source: "SOURCE_MASTER", reason: "REASON_RECONCILIATION" });
      expect(known.uuid).to.equal(undefined);
    });
  }

  it("says since when the agent is unreachable", () => {
    const question = { taskId: asId<TaskId>("t"), agentId: asId<AgentId>("S-lost") };
    const answer = answerExplicit(makeState(), makeFramework(), question, NOW_MS);
    expect(answer?.unreachable_time).to.deep.equal({ nanoseconds: 3e9 });
  });

  it("answers for no agent once none is expected back", () => {
    const state = makeState();
    state.recovered.clear();
    const question = { taskId: asId<TaskId>("t"), agentId: undefined };
    expect(answerExplicit(state, makeFramework(), question, NOW_MS)?.state).to.equal(
      "TASK_UNKNOWN",
    );
  });

  it("gives the latest state of a known task, with its health", () => {
    const framework = makeFramework();
    const task = makeTask("t", "S-registered");
    task.statuses.push({ task_id: { value: "t" }, state: "TASK_RUNNING", healthy: false });
    framework.tasks.set(task.id, task);
    const question = { taskId: task.id, agentId: undefined };
    expect(answerExplicit(makeState(), framework, question, NOW_MS)).to.deep.include({
      state: "TASK_RUNNING",
      healthy: false,
      message: "Reconciliation: Latest task state",
    });
  });

  it("does not run ahead of the updates: a task that ended behind an unacknowledged update still runs", () => {
    const framework = makeFramework();
    const task = makeTask("t", "S-registered", "TASK_FINISHED");
    task.statuses.push({ task_id: { value: "t" }, state: "TASK_RUNNING" });
    framework.tasks.set(task.id, task);
    const question = { taskId: task.id, agentId: undefined };
    expect(answerExplicit(makeState(), framework, question, NOW_MS)?.state).to.equal(
      "TASK_RUNNING",
    );
  });
});

describe("answerImplicit (MES-18)", () => {
  it("gives one status per task, terminal but unacknowledged included", () => {
    const framework = makeFramework();
    for (const task of [makeTask("a", "S0"), makeTask("b", "S0", "TASK_FINISHED")]) {
      framework.tasks.set(task.id, task);
    }
    const states = [...answerImplicit(framework, NOW_MS)].map(({ state }) => state);
    expect(states).to.deep.equal(["TASK_RUNNING", "TASK_FINISHED"]);
  });
});
