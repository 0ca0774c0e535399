import { expect } from "chai";
import { SchedulerHttp } from "../../../src/adapters/mesos-scheduler-http/scheduler-http.ts";
import { SystemClock } from "../../../src/adapters/system-clock/system-clock.ts";
import { executeEnd, executeLogic } from "../../../src/domain/frameworks/execute/execute.ts";
import { parseExecuteConfig } from "../../../src/processes/mesos-execute/config.ts";
import { runFramework } from "../../../src/services/frameworks/run-framework.ts";
import { startRedirectingServer } from "../../support/frameworks/redirecting-server.ts";
import { RunningAgent } from "../../support/frameworks/running-agent.ts";
import { until } from "../../cluster/host/until.ts";
import { startTestMaster, type TestMaster } from "../../support/mesos/test-master.ts";
import { RecordingLogger } from "../../support/recording-logger.ts";
import { SeededRandom } from "../../support/seeded-random.ts";

interface Execution {
  readonly lines: string[];
  readonly stop: AbortController;
  /** How it ended; undefined when it was stopped. */
  readonly end: Promise<string | undefined>;
}

describe("mesos-execute against a master (API-06)", () => {
  const cleanups: (() => void | Promise<void>)[] = [];
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
  });

  async function master(options: Parameters<typeof startTestMaster>[0] = {}): Promise<TestMaster> {
    const started = await startTestMaster(options);
    cleanups.push(() => started.stop());
    return started;
  }
  async function agent(
    port: number,
    options: Parameters<typeof RunningAgent.subscribe>[1] = {},
  ): Promise<RunningAgent> {
    const started = await RunningAgent.subscribe(port, options);
    cleanups.push(() => started.close());
    return started;
  }

  function execute(ports: readonly number[], ...flags: readonly string[]): Execution {
    const address = ports.map((port) => `127.0.0.1:${port}`).join(",");
    const config = parseExecuteConfig([`--master=${address}`, "--user=nobody", ...flags]);
    const api = new SchedulerHttp({ ...config });
    const stop = new AbortController();
    const lines: string[] = [];
    const parts = {
      clock: new SystemClock(),
      random: new SeededRandom(1),
      logger: new RecordingLogger(),
    };
    const logic = executeLogic(config.spec);
    const { info } = config;
    const running = runFramework(
      { ...parts, logic, info, api, say: (line) => lines.push(line), atStop: "teardown" },
      stop.signal,
    );
    cleanups.push(async () => {
      stop.abort();
      await running.catch(() => undefined);
      await api.close();
    });
    return { lines, stop, end: running.then((state) => executeEnd(state)?.kind) };
  }

  for (const contentType of ["json", "protobuf"]) {
    it(`runs a command and prints what Mesos' own command prints, in ${contentType}`, async () => {
      const { port } = await master();
      const running = await agent(port);
      const agentId = await running.link.agentId();
      const flags = ["--name=hello", "--command=echo hello", `--content_type=${contentType}`];
      const { lines, end } = execute([port], ...flags);
      expect(await end).to.equal("done");
      expect(lines.map((line) => line.replace(/ID \S+-0000$/, "ID F"))).to.deep.equal([
        "Subscribed with ID F",
        `Submitted task 'hello' to agent '${agentId}'`,
        "Received status update TASK_RUNNING for task 'hello'",
        "  source: SOURCE_EXECUTOR",
        "Received status update TASK_FINISHED for task 'hello'",
        "  source: SOURCE_EXECUTOR",
      ]);
      expect(running.launched[0]?.command).to.deep.include({ shell: true, value: "echo hello" });
    });

    it(`fails with its task, in ${contentType}`, async () => {
      const { port } = await master();
      await agent(port, { fateOf: () => "fails" });
      const flags = ["--name=bad", "--command=false", `--content_type=${contentType}`];
      const { lines, end } = execute([port], ...flags);
      expect(await end).to.equal("failed");
      expect(lines).to.include("Received status update TASK_FAILED for task 'bad'");
    });
  }

  it("runs a task group to the end of its last task", async () => {
    const { port } = await master();
    const running = await agent(port);
    const task = (id: string): object => ({
      name: id,
      task_id: { value: id },
      command: { value: "true" },
      resources: "cpus:0.1;mem:32",
    });
    const group = JSON.stringify({ tasks: [task("a"), task("b")] });
    const { lines, end } = execute([port], `--task_group=${group}`);
    expect(await end).to.equal("done");
    expect(running.launched.map(({ name }) => name)).to.deep.equal(["a", "b"]);
    expect(lines[1]).to.match(/^Submitted task group with tasks \[ a, b \] to agent '\S+'$/);
  });

  it("runs a Docker task (MES-37)", async () => {
    const { port } = await master();
    const running = await agent(port);
    const flags = ["--name=d", "--no-shell", "--containerizer=docker", "--docker_image=alpine:3"];
    expect(await execute([port], ...flags).end).to.equal("done");
    const [launched] = running.launched;
    expect(launched?.container?.type).to.equal("DOCKER");
    expect(launched?.container?.docker?.image).to.equal("alpine:3");
  });

  it("runs two halves of the documented agent side by side (MES-36)", async () => {
    const { port } = await master();
    const running = await agent(port, {
      resources: "cpus:8;mem:32768;disk:500000",
      fateOf: ({ name }) => (name === "first" ? "holds" : "finishes"),
    });
    const half = "--resources=cpus:4;mem:16384";
    execute([port], "--name=first", "--command=sleep 999", half);
    await until("the first half", () => running.launched.length === 1, { timeoutMs: 8_000 });
    expect(await execute([port], "--name=second", "--command=true", half).end).to.equal("done");
    const whole = "--resources=cpus:4.1;mem:16384";
    const third = execute([port], "--name=third", "--command=true", whole);
    await until("a subscription", () => third.lines.length === 1, { timeoutMs: 8_000 });
    expect(await execute([port], "--name=fourth", "--command=true", half).end).to.equal("done");
    expect(running.launched.map(({ name }) => name)).to.deep.equal(["first", "second", "fourth"]);
  });

  it("hands the documented task over as it was given (MES-37)", async () => {
    const { port } = await master();
    const running = await agent(port);
    const executor = {
      executor_id: { value: "e" },
      container: { type: "DOCKER", docker: { image: "alpine:3" } },
      command: { value: "run" },
    };
    const resources = [
      { name: "cpus", type: "SCALAR", scalar: { value: 1 } },
      { name: "mem", type: "SCALAR", scalar: { value: 64 } },
    ];
    const task = { name: "n", task_id: { value: "t" }, executor, resources };
    expect(await execute([port], `--task=${JSON.stringify(task)}`).end).to.equal("done");
    const [launched] = running.launched;
    expect(launched?.task_id.value).to.equal("t");
    expect(launched?.agent_id.value).to.equal(await running.link.agentId());
    expect(launched?.executor?.executor_id.value).to.equal("e");
    expect(launched?.executor?.container?.docker?.image).to.equal("alpine:3");
    expect(launched?.resources?.map(({ name, scalar }) => [name, scalar?.value])).to.deep.equal([
      ["cpus", 1],
      ["mem", 64],
    ]);
  });

  it("kills its task after kill_after, and then has failed", async () => {
    const { port } = await master();
    await agent(port, { fateOf: () => "holds" });
    const flags = ["--name=long", "--command=sleep 999", "--kill_after=50ms"];
    const { lines, end } = execute([port], ...flags);
    expect(await end).to.equal("failed");
    expect(lines.filter((line) => !line.startsWith("  ")).slice(2)).to.deep.equal([
      "Received status update TASK_RUNNING for task 'long'",
      lines.find((line) => line.startsWith("Asked to kill task 'long' on agent '")),
      "Received status update TASK_KILLED for task 'long'",
    ]);
  });

  it("says why a task is refused", async () => {
    const { port } = await master();
    await agent(port);
    const { lines, end } = execute(
      [port],
      '--task={"name":"n","task_id":"n","resources":"cpus:1"}',
    );
    expect(await end).to.equal("failed");
    expect(lines).to.include("  reason: REASON_TASK_INVALID");
    expect(lines.join("\n")).to.contain("Task should have at least one (but not both)");
  });

  it("ends when the master refuses the framework", async () => {
    const { port } = await master({ config: { rolesAllowed: ["web"] } });
    const flags = ["--name=t", "--command=true", "--role=other"];
    const { lines, end } = execute([port], ...flags);
    expect(await end).to.equal("refused");
    expect(lines.join()).to.contain("other");
  });

  it("follows a standby to the leader, with its credential", async () => {
    const { port } = await master();
    await agent(port);
    const standby = await startRedirectingServer(() => port);
    cleanups.push(() => standby.stop());
    const flags = ["--name=t", "--command=true", "--principal=p", "--secret=s"];
    expect(await execute([standby.port], ...flags).end).to.equal("done");
    const basic = `Basic ${Buffer.from("p:s").toString("base64")}`;
    expect(standby.seen.map(({ authorization }) => authorization)).to.deep.equal([basic]);
  });

  it("keeps its id and its task through a failover of the master (HA-02)", async () => {
    const first = await master();
    const before = await agent(first.port, { fateOf: () => "holds" });
    const second = { port: 1 };
    const standby = await startRedirectingServer(() => second.port);
    cleanups.push(() => standby.stop());
    const flags = ["--name=t", "--command=sleep 999"];
    const { lines, end } = execute([first.port, standby.port], ...flags);
    await until("a running task", () => lines.some((line) => line.includes("TASK_RUNNING")), {
      timeoutMs: 8_000,
    });
    const returning = await before.returning();
    before.close();
    await first.stop();

    const { port } = await master({ registry: first.registry });
    second.port = port;
    const after = await agent(port, returning);
    const [framework] = returning.frameworks as { id: { value: string } }[];
    const ids = (): string[] => lines.filter((line) => line.startsWith("Subscribed"));
    await until("a second subscription", () => ids().length === 2, { timeoutMs: 8_000 });
    await after.link.update(framework?.id.value ?? "", "t", "TASK_FINISHED", "end");
    expect(await end).to.equal("done");
    expect(new Set(ids()).size).to.equal(1);
  }).timeout(20_000);

  it("takes its framework and task with it when it is stopped", async () => {
    const { port, service } = await master();
    const running = await agent(port, { fateOf: () => "holds" });
    const { lines, stop, end } = execute([port], "--name=t", "--command=sleep 999");
    await until("a running task", () => lines.some((line) => line.includes("TASK_RUNNING")), {
      timeoutMs: 8_000,
    });
    stop.abort();
    expect(await end).to.equal(undefined);
    await running.link.event("SHUTDOWN_FRAMEWORK");
    const leadership = service.leadership();
    expect(leadership.kind === "leading" && leadership.host.engine.state.frameworks.size).to.equal(
      0,
    );
  });
});
