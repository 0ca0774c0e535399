import { expect } from "chai";
import type { OfferOperation } from "../../../../src/api/mesos/offer.ts";
import type { TaskInfo } from "../../../../src/api/mesos/task.ts";
import type { AcceptInput } from "../../../../src/domain/mesos/accept-plan.ts";
import { planAccept } from "../../../../src/domain/mesos/plan-accept.ts";
import { writeResources } from "../../../../src/domain/mesos/wire-resources.ts";
import { formatResources } from "../../../../src/domain/resources/format-resources.ts";
import { resourcesOf } from "../../../../src/domain/resources/parse-resources.ts";
import { destroy, dynamic, reserve, wire } from "../../../support/mesos/operations.ts";

const makeTask = (id: string, resources: string, overrides: Partial<TaskInfo> = {}): TaskInfo => ({
  name: id,
  task_id: { value: id },
  agent_id: { value: "S0" },
  command: { value: "true" },
  resources: writeResources(resourcesOf(resources), { refined: true }),
  ...overrides,
});
const launch = (...tasks: TaskInfo[]): OfferOperation => ({
  type: "LAUNCH",
  launch: { task_infos: tasks },
});
const makeInput = (
  operations: readonly OfferOperation[],
  overrides: Partial<AcceptInput> = {},
): AcceptInput => ({
  frameworkId: "f",
  agentId: "S0",
  role: "web",
  isAware: true,
  offered: resourcesOf("cpus:4;mem:1024"),
  offersCount: 1,
  maxTasksPerOffer: 100,
  operations,
  isKnownTask: () => false,
  executorOf: () => undefined,
  operating: () => ({
    agentId: "S0",
    agentCapabilities: ["AGENT_OPERATION_FEEDBACK", "HIERARCHICAL_ROLE", "RESERVATION_REFINEMENT"],
    makesVolumes: true,
    framework: { id: "f", role: "web", roles: ["web"], capabilities: new Set() },
    checkpointed: [],
    used: [],
  }),
  ...overrides,
});

/** What a plan does, in one line per step. */
const told = (input: AcceptInput): string[] =>
  planAccept(input).steps.map((step) => {
    switch (step.kind) {
      case "launch":
        return `launch ${step.task.info.task_id.value}`;
      case "launchGroup":
        return `group ${step.tasks.map(({ info }) => info.task_id.value).join(" ")}`;
      case "refuseTask":
        return `${step.refusal.state} ${step.refusal.reason} ${step.taskId}`;
      case "operate":
        return `operate ${step.operation.info.type ?? ""}`;
      case "refuseOperation":
        return `${step.state} ${step.operation.type ?? ""}`;
    }
  });

describe("planAccept (MES-03)", () => {
  it("launches in order on what is left; a bad task is answered and the next goes on", () => {
    const input = makeInput([
      launch(makeTask("a", "cpus:3;mem:64"), makeTask("b", "cpus:2;mem:64")),
      launch(makeTask("c", "cpus:1;mem:64")),
    ]);
    expect(told(input)).to.deep.equal(["launch a", "TASK_ERROR REASON_TASK_INVALID b", "launch c"]);
    expect(formatResources(planAccept(input).unused)).to.equal("mem:896");
  });

  it("knows the ids of tasks earlier in the same call", () => {
    const input = makeInput([launch(makeTask("a", "cpus:1"), makeTask("a", "cpus:1"))]);
    expect(told(input)).to.deep.equal(["launch a", "TASK_ERROR REASON_TASK_INVALID a"]);
  });

  it("is a decline without operations, and with a LAUNCH of nothing", () => {
    expect(planAccept(makeInput([])).isDecline).to.equal(true);
    expect(planAccept(makeInput([launch()])).isDecline).to.equal(true);
  });

  it("drops tasks beyond max_tasks_per_offer, LOST for frameworks that are not aware", () => {
    const tasks = [makeTask("a", "cpus:1"), makeTask("b", "cpus:1"), makeTask("c", "cpus:1")];
    const input = makeInput([launch(...tasks)], { maxTasksPerOffer: 2 });
    expect(told(input).at(-1)).to.equal("TASK_DROPPED REASON_TASK_INVALID c");
    expect(told({ ...input, isAware: false }).at(-1)).to.equal("TASK_LOST REASON_TASK_INVALID c");
    expect(told({ ...input, maxTasksPerOffer: 0 })).to.have.length(3);
  });

  it("fills in allocation_info, the executor's framework and the type of the health check", () => {
    const task = makeTask("a", "cpus:1", { health_check: { tcp: { port: 80 } } });
    const [step] = planAccept(makeInput([launch(task)])).steps;
    const info = step?.kind === "launch" ? step.task.info : undefined;
    expect(info?.resources?.[0]?.allocation_info).to.deep.equal({ role: "web" });
    expect(info?.health_check?.type).to.equal("TCP");
  });

  it("charges an executor once for two tasks of one call", () => {
    const executor = {
      executor_id: { value: "e" },
      command: { value: "run" },
      resources: writeResources(resourcesOf("cpus:1"), { refined: true }),
    };
    const { command: _none, ...bare } = makeTask("a", "cpus:1");
    const second = { ...bare, task_id: { value: "b" } };
    const input = makeInput([launch({ ...bare, executor }, { ...second, executor })]);
    expect(formatResources(planAccept(input).unused)).to.equal("cpus:1;mem:1024");
  });

  it("launches a group whole or not at all (MES-13)", () => {
    const { command: _none, ...bare } = makeTask("a", "cpus:1");
    const group = (tasks: TaskInfo[]): OfferOperation => ({
      type: "LAUNCH_GROUP",
      launch_group: {
        executor: { executor_id: { value: "e" }, type: "DEFAULT" },
        task_group: { tasks },
      },
    });
    const other = { ...bare, task_id: { value: "b" } };
    const tooBig = makeTask("c", "cpus:9");
    expect(told(makeInput([group([bare, other])]))).to.deep.equal(["group a b"]);
    expect(told(makeInput([group([bare, tooBig])]))).to.deep.equal([
      "TASK_ERROR REASON_TASK_GROUP_INVALID a",
      "TASK_ERROR REASON_TASK_GROUP_INVALID c",
    ]);
  });

  it("answers every task of an agent that is away, and keeps the resources unused", () => {
    const refusal = {
      state: "TASK_DROPPED",
      reason: "REASON_AGENT_DISCONNECTED",
      message: "Agent disconnected",
    } as const;
    const input = makeInput([launch(makeTask("a", "cpus:1"))], { agentRefusal: refusal });
    expect(told(input)).to.deep.equal(["TASK_DROPPED REASON_AGENT_DISCONNECTED a"]);
    expect(formatResources(planAccept(input).unused)).to.equal("cpus:4;mem:1024");
  });

  it("drops every operation on an agent that is away", () => {
    const refusal = {
      state: "TASK_DROPPED",
      reason: "REASON_AGENT_REMOVED",
      message: "Agent removed",
    } as const;
    const input = makeInput([reserve("cpus(web):1")], { agentRefusal: refusal });
    expect(told(input)).to.deep.equal(["OPERATION_DROPPED RESERVE"]);
    expect(formatResources(planAccept(input).unused)).to.equal("cpus:4;mem:1024");
  });

  it("counts tasks of the same call as users of a volume", () => {
    const volume = "disk(web)[v:data]<SHARED>:10";
    const task = makeTask("a", "cpus:1");
    const resources = [...(task.resources ?? []), ...wire(volume)];
    const base = makeInput([]);
    const input = makeInput([launch({ ...task, resources }), destroy(volume)], {
      offered: [...resourcesOf("cpus:1"), ...dynamic(volume), ...dynamic(volume)],
      operating: () => ({ ...base.operating(), checkpointed: dynamic(volume) }),
    });
    expect(told(input)).to.deep.equal(["launch a", "OPERATION_ERROR DESTROY"]);
  });

  it("takes no id on LAUNCH", () => {
    const operation = { ...launch(makeTask("a", "cpus:1")), id: { value: "op" } };
    expect(told(makeInput([operation]))).to.deep.equal(["TASK_ERROR REASON_TASK_INVALID a"]);
  });
});
