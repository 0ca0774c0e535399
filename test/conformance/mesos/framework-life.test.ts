import { expect } from "chai";
import { LinkAgent } from "../../support/mesos/link-agent.ts";
import { SchedulerClient } from "../../support/mesos/scheduler-client.ts";
import { startTestMaster, type TestMaster } from "../../support/mesos/test-master.ts";

const CPU_TASK = (taskId: string, agentId: string): Record<string, unknown> => ({
  name: taskId,
  task_id: { value: taskId },
  agent_id: { value: agentId },
  command: { value: "sleep 1" },
  resources: [
    { name: "cpus", type: "SCALAR", scalar: { value: 1 } },
    { name: "mem", type: "SCALAR", scalar: { value: 64 } },
  ],
});

describe("a framework over HTTP", () => {
  let master: TestMaster;
  const open: { close(): void }[] = [];

  beforeEach(async () => {
    master = await startTestMaster();
  });
  afterEach(async () => {
    for (const one of open.splice(0)) one.close();
    await master.stop();
  });

  const framework = async (
    info: Record<string, unknown> = {},
    subscribe: Record<string, unknown> = {},
  ): Promise<SchedulerClient> => {
    const client = await SchedulerClient.subscribe(master.port, info, subscribe);
    open.push(client);
    return client;
  };
  const agent = async (
    options: Parameters<typeof LinkAgent.subscribe>[1] = {},
  ): Promise<LinkAgent> => {
    const client = await LinkAgent.subscribe(master.port, options);
    open.push(client);
    return client;
  };

  it("is offered an agent, launches a task, hears of it until it ended (API-02, MES-29)", async () => {
    const link = await agent();
    const scheduler = await framework();
    const frameworkId = await scheduler.frameworkId();
    const offer = await scheduler.offer();
    expect(offer.hostname).to.equal("agent-1");
    expect(offer.allocation_info).to.deep.equal({ role: "*" });
    expect(offer.url?.address.ip).to.equal("127.0.0.1");

    const accepted = await scheduler.call({
      type: "ACCEPT",
      accept: {
        offer_ids: [offer.id],
        operations: [
          { type: "LAUNCH", launch: { task_infos: [CPU_TASK("t1", offer.agent_id.value)] } },
        ],
        filters: { refuse_seconds: 0 },
      },
    });
    expect([accepted.status, accepted.body]).to.deep.equal([202, ""]);

    const run = await link.event("RUN_TASK");
    expect(run.task.task_id.value).to.equal("t1");
    expect(run.framework_id).to.equal(frameworkId);

    await link.update(frameworkId, "t1", "TASK_RUNNING", "u1");
    const running = await scheduler.event((it) => it.update?.status.state === "TASK_RUNNING");
    const status = running.update!.status;
    await scheduler.call({
      type: "ACKNOWLEDGE",
      acknowledge: { agent_id: status.agent_id, task_id: status.task_id, uuid: status.uuid },
    });
    expect((await link.event("ACKNOWLEDGE")).uuid).to.equal(status.uuid);

    await scheduler.call({ type: "KILL", kill: { task_id: { value: "t1" } } });
    await link.event("KILL");
    await link.update(frameworkId, "t1", "TASK_KILLED", "u2");
    await scheduler.event((it) => it.update?.status.state === "TASK_KILLED");
  });

  it("gets what was left of its offer again (MES-28)", async () => {
    await agent();
    const scheduler = await framework();
    const first = await scheduler.offer();
    await scheduler.call({
      type: "ACCEPT",
      accept: {
        offer_ids: [first.id],
        operations: [
          { type: "LAUNCH", launch: { task_infos: [CPU_TASK("t1", first.agent_id.value)] } },
        ],
        filters: { refuse_seconds: 0 },
      },
    });
    const second = await scheduler.offer((it) => it.id.value !== first.id.value);
    const cpus = second.resources?.find(({ name }) => name === "cpus")?.scalar?.value;
    expect(cpus).to.equal(3);
  });
});
