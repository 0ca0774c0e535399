import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TaskInfo } from "../../../src/api/mesos/task.ts";
import { AGENT, AgentProcess } from "../../support/agent/agent-process.ts";
import { commandTask, HttpMaster } from "../../support/agent/http-master.ts";

const isRoot = process.getuid?.() === 0;

describe("tasks as processes of a machine", function () {
  this.timeout(120_000);
  const master = new HttpMaster();
  const workDir = mkdtempSync(join(tmpdir(), "agent-processes-"));
  let agent: AgentProcess;
  let flags: readonly string[];

  before(async () => {
    flags = [
      `--master=${await master.start()}`,
      "--ip=127.0.0.1",
      `--work_dir=${workDir}`,
      "--hostname=h",
      "--graceful_shutdown_timeout=2secs",
      `--cgroups_root=agent-test-${process.pid}`,
    ];
    agent = new AgentProcess(flags);
    await master.until(() => master.isConnected, "registered", 60_000);
  });

  after(async () => {
    await agent.end("SIGKILL");
    await master.stop();
    rmSync(workDir, { recursive: true, force: true });
    for (const controller of readdirSync("/sys/fs/cgroup")) {
      const folder = `/sys/fs/cgroup/${controller}/agent-test-${process.pid}`;
      if (existsSync(folder)) rmdirSync(folder);
    }
  });

  async function run(task: TaskInfo): Promise<string> {
    master.launch(task);
    const id = task.task_id.value;
    await master.until(() => master.hasEnded(id), `the end of ${id}`, 60_000);
    return master.lastWords(id);
  }

  function stdoutOf(id: string): string {
    const path = readdirSync(join(workDir, "slaves"), { recursive: true, encoding: "utf8" }).find(
      (entry) => entry.includes(`/executors/${id}/`) && entry.endsWith("/stdout"),
    );
    return path === undefined ? "" : readFileSync(join(workDir, "slaves", path), "utf8");
  }

  it("MES-32 runs a command in its sandbox with Mesos' variables", async () => {
    expect(
      await run(commandTask("env", 'echo "$MESOS_EXECUTOR_ID"; pwd; echo "$MESOS_SANDBOX"')),
    ).to.equal("TASK_FINISHED : Command exited with status 0");
    const [executor, folder, sandbox] = stdoutOf("env").split("\n");
    expect(executor).to.equal("env");
    expect(folder).to.equal(sandbox);
  });

  it("runs a program with the arguments it was given, unchanged", async () => {
    const command = { shell: false, value: "/bin/echo", arguments: ["echo", "a 'b' $HOME", "*"] };
    await run(commandTask("args", "", { command }));
    expect(stdoutOf("args")).to.equal("a 'b' $HOME *\n");
  });

  it("tells the exit code and the signal", async () => {
    expect(await run(commandTask("code", "exit 42"))).to.contain("Command exited with status 42");
    expect(await run(commandTask("sig", "kill -SEGV $$"))).to.contain("signal Segmentation fault");
  });

  it("MES-50 ends all descendants of a task, also those that do not listen", async () => {
    const deaf =
      "trap '' TERM; sh -c \"trap '' TERM; sleep 987\" & wait; while true; do sleep 1; done";
    master.launch(commandTask("deaf", deaf));
    await master.until(() => master.states("deaf").includes("TASK_RUNNING"), "deaf runs");
    master.kill("deaf", 300);
    await master.until(() => master.hasEnded("deaf"), "the end of deaf");
    expect(master.lastWords("deaf")).to.contain("TASK_KILLED");
    expect(commandLines().filter((line) => line.includes("987"))).to.eql([]);
  });

  it("CNT-14 MES-08 ends a task at its memory limit and says so", async function () {
    expect(isRoot, "this test writes control groups: run it as root").to.equal(true);
    const words = await run(commandTask("oom", "head -c 300000000 /dev/zero | tail; sleep 60"));
    expect(words).to.match(
      /^TASK_FAILED REASON_CONTAINER_LIMITATION_MEMORY: Memory limit exceeded/,
    );
  });

  it("refuses an image and an unknown user by the field's name", async () => {
    const container = { type: "DOCKER" as const, docker: { image: "x" } };
    expect(await run(commandTask("image", "x", { container }))).to.contain("TASK_ERROR");
    if (!isRoot) return;
    const command = { value: "x", user: "no-such-user" };
    expect(await run(commandTask("user", "", { command }))).to.match(
      /^TASK_FAILED REASON_CONTAINER_LAUNCH_FAILED: command: user no-such-user is unknown/,
    );
  });

  it("lets only one agent run on a work_dir", () => {
    const second = spawnSync(process.execPath, [...AGENT, ...flags, "--port=0"], {
      encoding: "utf8",
      timeout: 60_000,
    });
    expect(second.status).to.equal(1);
    expect(second.stdout).to.contain("AGENT_WORK_DIR_LOCKED");
  });

  it("cleans up after a former life and ends, when asked to", async () => {
    master.launch(commandTask("left", "sleep 986"));
    await master.until(() => master.states("left").includes("TASK_RUNNING"), "left runs");
    await agent.end("SIGKILL");
    const cleanup = [...AGENT, ...flags, "--port=0", "--recover=cleanup"];
    expect(
      spawnSync(process.execPath, cleanup, { encoding: "utf8", timeout: 60_000 }).status,
    ).to.equal(0);
    expect(commandLines().filter((line) => line.includes("986"))).to.eql([]);
    expect(existsSync(join(workDir, "agent.lock"))).to.equal(false);
  });
});

function commandLines(): readonly string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
      } catch {
        return "";
      }
    })
    .filter((line) => line.startsWith("sleep") || line.startsWith("sh -c"));
}
