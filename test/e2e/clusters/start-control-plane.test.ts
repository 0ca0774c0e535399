import { existsSync, readFileSync, rmSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { repositoryRoot } from "../../cluster/host/orchestrator-folders.ts";
import { invariant } from "../../../src/api/invariant.ts";
import { identifyProcess } from "../../cluster/host/process-identity.ts";
import { tryCommand, type CommandResult } from "../../cluster/host/run-command.ts";
import { until } from "../../cluster/host/until.ts";
import { readEndpoints, type Endpoints } from "../../cluster/start/endpoints.ts";
import { runFolder } from "../../cluster/start/run-record.ts";

const NAME = `start-${process.pid}`;
const folder = runFolder(repositoryRoot, NAME);
const main = join(repositoryRoot, "test/cluster/start/main.ts");

const npm = (verb: "start" | "stop", ...args: string[]): Promise<CommandResult> =>
  tryCommand(process.execPath, [main, verb, "--name", NAME, ...args]);

const isAlive = (pid: number): boolean => identifyProcess(pid) !== undefined;

describe("npm start without a kubelet (tier control-plane)", function () {
  this.timeout(180_000);
  let started: CommandResult;
  let endpoints: Endpoints;

  const ask = async <T>(url: string): Promise<T> => {
    const answer = await fetch(url, { signal: AbortSignal.timeout(5_000) });
    return (await answer.json()) as T;
  };

  before(async () => {
    started = await npm("start", "--detach", "--tier", "control-plane");
    expect(started.exitCode, started.stderr).to.equal(0);
    const written = readEndpoints(folder);
    invariant(written !== undefined, `there are endpoints in ${folder}`);
    endpoints = written;
  });
  after(async () => {
    await npm("stop");
    rmSync(folder, { recursive: true, force: true });
  });

  it("has run the sample framework's tasks as processes, each to TASK_FINISHED (MES-18)", () => {
    expect(started.stderr).to.match(/6 tasks TASK_FINISHED, each a process/);
  });

  it("says plainly that apps wait", () => {
    expect(started.stdout).to.match(/no kubelet, so no pod runs/);
  });

  it("serves the Mesos API with one registered agent", async () => {
    const state = await ask<{ slaves: readonly { active: boolean }[] }>(
      `${endpoints.mesos}/master/state`,
    );
    expect(state.slaves.map(({ active }) => active)).to.deep.equal([true]);
  });

  it("serves the samples through Marathon's API, waiting for resources", async () => {
    const { apps } = await ask<{ apps: readonly { id: string; tasksRunning: number }[] }>(
      `${endpoints.marathon}/v2/apps`,
    );
    expect(apps.map(({ id }) => id).sort()).to.deep.equal(["/web", "/worker"]);
    expect(apps.map(({ tasksRunning }) => tasksRunning)).to.deep.equal([0, 0]);
  });

  it("is not started twice", async () => {
    const again = await npm("start", "--detach", "--tier", "control-plane");
    expect(again.exitCode).to.equal(1);
    expect(again.stderr).to.include(`it is up already`).and.include(endpoints.mesos);
  });

  it("is ended by npm stop with tasks that still run, and a second stop finds nothing", async () => {
    const pidFile = join(folder, "task.pid");
    const framework = new AbortController();
    const running = tryCommand(
      process.execPath,
      [
        join(repositoryRoot, "src/processes/cli/main.ts"),
        "framework",
        `--master=${endpoints.mesos}`,
        `--user=${userInfo().username}`,
        "--tasks=1",
        `--command=echo $$ > ${pidFile}; exec sleep 600`,
      ],
      { signal: framework.signal },
    );
    const taskPid = await until(
      "the task runs",
      () => existsSync(pidFile) && Number(readFileSync(pidFile, "utf8")),
      { timeoutMs: 30_000 },
    );
    const stopped = await npm("stop");
    // It would wait for its master for ever.
    framework.abort();
    await running.catch(() => undefined);
    expect(stopped.stdout).to.include(`cluster "${NAME}": stopped`);
    const left = [...Object.values(endpoints.pids), taskPid].filter(isAlive);
    expect(left, "processes").to.deep.equal([]);
    expect(existsSync(endpoints.kubeconfig), "kubeconfig").to.equal(false);
    expect((await npm("stop")).stdout.trim()).to.equal("nothing of npm start is running here");
  });
});
