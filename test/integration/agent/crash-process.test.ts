import { expect } from "chai";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isTerminalState } from "../../../src/domain/mesos/task-state.ts";
import { AgentProcess } from "../../support/agent/agent-process.ts";
import { SeededRandom } from "../../support/seeded-random.ts";
import { commandTask, HttpMaster } from "../../support/agent/http-master.ts";

const CRASHES = 20;

describe("an agent with process launcher that is killed again and again", function () {
  this.timeout(300_000);
  const seed = Number(process.env["SEED"] ?? 20_261_121);
  const random = new SeededRandom(seed);
  let master: HttpMaster;
  let workDir: string;
  let agent: AgentProcess;

  before(async () => {
    master = new HttpMaster();
    const url = await master.start();
    workDir = mkdtempSync(join(tmpdir(), "agent-crash-"));
    agent = new AgentProcess([
      `--master=${url}`,
      "--ip=127.0.0.1",
      `--work_dir=${workDir}`,
      "--hostname=h",
      "--isolation=none",
      "--graceful_shutdown_timeout=1secs",
    ]);
  });

  after(async () => {
    await agent.end("SIGKILL");
    await master.stop();
    rmSync(workDir, { recursive: true, force: true });
  });

  it(`HA-09 HA-10 brings every task to exactly one end and leaves no process (seed ${seed})`, async () => {
    const tasks: string[] = [];
    await master.until(() => master.isConnected, "registered");
    for (let round = 0; round < CRASHES; round += 1) {
      for (let i = 0; i < 3; i += 1) {
        const id = `t-${round}-${i}`;
        tasks.push(id);
        master.launch(commandTask(id, COMMANDS[i] ?? ""));
      }
      const victim = tasks[Math.floor(random.next() * tasks.length)] ?? "";
      master.kill(victim);
      await sleep(random.next() * 400);
      await master.untilBack(() => agent.crash());
    }
    for (const id of tasks.filter((task) => task.endsWith("-2"))) master.kill(id);
    const allEnded = (): boolean => tasks.every((id) => master.hasEnded(id));
    await master.until(allEnded, "all tasks ended", 60_000).catch(() => undefined);

    const open = tasks.filter((id) => !master.hasEnded(id));
    expect(open, "tasks without an end").to.eql([]);
    for (const id of tasks) {
      const ends = master.states(id).filter(isTerminalState);
      expect(ends, `${id}: ${master.states(id).join(" ")}`).to.have.length(1);
      expect(ranTimes(id), `${id} ran`).to.be.at.most(1);
    }
    expect(livingProcesses(), "processes that outlived their task").to.eql([]);
  });

  /** Each start of a task writes a line. */
  function ranTimes(id: string): number {
    const folder = join(workDir, "slaves");
    if (!existsSync(folder)) return 0;
    return readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((path) => path.includes(`/executors/${id}/`) && path.endsWith("/stdout"))
      .map((path) => readFileSync(join(folder, path), "utf8").split("started").length - 1)
      .reduce((sum, times) => sum + times, 0);
  }

  function livingProcesses(): readonly string[] {
    return readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name) && name !== String(agent.pid))
      .map((pid) => readIfThere(`/proc/${pid}/environ`))
      .filter((text) => text.includes(`MESOS_SANDBOX=${workDir}`));
  }
});

const COMMANDS = [
  "echo started; sleep 0.2",
  "echo started; sleep 1; exit 3",
  "echo started; sleep 600",
];

function readIfThere(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
