import { expect } from "chai";
import { nodeAttributes, parseAttributes } from "../../../../src/domain/agent/attributes.ts";
import { machineInventory } from "../../../../src/domain/agent/machine-inventory.ts";
import {
  mesosDuration,
  mesosEnvironment,
  parseMesosDuration,
} from "../../../../src/domain/agent/mesos-environment.ts";
import { planProcess, type ProcessRules } from "../../../../src/domain/agent/process-plan.ts";
import { formatResources } from "../../../../src/domain/resources/format-resources.ts";
import { resourcesOf } from "../../../../src/domain/resources/parse-resources.ts";
import { makeRecord } from "../../../support/agent/builders.ts";
import { commandTask } from "../../../support/agent/http-master.ts";

describe("parseAttributes", () => {
  it("MES-38 reads text, scalar, range and set as Mesos does", () => {
    const parsed = parseAttributes("rack:rack1;zone:us-east-1a;level:10;ports:[1-2];tags:{a,b}");
    expect(parsed.ok && parsed.attributes).to.eql([
      { name: "rack", type: "TEXT", text: { value: "rack1" } },
      { name: "zone", type: "TEXT", text: { value: "us-east-1a" } },
      { name: "level", type: "SCALAR", scalar: { value: 10 } },
      { name: "ports", type: "RANGES", ranges: { range: [{ begin: 1, end: 2 }] } },
      { name: "tags", type: "SET", set: { item: ["a", "b"] } },
    ]);
  });

  it("names the item it cannot read", () => {
    for (const item of ["rack", ":x", "ports:[2-1]", "tags:{a,}"]) {
      expect(parseAttributes(`a:b;${item}`)).to.eql({ ok: false, item });
    }
  });

  it("adds node labels, given attributes win", () => {
    const node = {
      metadata: {
        name: "n",
        labels: { "topology.kubernetes.io/zone": "z1", "kubernetes.io/arch": "amd64", disk: "ssd" },
      },
    };
    const given = [{ name: "zone", type: "TEXT" as const, text: { value: "mine" } }];
    const names = nodeAttributes(node, given, { disk: "disk_type" }).map(
      ({ name, text }) => `${name}=${text?.value ?? ""}`,
    );
    expect(names).to.eql(["zone=mine", "arch=amd64", "disk_type=ssd"]);
  });
});

describe("Mesos durations", () => {
  it("print in the largest unit that divides them, and read back", () => {
    const cases: Record<string, number> = {
      "5secs": 5_000,
      "15mins": 900_000,
      "2hrs": 7_200_000,
      "1weeks": 604_800_000,
      "1500ms": 1_500,
    };
    for (const [text, ms] of Object.entries(cases)) {
      expect(mesosDuration(ms)).to.equal(text);
      expect(parseMesosDuration(text)).to.equal(ms);
    }
    expect(parseMesosDuration("soon")).to.equal(undefined);
  });
});

describe("mesosEnvironment", () => {
  it("MES-33 holds what every executor finds", () => {
    const environment = Object.fromEntries(
      mesosEnvironment(makeRecord(), {
        agentId: "a",
        endpoint: "10.0.0.1:5051",
        sandbox: "/s",
        directory: "/d",
        recoveryTimeoutMs: 900_000,
        shutdownGraceMs: 5_000,
      }),
    );
    expect(environment).to.include({
      MESOS_SLAVE_PID: "slave(1)@10.0.0.1:5051",
      MESOS_SANDBOX: "/s",
      MESOS_CHECKPOINT: "1",
      MESOS_EXECUTOR_SHUTDOWN_GRACE_PERIOD: "5secs",
      MESOS_RECOVERY_TIMEOUT: "15mins",
    });
  });
});

describe("machineInventory", () => {
  const facts = { cpus: 4, memTotalMiB: 8_192, diskTotalMiB: 102_400 };
  const text = (more: Partial<typeof facts>, given = ""): string =>
    formatResources(
      machineInventory({ ...facts, ...more }, resourcesOf(given), [[31_000, 32_000]]),
    );

  it("holds back 1 GiB of memory and 5 GiB of disk, half of little", () => {
    expect(text({})).to.equal("cpus:4;mem:7168;disk:97280;ports:[31000-32000]");
    expect(text({ memTotalMiB: 1_024, diskTotalMiB: 8_192 })).to.contain("mem:512;disk:4096");
  });

  it("takes a given amount for the one it found", () => {
    expect(text({}, "cpus:1;gpus:2")).to.equal(
      "mem:7168;disk:97280;ports:[31000-32000];cpus:1;gpus:2",
    );
  });
});

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
