import { expect } from "chai";
import { planProcess, type ProcessRules } from "../../../../src/domain/agent/process-plan.ts";
import { makeRecord } from "../../../support/agent/builders.ts";
import { commandTask } from "../../../support/agent/http-master.ts";

describe("planProcess", () => {
  const rules: ProcessRules = {
    canSwitchUser: true,
    requireNonRoot: false,
    cpuLimits: false,
    limitSwap: false,
  };
  const plan = (more: object, with_: Partial<ProcessRules> = {}) => {
    const task = commandTask("t", "x", more);
    return planProcess(makeRecord({ tasks: [task] }), task, [["A", "1"]], { ...rules, ...with_ });
  };

  it("runs a shell command under /bin/sh, another as it is", () => {
    const shell = plan({});
    const plain = plan({
      command: { shell: false, value: "/bin/echo", arguments: ["echo", "a"] },
    });
    expect(shell.ok && shell.value.argv).to.eql(["/bin/sh", "-c", "x"]);
    expect(plain.ok && plain.value.argv).to.eql(["/bin/echo", "a"]);
  });

  it("keeps cpus a share and mem a limit", () => {
    const planned = plan({});
    expect(planned.ok && planned.value.limits).to.eql({
      cpuMillis: 100,
      revocable: false,
      limitSwap: false,
      memMiB: 32,
      memLimitMiB: 32,
    });
  });

  const refusals: Record<string, { given: object; rules?: Partial<ProcessRules>; field: string }> =
    {
      "an image": {
        given: { container: { type: "DOCKER", docker: { image: "x" } } },
        field: "container",
      },
      volumes: {
        given: { container: { type: "MESOS", volumes: [{ container_path: "/x", mode: "RW" }] } },
        field: "container.volumes",
      },
      root: {
        given: { command: { value: "x", user: "root" } },
        rules: { requireNonRoot: true },
        field: "command.user",
      },
      "no value": { given: { command: {} }, field: "command.value" },
    };
  for (const [name, { given, rules: more, field }] of Object.entries(refusals)) {
    it(`refuses ${name} by the field's name`, () => {
      const planned = plan(given, more);
      expect(planned.ok ? "accepted" : planned.refusal.field).to.equal(field);
    });
  }
});
