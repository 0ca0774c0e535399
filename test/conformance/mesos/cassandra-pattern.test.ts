import { expect } from "chai";
import { SchedulerHttp } from "../../../src/adapters/mesos-scheduler-http/scheduler-http.ts";
import { SystemClock } from "../../../src/adapters/system-clock/system-clock.ts";
import { SystemRandom } from "../../../src/adapters/system-random/system-random.ts";
import type { FrameworkEnd } from "../../../src/domain/frameworks/framework-logic.ts";
import { cassandra } from "../../../src/domain/frameworks/patterns/cassandra.ts";
import { FrameworkRecordFile } from "../../../src/services/frameworks/framework-record.ts";
import { runPattern } from "../../../src/services/frameworks/run-pattern.ts";
import { type TaskFate, RunningAgent } from "../../support/frameworks/running-agent.ts";
import { until } from "../../cluster/host/until.ts";
import { startTestMaster, type TestMaster } from "../../support/mesos/test-master.ts";
import { RecordingLogger } from "../../support/recording-logger.ts";

/** What an agent that keeps reservations and volumes says of itself. */
const KEEPS_VOLUMES = {
  capabilities: [
    "MULTI_ROLE",
    "HIERARCHICAL_ROLE",
    "RESERVATION_REFINEMENT",
    "RESIZE_VOLUME",
    "AGENT_OPERATION_FEEDBACK",
  ],
  checkpointed: "",
};

describe("Cassandra on the pool (MES-26)", () => {
  const cleanups: (() => void | Promise<void>)[] = [];
  let master: TestMaster;
  let agents: RunningAgent[];
  let fate: TaskFate;
  let file: string | undefined;

  beforeEach(async () => {
    fate = "holds";
    file = undefined;
    master = await startTestMaster();
    cleanups.push(() => master.stop());
    agents = [];
  });
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
  });

  async function joinAgents(): Promise<void> {
    for (const n of [1, 2]) {
      const agent = await RunningAgent.subscribe(master.port, {
        hostname: `agent-${n}`,
        resources: "cpus:4;mem:8192;disk:4096;ports:[31000-31100]",
        fateOf: () => fate,
        ...KEEPS_VOLUMES,
      });
      cleanups.push(() => agent.close());
      agents.push(agent);
    }
  }

  function run(
    count: number,
    more: { readonly isUninstall?: boolean } = {},
  ): {
    readonly halt: () => Promise<void>;
    readonly end: Promise<FrameworkEnd | undefined>;
  } {
    const stop = new AbortController();
    const api = new SchedulerHttp({ masters: [`http://127.0.0.1:${master.port}`] });
    const options = {
      name: "cassandra",
      role: "db",
      executors: "task",
      binDir: "",
      ...more,
    } as const;
    const end = runPattern(
      {
        spec: cassandra({ ...options, instances: [{ afterMs: 0, count }] }),
        user: "nobody",
        failoverTimeoutSeconds: 60,
        api,
        clock: new SystemClock(),
        random: new SystemRandom(),
        logger: new RecordingLogger(),
        record: new FrameworkRecordFile({
          read: () => Promise.resolve(file),
          write: (text) => Promise.resolve(void (file = text)),
        }),
      },
      stop.signal,
    );
    const halt = async (): Promise<void> => {
      stop.abort();
      await end.catch(() => undefined);
      await api.close();
    };
    cleanups.push(halt);
    return { halt, end };
  }

  const volumeOf = (agent: RunningAgent, nth: number): string | undefined =>
    agent.launched[nth]?.resources?.find(({ disk }) => disk?.persistence)?.disk?.persistence?.id;

  it("runs one node per agent, each on a volume of its own", async () => {
    await joinAgents();
    run(2);
    await until("two nodes", () => agents.every(({ launched }) => launched.length === 1), {
      timeoutMs: 8_000,
    });
    expect(agents.map((agent) => volumeOf(agent, 0)).sort()).to.deep.equal([
      "cassandra.node-0",
      "cassandra.node-1",
    ]);
  }).timeout(20_000);

  it("starts a failed node again on its agent, its ports and its data", async () => {
    await joinAgents();
    run(2);
    await until("two nodes", () => agents.every(({ tasks }) => tasks.size === 1), {
      timeoutMs: 8_000,
    });
    const [agent] = agents as [RunningAgent];
    const [taskId = ""] = agent.tasks.keys();
    agent.end(taskId, "TASK_FAILED");
    await until("the node again", () => agent.launched.length === 2, { timeoutMs: 8_000 });
    expect(volumeOf(agent, 1)).to.equal(volumeOf(agent, 0));
    const portsOf = (nth: number): unknown =>
      agent.launched[nth]?.resources?.find(({ name }) => name === "ports")?.ranges;
    expect(portsOf(1)).to.deep.equal(portsOf(0));
  }).timeout(20_000);

  it("knows its nodes and their homes after a restart of its process", async () => {
    await joinAgents();
    const first = run(1);
    await until("a home", () => file?.includes("node-0") === true, { timeoutMs: 8_000 });
    await first.halt();
    const kept = file;
    run(2);
    await until("two nodes", () => agents.every(({ launched }) => launched.length === 1), {
      timeoutMs: 8_000,
    });
    expect(agents.map((agent) => volumeOf(agent, 0)).sort()).to.deep.equal([
      "cassandra.node-0",
      "cassandra.node-1",
    ]);
    const idOf = (text = ""): unknown => (JSON.parse(text) as { frameworkId: string }).frameworkId;
    expect(idOf(file)).to.equal(idOf(kept));
  }).timeout(20_000);

  it("leaves nothing behind when it is uninstalled", async () => {
    await joinAgents();
    const first = run(2);
    await until("two homes", () => file?.includes("node-1") === true, { timeoutMs: 8_000 });
    await first.halt();
    expect(reservedOn()).to.be.greaterThan(0);
    expect(await run(2, { isUninstall: true }).end).to.deep.equal({ kind: "done" });
    expect(reservedOn()).to.equal(0);
  }).timeout(30_000);

  /** Reserved resources of all agents. */
  function reservedOn(): number {
    const leadership = master.service.leadership();
    if (leadership.kind !== "leading") throw new Error("nobody leads");
    return [...leadership.host.engine.state.agents.values()]
      .flatMap(({ total }) => total)
      .filter(({ reservations }) => reservations.length > 0).length;
  }
});
