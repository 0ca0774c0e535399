import { expect } from "chai";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { execPath } from "node:process";
import { type TaskFate, RunningAgent } from "../../support/frameworks/running-agent.ts";
import { until } from "../../cluster/host/until.ts";
import { startTestMaster, type TestMaster } from "../../support/mesos/test-master.ts";

const CLI = join(import.meta.dirname, "../../../src/processes/cli/main.ts");

interface Execution {
  readonly output: () => string;
  readonly signal: (name: NodeJS.Signals) => void;
  /** Exit code. */
  readonly end: Promise<number | null>;
}

describe("orchestrator mesos-execute, the command (API-06)", function () {
  this.timeout(60_000);
  let master: TestMaster;
  let agent: RunningAgent;
  let fate: TaskFate;

  beforeEach(async () => {
    fate = "finishes";
    master = await startTestMaster();
    agent = await RunningAgent.subscribe(master.port, { fateOf: () => fate });
  });
  afterEach(async () => {
    agent.close();
    await master.stop();
  });

  function execute(...flags: readonly string[]): Execution {
    const address = `--master=127.0.0.1:${master.port}`;
    const child = spawn(execPath, [CLI, "mesos-execute", address, "--user=nobody", ...flags]);
    let output = "";
    child.stdout.on("data", (text: Buffer) => (output += text.toString()));
    return {
      output: () => output,
      signal: (name) => child.kill(name),
      end: new Promise((resolve) => child.on("close", resolve)),
    };
  }

  it("ends with 0 when its task finished, and prints nothing but its lines", async () => {
    const { output, end } = execute("--name=t", "--command=true");
    expect(await end).to.equal(0);
    expect(output().split("\n").slice(0, 3).join("\n")).to.match(
      /^Subscribed with ID \S+\nSubmitted task 't' to agent '\S+'\nReceived status update TASK_RUNNING for task 't'$/,
    );
  });

  it("ends with 1 when its task failed", async () => {
    fate = "fails";
    expect(await execute("--name=t", "--command=false").end).to.equal(1);
  });

  it("tears its framework down at SIGINT and ends with 1", async () => {
    fate = "holds";
    const { output, signal, end } = execute("--name=t", "--command=sleep 99");
    await until("a running task", () => output().includes("TASK_RUNNING"), { timeoutMs: 30_000 });
    signal("SIGINT");
    expect(await end).to.equal(1);
    await agent.link.event("SHUTDOWN_FRAMEWORK");
  });
});
