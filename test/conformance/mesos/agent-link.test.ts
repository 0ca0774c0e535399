import { expect } from "chai";
import { asId, type FrameworkId } from "../../../src/api/ids/ids.ts";
import type { LinkAgent } from "../../support/mesos/link-agent.ts";
import { wire } from "../../support/mesos/operations.ts";
import { exchange, type HttpExchange } from "../../support/mesos/record-stream.ts";
import { accept, commandTask, launch, launchOn, statusOf } from "../../support/mesos/launching.ts";
import { startTestMaster } from "../../support/mesos/test-master.ts";
import { MasterInUse } from "../../support/mesos/use-master.ts";

const JSON_TYPE = { "Content-Type": "application/json" };

describe("POST /api/v1/agent, the link of agents (MES-03)", () => {
  let world: MasterInUse;
  let agent: LinkAgent;
  let agentId: string;

  beforeEach(async () => {
    world = await MasterInUse.of(startTestMaster({ config: { offerTimeoutMs: 0 } }));
    agent = await world.agent({ nodeUid: "node-1" });
    agentId = await agent.agentId();
  });
  afterEach(() => world.end());

  const post = (body: unknown, headers: Record<string, string> = {}): Promise<HttpExchange> =>
    exchange(world.master.port, "/api/v1/agent", {
      headers: { ...JSON_TYPE, ...headers },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });

  /** A task of a framework as an agent reports it. */
  const reported = (frameworkId: string, taskId: string): Record<string, unknown> => ({
    framework_id: frameworkId,
    executor_id: taskId,
    task: commandTask(taskId, agentId),
    latest_state: "TASK_RUNNING",
    launch_id: `launch-${taskId}`,
  });

  describe("SUBSCRIBE", () => {
    it("gives a new agent an id of this master, and records it first", async () => {
      expect(agentId).to.match(/^[0-9a-f-]{36}-S0$/);
      expect([...world.master.registry.records.keys()]).to.include(`agent/${agentId}`);
      expect(await agent.event("SUBSCRIBED")).to.include({
        beat_interval_ms: 1000,
        lease_ms: 4000,
      });
    });

    it("gives the agent of a known node its old id", async () => {
      const again = await world.agent({ nodeUid: "node-1" });
      expect(await again.agentId()).to.equal(agentId);
    });

    it("keeps the id that an agent brings", async () => {
      const other = await world.agent({ agentId: "old-S7", hostname: "agent-2" });
      expect(await other.agentId()).to.equal("old-S7");
    });

    it("supersedes the older stream of the same agent", async () => {
      const newer = await world.agent({ agentId });
      await newer.agentId();
      expect((await agent.event("ERROR")).message).to.equal(
        "Superseded by a newer stream of the same agent",
      );
      await agent.stream.until(() => agent.stream.isEnded || undefined, "end");
    });

    it("shuts down an agent that was marked gone", async () => {
      const mark_agent_gone = { agent_id: { value: agentId } };
      await world.call({ type: "MARK_AGENT_GONE", mark_agent_gone });
      const again = await world.agent({ agentId });
      expect((await again.event("SHUTDOWN")).message).to.equal("Agent has been marked gone");
    });

    it("takes over tasks that only the agent knows, and their framework as recovered", async () => {
      const info = { id: { value: "lost-fw" }, user: "u", name: "lost", roles: ["a"] };
      const back = await world.agent({
        agentId: "old-S7",
        frameworks: [{ ...info, capabilities: [{ type: "MULTI_ROLE" }] }],
        tasks: [reported("lost-fw", "t")],
      });
      await back.agentId();
      const framework = world.state.frameworks.get(asId<FrameworkId>("lost-fw"));
      expect(framework?.connection.kind).to.equal("recovered");
      expect([...(framework?.tasks.keys() ?? [])]).to.deep.equal(["t"]);
    });

    it("tells of an agent's tasks that the master did not know", async () => {
      const scheduler = await world.framework({ roles: ["a"] });
      const frameworkId = await scheduler.frameworkId();
      const back = await world.agent({ agentId: "old-S7", tasks: [reported(frameworkId, "t")] });
      await back.agentId();
      expect(await statusOf(scheduler, "t")).to.include({
        state: "TASK_RUNNING",
        reason: "REASON_AGENT_REREGISTERED",
        message: "Unknown agent reregistered",
      });
    });

    it("lists the tasks that only the master knows", async () => {
      const scheduler = await world.framework({ roles: ["a"] });
      await launchOn(agent, scheduler, "t");
      const again = await world.agent({ agentId });
      expect((await again.event("SUBSCRIBED")).tasks).to.deep.equal([
        { framework_id: await scheduler.frameworkId(), task_id: "t", partition_aware: true },
      ]);
    });

    it("shuts down the tasks of a framework that is over", async () => {
      const scheduler = await world.framework({ roles: ["a"] });
      const frameworkId = await scheduler.frameworkId();
      await scheduler.call({ type: "TEARDOWN" });
      const back = await world.agent({ agentId: "old-S7", tasks: [reported(frameworkId, "t")] });
      expect((await back.event("SHUTDOWN_FRAMEWORK")).framework_id).to.equal(frameworkId);
    });
  });

  describe("what it refuses", () => {
    const refusals: Record<string, readonly [() => Promise<HttpExchange>, number, RegExp]> = {
      "another content type": [
        () => post("{}", { "Content-Type": "text/plain" }),
        415,
        /^Expecting 'Content-Type' of application\/json$/,
      ],
      "what is no JSON": [() => post("{"), 400, /^Failed to parse body into JSON$/],
      "what is no SUBSCRIBE": [() => post({}), 400, /^Failed to validate SUBSCRIBE: /],
      "what is no batch": [
        () => post({}, { "Mesos-Stream-Id": "x" }),
        400,
        /^Failed to validate the batch: /,
      ],
      "a batch of another stream": [
        () => post({ agent_id: agentId, calls: [] }, { "Mesos-Stream-Id": "x" }),
        403,
        /^The stream is not the current one of this agent$/,
      ],
    };
    for (const [name, [ask, status, text]] of Object.entries(refusals)) {
      it(`${status} for ${name}`, async () => {
        const answer = await ask();
        expect(answer.status).to.equal(status);
        expect(answer.body).to.match(text);
      });
    }
  });

  describe("calls", () => {
    it("are acknowledged by number, and take effect once", async () => {
      const streamId = String(agent.stream.headers["mesos-stream-id"]);
      const scheduler = await world.framework({ roles: ["a"] });
      const framework_id = await scheduler.frameworkId();
      const exited = { type: "EXECUTOR_EXITED", framework_id, executor_id: "e", status: 0 };
      const batch = (...seqs: number[]): Promise<HttpExchange> =>
        post(
          { agent_id: agentId, calls: seqs.map((seq) => ({ seq, ...exited })) },
          { "Mesos-Stream-Id": streamId },
        );
      expect(JSON.parse((await batch(1, 2)).body)).to.deep.equal({ acked_seq: 2 });
      expect(JSON.parse((await batch(1, 2, 3)).body)).to.deep.equal({ acked_seq: 3 });
      const failures = (): number =>
        scheduler.events().filter(({ failure }) => failure !== undefined).length;
      await scheduler.stream.until(() => failures() >= 3 || undefined, "three failures");
      expect(failures()).to.equal(3);
      expect(await world.metric("master/messages_exited_executor")).to.equal(3);
    });

    it("STATUS_UPDATE frees what the task had as soon as its latest state is the end (MES-29)", async () => {
      const scheduler = await world.framework({ roles: ["a"] });
      await launchOn(agent, scheduler, "t");
      const spent = await scheduler.offer();
      await agent.call({
        type: "STATUS_UPDATE",
        framework_id: await scheduler.frameworkId(),
        status: {
          task_id: { value: "t" },
          state: "TASK_RUNNING",
          source: "SOURCE_EXECUTOR",
          uuid: Buffer.alloc(16).toString("base64"),
          timestamp: 1,
        },
        latest_state: "TASK_FINISHED",
      });
      expect((await statusOf(scheduler, "t")).state).to.equal("TASK_RUNNING");
      const whole = spent.resources;
      const next = await scheduler.offer(({ id }) => id.value !== spent.id.value);
      expect(next.resources).to.deep.equal(whole);
    });

    it("STATUS_UPDATE of an unknown task goes on, of an unknown framework does not; both are counted (MES-29)", async () => {
      const scheduler = await world.framework({ roles: ["a"] });
      await agent.update("nobody", "t", "TASK_RUNNING", "u1");
      await agent.update(await scheduler.frameworkId(), "stray", "TASK_RUNNING", "u2");
      expect((await statusOf(scheduler, "stray")).state).to.equal("TASK_RUNNING");
      expect(await world.metric("master/invalid_status_updates")).to.equal(2);
    });

    it("UPDATE_AGENT with less than is offered rescinds, with more offers more (MES-12)", async () => {
      const scheduler = await world.framework({ roles: ["a"] });
      const offer = await scheduler.offer();
      await agent.call({ type: "UPDATE_AGENT", total: wire("cpus:2;mem:1024") });
      const { rescind } = await scheduler.event((it) => it.rescind !== undefined);
      expect(rescind?.offer_id).to.deep.equal(offer.id);
      await agent.call({ type: "UPDATE_AGENT", total: wire("cpus:8;mem:8192") });
      const cpus = (): number =>
        scheduler
          .events()
          .flatMap(({ offers }) => offers?.offers ?? [])
          .slice(1)
          .flatMap(({ resources }) => resources ?? [])
          .filter(({ name }) => name === "cpus")
          .reduce((sum, { scalar }) => sum + (scalar?.value ?? 0), 0);
      await scheduler.stream.until(() => cpus() >= 8 || undefined, "8 cpus in all");
    });

    it("a launch that the agent took is told once, whoever asks again", async () => {
      const scheduler = await world.framework({ roles: ["a"] });
      const offer = await scheduler.offer();
      const operations = [launch(commandTask("t", agentId))];
      await accept(scheduler, [offer.id], operations);
      await agent.event("RUN_TASK");
      await accept(scheduler, [offer.id], operations);
      expect((await statusOf(scheduler, "t")).reason).to.equal("REASON_INVALID_OFFERS");
      expect(agent.events().filter(({ type }) => type === "RUN_TASK")).to.have.length(1);
    });
  });
});
