import { expect } from "chai";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { execPath } from "node:process";

const CLI = join(import.meta.dirname, "../../../src/processes/cli/main.ts");
const ENDS_MAX_MS = 30_000;

interface End {
  /** `null`: it had not ended within time. */
  readonly code: number | null;
  readonly output: string;
}

/** `orchestrator <args>` as people start it, without the environment of a pod, until it has ended. */
function end(...args: readonly string[]): Promise<End> {
  return new Promise((resolve) => {
    const options = { env: { PATH: "", HOME: "" }, timeout: ENDS_MAX_MS };
    const child = execFile(execPath, [CLI, ...args], options, (_error, stdout, stderr) =>
      resolve({ code: child.exitCode, output: `${stdout}${stderr}` }),
    );
  });
}

describe("a process that cannot start ends, whatever it has opened (operator.md 1.8)", function () {
  this.timeout(60_000);
  const starts: Record<string, readonly string[]> = {
    operator: ["--health-port=0"],
    master: ["--cluster=a/b", "--port=0", "--health-port=0"],
    "master beside an operator": ["--sidecar", "--port=0", "--health-port=0"],
    marathon: ["--http_port=0", "--health_port=0"],
    agent: ["--node_name=n", "--cluster=a/b", "--port=0"],
  };
  for (const [name, args] of Object.entries(starts)) {
    const [command = ""] = name.split(" ");
    it(`${name}: with 2 without access to its API server`, async () => {
      const { code, output } = await end(command, ...args, "--kubeconfig=/nowhere");
      expect(output).to.contain("kubeconfig /nowhere cannot be read");
      expect(code).to.equal(2);
    });
  }

  for (const command of [
    "operator",
    "master",
    "marathon",
    "agent",
    "state",
    "framework",
    "mesos-execute",
  ]) {
    it(`${command}: with 2 when an option is not one of its own`, async () => {
      const { code, output } = await end(command, "--nonsense");
      expect(output).to.match(/--(nonsense|master)/);
      expect(code).to.equal(2);
    });
  }
});
