import { expect } from "chai";
import { execFile, spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { get } from "node:https";
import { tmpdir, userInfo } from "node:os";
import { dirname, join } from "node:path";
import { execPath } from "node:process";
import { parseTaskId } from "../../../src/domain/frameworks/pattern/task-name.ts";
import { ensureBinaries } from "../../cluster/binaries/ensure-binaries.ts";
import { AgentProcess } from "../../support/agent/agent-process.ts";
import { removeCgroups } from "../../support/agent/remove-cgroups.ts";
import { until } from "../../cluster/host/until.ts";
import { startTestMaster, type TestMaster } from "../../support/mesos/test-master.ts";

const CLI = join(import.meta.dirname, "../../../src/processes/cli/main.ts");
const CGROUP = `frameworks-test-${process.pid}`;

/** Body of a 200 whose certificate nobody vouches for; undefined while nobody answers so. */
function answerOf(url: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const outgoing = get(url, { rejectUnauthorized: false, timeout: 5000 }, (response) => {
      let body = "";
      response.on("data", (text: Buffer) => (body += text.toString()));
      response.on("end", () => resolve(response.statusCode === 200 ? body : undefined));
    });
    outgoing.on("error", () => resolve(undefined));
    outgoing.on("timeout", () => outgoing.destroy());
  });
}

describe("frameworks of ours with a real agent", function () {
  this.timeout(300_000);
  const workDir = mkdtempSync(join(tmpdir(), "frameworks-"));
  const running: ChildProcess[] = [];
  let master: TestMaster;
  let agent: AgentProcess;

  before(async () => {
    master = await startTestMaster();
    agent = new AgentProcess([
      `--master=http://127.0.0.1:${master.port}`,
      "--ip=127.0.0.1",
      "--hostname=h",
      `--work_dir=${workDir}`,
      "--resources=cpus:4;mem:4096;disk:4096;ports:[31800-31900]",
      "--graceful_shutdown_timeout=2secs",
      `--cgroups_root=${CGROUP}`,
    ]);
    await until("a registered agent", () => engineState().agents.size === 1, { timeoutMs: 60_000 });
  });
  after(async () => {
    for (const child of running) child.kill("SIGKILL");
    await agent.end("SIGKILL");
    await master.stop();
    rmSync(workDir, { recursive: true, force: true });
    await removeCgroups(CGROUP);
  });

  function engineState() {
    const leadership = master.service.leadership();
    if (leadership.kind !== "leading") throw new Error("nobody leads");
    return leadership.host.engine.state;
  }

  function execute(...flags: readonly string[]): Promise<{ code: number | null; output: string }> {
    return new Promise((resolve) => {
      const args = [CLI, "mesos-execute", `--master=127.0.0.1:${master.port}`, ...flags];
      const child = execFile(execPath, args, { timeout: 120_000 }, (_error, stdout) =>
        resolve({ code: child.exitCode, output: stdout }),
      );
    });
  }

  it("mesos-execute tells how its command ended (API-06)", async () => {
    const small = "--resources=cpus:0.1;mem:32";
    const good = await execute("--name=good", "--command=exit 0", small);
    expect(good.code, good.output).to.equal(0);
    const bad = await execute("--name=bad", "--command=exit 3", small);
    expect(bad.code).to.equal(1);
    expect(bad.output).to.contain("  message: 'Command exited with status 3'");
  });

  it("a Cassandra node that ends starts again on its data (MES-26, F11)", async () => {
    const starts = (): string[] => {
      const folder = join(workDir, "volumes");
      if (!existsSync(folder)) return [];
      const path = readdirSync(folder, { recursive: true, encoding: "utf8" }).find((entry) =>
        entry.endsWith("/starts"),
      );
      if (path === undefined) return [];
      return readFileSync(join(folder, path), "utf8").split("\n").filter(Boolean);
    };
    const run = (...flags: readonly string[]): ChildProcess => {
      const args = [
        `--master=http://127.0.0.1:${master.port}`,
        "--pattern=cassandra",
        "--role=db",
        `--user=${userInfo().username}`,
        `--state-file=${join(workDir, "cassandra.json")}`,
        ...flags,
      ];
      const child = spawn(execPath, [CLI, "framework", ...args]);
      running.push(child);
      return child;
    };
    const first = run("--instances=1", "--command=echo started >> data/starts; sleep 1; exit 1");
    await until("the second start", () => starts().length >= 2, { timeoutMs: 60_000 });
    first.kill("SIGTERM");
    await new Promise((resolve) => first.once("close", resolve));

    const uninstall = run("--uninstall");
    const code = await new Promise((resolve) => uninstall.once("close", resolve));
    expect(code).to.equal(0);
    expect(starts()).to.deep.equal([]);
  });

  it("an API server that was started by offers answers (MES-22, F11)", async () => {
    const binaries = await ensureBinaries(["kubernetes"]);
    const child = spawn(execPath, [
      CLI,
      "framework",
      `--master=http://127.0.0.1:${master.port}`,
      "--pattern=kubernetes",
      `--user=${process.getuid?.() === 0 ? "root" : "nobody"}`,
      `--bin-dir=${dirname(binaries.path("kube-apiserver"))}`,
      "--teardown",
    ]);
    running.push(child);
    const apiServer = (): string | undefined =>
      [...engineState().frameworks.values()]
        .flatMap(({ tasks }) => [...tasks.values()])
        .find(({ id, state }) => id.startsWith("api-server-") && state === "TASK_RUNNING")?.id;
    await until("a running API server", () => apiServer() !== undefined, { timeoutMs: 120_000 });
    const [port] = parseTaskId(apiServer() ?? "")?.ports ?? [];
    // Until its roles are there it lets nobody read.
    const ask = (): Promise<string | undefined> => answerOf(`https://127.0.0.1:${port}/version`);
    const answer = await until("an answer", ask, { timeoutMs: 120_000 });
    expect(JSON.parse(answer)).to.deep.include({ major: "1", minor: "34" });

    child.kill("SIGTERM");
    await new Promise((resolve) => child.once("close", resolve));
    await until("the end of the framework", () => engineState().frameworks.size === 0, {
      timeoutMs: 30_000,
    });
  });
});
