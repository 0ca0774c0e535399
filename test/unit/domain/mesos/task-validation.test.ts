import { expect } from "chai";
import type { TaskInfo } from "../../../../src/api/mesos/task.ts";
import { validateTask, type TaskContext } from "../../../../src/domain/mesos/task-validation.ts";
import { writeResources } from "../../../../src/domain/mesos/wire-resources.ts";
import { resourcesOf } from "../../../../src/domain/resources/parse-resources.ts";

const wire = (text: string, role = "web"): NonNullable<TaskInfo["resources"]> =>
  writeResources(resourcesOf(text), { refined: true, allocatedTo: role });

const makeTask = (overrides: Partial<TaskInfo> = {}): TaskInfo => ({
  name: "t",
  task_id: { value: "t1" },
  agent_id: { value: "S0" },
  command: { value: "true" },
  resources: wire("cpus:1;mem:64"),
  ...overrides,
});

const context: TaskContext = {
  frameworkId: "f",
  agentId: "S0",
  role: "web",
  isKnownTask: (id) => id === "known",
  executorOf: (id) =>
    id === "e1" ? { executor_id: { value: "e1" }, command: { value: "run" } } : undefined,
  available: resourcesOf("cpus:4;mem:1024;ports:[31000-31009]"),
};

const { command: _none, ...withoutCommand } = makeTask();

describe("validateTask (MES-03)", () => {
  const faults: Record<string, readonly [TaskInfo, string]> = {
    "an empty id": [makeTask({ task_id: { value: "" } }), "ID must not be empty"],
    "an id with a slash": [
      makeTask({ task_id: { value: "a/b" } }),
      "'a/b' contains invalid characters",
    ],
    "an id of dots": [makeTask({ task_id: { value: ".." } }), "'..' is disallowed"],
    "an id of 256 characters": [
      makeTask({ task_id: { value: "x".repeat(256) } }),
      "ID must not be greater than 255 characters",
    ],
    "an id in use": [makeTask({ task_id: { value: "known" } }), "Task has duplicate ID: known"],
    "another agent": [
      makeTask({ agent_id: { value: "S9" } }),
      "Task uses invalid agent S9 while agent S0 is expected",
    ],
    "a negative grace period": [
      makeTask({ kill_policy: { grace_period: { nanoseconds: -1 } } }),
      "Task's 'kill_policy.grace_period' must be non-negative",
    ],
    "a negative completion time": [
      makeTask({ max_completion_time: { nanoseconds: -1 } }),
      "Task's `max_completion_time` must be non-negative",
    ],
    "a check without type": [
      makeTask({ check: {} }),
      "Task uses invalid check: CheckInfo must specify 'type'",
    ],
    "a health check without its part": [
      makeTask({ health_check: { type: "HTTP" } }),
      "Task uses invalid health check: Expecting 'http' to be set for HTTP health check",
    ],
    "a health check with a negative delay": [
      makeTask({ health_check: { type: "TCP", tcp: { port: 1 }, delay_seconds: -1 } }),
      "Task uses invalid health check: Expecting 'delay_seconds' to be non-negative",
    ],
    "no resources": [makeTask({ resources: [] }), "Task uses no resources"],
    "resources of nothing": [makeTask({ resources: wire("") }), "Task uses no resources"],
    "resources of another role": [
      makeTask({ resources: wire("cpus:1", "db") }),
      "Task uses resources allocated to role 'db' while the offers are allocated to role 'web'",
    ],
    "negative resources": [
      makeTask({ resources: [{ name: "cpus", type: "SCALAR", scalar: { value: -1 } }] }),
      "Task uses invalid resources: Invalid resource cpus: Invalid scalar resource: value < 0",
    ],
    "revocable and regular cpus": [
      makeTask({ resources: wire("cpus:1;cpus{REV}:1") }),
      "Task mixes revocable and non-revocable resources: Cannot use both revocable and " +
        "non-revocable 'cpus' at the same time",
    ],
    "neither command nor executor": [
      withoutCommand,
      "Task should have at least one (but not both) of CommandInfo or ExecutorInfo present",
    ],
    "command and executor": [
      makeTask({ executor: { executor_id: { value: "e2" } } }),
      "Task should have at least one (but not both) of CommandInfo or ExecutorInfo present",
    ],
    "a variable without value": [
      makeTask({ command: { environment: { variables: [{ name: "A" }] } } }),
      "Task's `CommandInfo` is invalid: Environment variable 'A' of type 'VALUE' must have a value set",
    ],
    "a Docker container without image": [
      makeTask({ container: { type: "DOCKER" } }),
      "Task's `ContainerInfo` is invalid: DockerInfo 'docker' is not set for DOCKER typed ContainerInfo",
    ],
    "a limit below the request": [
      makeTask({ limits: { cpus: { value: 0.5 } } }),
      "The resource limit of 'cpus' is less than its request (0.5 < 1)",
    ],
    "a limit of disk": [
      makeTask({ limits: { disk: { value: 5 } } }),
      "Task resource limits are only supported for 'cpus' and 'mem', not for 'disk'",
    ],
    "an executor that is another one on this agent": [
      {
        ...withoutCommand,
        executor: { executor_id: { value: "e1" }, command: { value: "other" } },
      },
      "ExecutorInfo is not compatible with existing ExecutorInfo with same ExecutorID 'e1'",
    ],
    "an executor of another framework": [
      {
        ...withoutCommand,
        executor: { executor_id: { value: "e2" }, framework_id: { value: "g" } },
      },
      "ExecutorInfo has an invalid FrameworkID (Actual: g vs Expected: f)",
    ],
    "more than there is": [
      makeTask({ resources: wire("cpus:5") }),
      "Total resources cpus:5 required by task and its executor is more than available " +
        "cpus:4;mem:1024;ports:[31000-31009]",
    ],
    "ports that were not offered": [
      makeTask({ resources: wire("cpus:1;ports:[80-80]") }),
      "Total resources cpus:1;ports:[80-80] required by task and its executor is more than " +
        "available cpus:4;mem:1024;ports:[31000-31009]",
    ],
  };
  for (const [name, [task, error]] of Object.entries(faults)) {
    it(`refuses ${name}`, () =>
      expect(validateTask(task, context)).to.deep.equal({ ok: false, error }));
  }

  it("charges a known executor nothing and a new one its resources", () => {
    const known = { executor_id: { value: "e1" }, command: { value: "run" } };
    const fresh = { executor_id: { value: "e2" }, resources: wire("mem:32") };
    expect(validateTask({ ...withoutCommand, executor: known }, context)).to.deep.include({
      ok: true,
      executorResources: [],
      startsExecutor: false,
    });
    expect(validateTask({ ...withoutCommand, executor: fresh }, context)).to.deep.include({
      ok: true,
      executorResources: resourcesOf("mem:32"),
      startsExecutor: true,
    });
  });

  it("takes an unbounded limit", () => {
    const task = makeTask({ limits: { cpus: { value: Infinity } } });
    expect(validateTask(task, context).ok).to.equal(true);
  });
});
