import { expect } from "chai";
import type { ExecutorInfo } from "../../../../src/api/mesos/executor-info.ts";
import type { FrameworkInfo } from "../../../../src/api/mesos/framework-info.ts";
import type { OfferOperation } from "../../../../src/api/mesos/offer.ts";
import type { TaskInfo } from "../../../../src/api/mesos/task.ts";
import {
  launchFault,
  operationFault,
  registrationFault,
} from "../../../../src/domain/authorization/framework-permissions.ts";
import { aclsOf } from "../../../support/mesos/acls.ts";

const ANY = { type: "ANY" };
const NONE = { type: "NONE" };
const NO_ROOT = aclsOf({ run_tasks: [{ principals: NONE, users: { values: ["root"] } }] });
const INFO: FrameworkInfo = {
  user: "web",
  name: "fw",
  id: { value: "f1" },
  principal: "marathon",
  roles: ["a", "b"],
  capabilities: [{ type: "MULTI_ROLE" }],
};
const task = (overrides: Partial<TaskInfo> = {}): TaskInfo => ({
  name: "t",
  task_id: { value: "t1" },
  agent_id: { value: "S1" },
  resources: [],
  ...overrides,
});
const executor = (user?: string): ExecutorInfo => ({
  executor_id: { value: "e" },
  command: user === undefined ? {} : { user },
});

describe("what a framework may do (SEC-05, SEC-07)", () => {
  const launches: Record<string, readonly [TaskInfo, FrameworkInfo, ExecutorInfo?]> = {
    "the task's command": [task({ command: { user: "root" } }), INFO],
    "its executor": [task({ executor: executor("root") }), INFO],
    "its framework": [task(), { ...INFO, user: "root" }],
    "the executor of its group": [task({ command: { user: "web" } }), INFO, executor("root")],
  };
  for (const [name, [given, info, group]] of Object.entries(launches)) {
    it(`asks for the user of ${name}`, () => {
      expect(launchFault(NO_ROOT, info, given, group)).to.equal(
        "Not authorized to launch task t1 of framework f1",
      );
    });
  }

  it("asks for the first of them that is said, not for the others", () => {
    const info = { ...INFO, user: "root" };
    const given = task({ command: { user: "web" }, executor: executor("root") });
    expect(launchFault(NO_ROOT, info, given)).to.equal(undefined);
  });

  it("needs every role, and permission for none", () => {
    const onlyA = aclsOf({
      permissive: false,
      register_frameworks: [{ principals: { values: ["marathon"] }, roles: { values: ["a"] } }],
    });
    const fault = (roles: readonly string[]): string | undefined =>
      registrationFault(onlyA, { ...INFO, roles: [...roles] });
    expect(fault(["a"])).to.equal(undefined);
    expect(fault(["a", "b"])).to.equal(
      "Not authorized to register framework f1 with roles { a, b }",
    );
    expect(fault([])).to.equal("Not authorized to register framework f1 with roles {  }");
    expect(registrationFault(aclsOf({}), { ...INFO, roles: [] })).to.equal(undefined);
  });

  it("needs permission for operations on resources, and says for which", () => {
    const acls = aclsOf({ reserve_resources: [{ principals: ANY, roles: NONE }] });
    const operation: OfferOperation = {
      type: "RESERVE",
      id: { value: "o1" },
      reserve: {
        resources: [
          {
            name: "cpus",
            type: "SCALAR",
            scalar: { value: 1 },
            reservations: [{ role: "a", type: "DYNAMIC" }],
          },
        ],
      },
    };
    expect(operationFault(acls, "marathon", operation)).to.equal(
      'Not authorized to perform action RESERVE_RESOURCES on object {"value":"a"}',
    );
    expect(operationFault(aclsOf({}), "marathon", operation)).to.equal(undefined);
  });
});
