import { expect } from "chai";
import { parseAgentConfig } from "../../../../src/processes/agent/config.ts";
import { isOperatingError } from "../../../../src/api/errors/operating-error.ts";

const parse = (
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
  file: Readonly<Record<string, unknown>> = {},
): ReturnType<typeof parseAgentConfig> => parseAgentConfig({ argv, env, file });

function faultsOf(argv: readonly string[]): string {
  try {
    parse(argv);
  } catch (error) {
    if (isOperatingError(error, "CONFIG_INVALID")) return error.message;
    throw error;
  }
  return "none";
}

describe("the agent's configuration", () => {
  it("INS-04 takes flags in either spelling over the environment over the file", () => {
    const config = parse(
      ["--work-dir=/flag", "--recovery_timeout", "5mins", "--no-strict"],
      { MESOS_WORK_DIR: "/env", MESOS_PORT: "1", MESOS_SANDBOX: "of a task" },
      { work_dir: "/file", port: 2, hostname: "h" },
    );
    expect([config.work_dir, config.port, config.hostname]).to.eql(["/flag", 1, "h"]);
    expect([config.recovery_timeout, config.strict]).to.eql([300_000, false]);
  });

  it("is a machine unless it knows its node", () => {
    expect(parse([]).mode).to.equal("machine");
    expect(parse(["--node_name=n", "--cluster=ns/c"]).mode).to.equal("node");
  });

  it("reads what the operator renders", () => {
    const config = parse(
      ["--node-name=node-1"],
      { POD_IP: "10.0.0.1", HOST_IP: "10.0.0.2" },
      {
        master: "http://mesos-master.ns.svc:5050",
        cluster: "ns/mesos",
        launcher: "pod",
        access: "Api",
        work_dir: "/var/lib/mesos",
        ports: "[31000-32000]",
        reserve: "cpus:0.5;mem:0;disk:0",
        attributes: "rack:r1",
        attribute_labels: "topology.kubernetes.io/zone=zone",
        gpu_provider: "none",
        gpu_fractional: false,
        default_task_image: "localhost/node:1",
      },
    );
    expect(config.ports).to.eql([[31_000, 32_000]]);
    expect(config.attribute_labels).to.eql({ "topology.kubernetes.io/zone": "zone" });
    expect(config.ignored).to.eql(["gpu_provider", "gpu_fractional"]);
  });

  it("names all faults at once, with the nearest name for an unknown flag", () => {
    const text = faultsOf(["--work_dirs=/x", "--mastr=http://m"]);
    expect(text).to.contain("--work_dirs: unknown; did you mean --work_dir?");
    expect(text).to.contain("--mastr: unknown; did you mean --master?");
    const values = faultsOf(["--port=abc", "--recovery_timeout=soon", "--master=nowhere"]);
    expect(values.split("\n")).to.have.length(3);
  });

  it("refuses what contradicts itself or is not served", () => {
    expect(faultsOf(["--launcher=pod"])).to.contain("needs --node_name or --nodes");
    expect(faultsOf(["--node_name=n"])).to.contain("--cluster");
    expect(faultsOf(["--nodes=x=y"])).to.contain("--cluster");
    expect(
      faultsOf(["--node_name=n", "--cluster=a/b", "--launcher=pod", "--access=Host"]),
    ).to.contain("--access");
  });
});
