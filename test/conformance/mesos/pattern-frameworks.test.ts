import { expect } from "chai";
import { SchedulerHttp } from "../../../src/adapters/mesos-scheduler-http/scheduler-http.ts";
import { SystemClock } from "../../../src/adapters/system-clock/system-clock.ts";
import type { TaskInfo } from "../../../src/api/mesos/task.ts";
import type { FrameworkEnd } from "../../../src/domain/frameworks/framework-logic.ts";
import type { PatternOptions } from "../../../src/domain/frameworks/patterns/pattern-options.ts";
import { type PatternName, PATTERNS } from "../../../src/domain/frameworks/patterns/patterns.ts";
import { runPattern } from "../../../src/services/frameworks/run-pattern.ts";
import { RunningAgent } from "../../support/frameworks/running-agent.ts";
import { until } from "../../cluster/host/until.ts";
import { startTestMaster, type TestMaster } from "../../support/mesos/test-master.ts";
import { RecordingLogger } from "../../support/recording-logger.ts";
import { SeededRandom } from "../../support/seeded-random.ts";

const at0 = (count: number) => [{ afterMs: 0, count }];
/** Work finishes, unless an executor of its own is to do it; the rest runs until it is killed. */
const fateOf = ({ name, executor }: TaskInfo) =>
  name === "task" && executor === undefined ? "finishes" : "holds";

describe("pattern frameworks against a master (MES-22..27)", () => {
  const cleanups: (() => void | Promise<void>)[] = [];
  let master: TestMaster;
  let agents: RunningAgent[];

  beforeEach(async () => {
    master = await startTestMaster();
    cleanups.push(() => master.stop());
    agents = [];
    for (const n of [1, 2]) {
      const agent = await RunningAgent.subscribe(master.port, {
        hostname: `agent-${n}`,
        resources: "cpus:6;mem:8192;disk:4096;ports:[31000-31100]",
        fateOf,
      });
      cleanups.push(() => agent.close());
      agents.push(agent);
    }
  });
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
  });

  function run(
    name: PatternName,
    options: Partial<PatternOptions> = {},
    contentType: "json" | "protobuf" = "json",
  ): { readonly stop: AbortController; readonly end: Promise<FrameworkEnd | undefined> } {
    const stop = new AbortController();
    const api = new SchedulerHttp({ masters: [`http://127.0.0.1:${master.port}`], contentType });
    const end = runPattern(
      {
        spec: PATTERNS[name]({ name, role: "r", executors: "task", binDir: "", ...options }),
        user: "nobody",
        failoverTimeoutSeconds: 60,
        api,
        clock: new SystemClock(),
        random: new SeededRandom(1),
        logger: new RecordingLogger(),
      },
      stop.signal,
    );
    cleanups.push(async () => {
      stop.abort();
      await end.catch(() => undefined);
      await api.close();
    });
    return { stop, end };
  }

  /** Names of what was launched, sorted, once there is so much of it. */
  async function launched(count: number): Promise<string[]> {
    const all = (): TaskInfo[] => agents.flatMap((agent) => agent.launched);
    await until(`${count} launches`, () => all().length >= count, { timeoutMs: 8_000 });
    return all()
      .map(({ name }) => name)
      .sort();
  }

  const patterns: Record<string, [PatternName, Partial<PatternOptions>, readonly string[]]> = {
    "Spark, coarse-grained": ["spark-coarse", { instances: at0(10) }, ["executor", "executor"]],
    YARN: ["yarn", { instances: at0(2) }, ["node-manager", "node-manager", "resource-manager"]],
    Storm: ["storm", { instances: at0(2) }, ["supervisor", "worker", "worker"]],
    Flink: ["flink", { instances: at0(2) }, ["job-manager", "task-manager", "task-manager"]],
    "a Kubernetes control plane": ["kubernetes", {}, ["api-server", "etcd"]],
  };
  for (const [title, [name, options, wanted]] of Object.entries(patterns)) {
    for (const contentType of ["json", "protobuf"] as const) {
      it(`${title} gets what it asks for, in ${contentType}`, async () => {
        run(name, options, contentType);
        expect(await launched(wanted.length)).to.deep.equal(wanted);
      });
    }
  }

  it("Spark, fine-grained, ends when its tasks have finished, and its executors with it (MES-24)", async () => {
    const { end } = run("spark-fine", { tasks: 12 });
    expect(await end).to.deep.equal({ kind: "done" });
    const names = await launched(13);
    expect(names.filter((name) => name === "task")).to.have.length(12);
    const hosts = agents.filter((agent) => agent.launched.some(({ name }) => name === "executor"));
    for (const agent of hosts) await agent.link.event("SHUTDOWN_FRAMEWORK");
  });

  it("Spark, fine-grained, charges its custom executor once per agent (MES-24)", async () => {
    run("spark-fine", { tasks: 1000, instances: at0(10), executors: "custom", command: "true" });
    await launched(10);
    for (const { launched: tasks } of agents) {
      // Six cores, one of them the executor's.
      expect(tasks.map(({ executor }) => executor?.executor_id.value)).to.deep.equal(
        Array.from({ length: 5 }, () => "executor"),
      );
    }
  });

  it("Cassandra says clearly when agents keep no volumes, and ends (MES-26)", async () => {
    const end = await run("cassandra").end;
    expect(end?.kind === "failed" && end.reason).to.match(
      /^the cluster does not launch node: Total resources .* required by task/,
    );
  }).timeout(30_000);

  it("the API server is told where etcd runs (MES-22)", async () => {
    run("kubernetes");
    await launched(2);
    const tasks = agents.flatMap((agent) => agent.launched);
    const commandOf = (name: string): string =>
      tasks.find((task) => task.name === name)?.command?.value ?? "";
    const [, client] = /--advertise-client-urls=(\S+)/.exec(commandOf("etcd")) ?? [];
    expect(client).to.match(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(commandOf("api-server")).to.contain(`--etcd-servers=${client ?? ""} `);
  });
});
