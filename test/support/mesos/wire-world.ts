import type { TaskInfo } from "../../../src/api/mesos/task.ts";
import type { TaskStatus } from "../../../src/api/mesos/task-status.ts";
import type { MasterState } from "../../../src/domain/mesos/master-state.ts";
import type { OfferEngine } from "../../../src/services/offer-engine/core/engine.ts";
import { LinkAgent, type LinkAgentOptions } from "./link-agent.ts";
import { wire } from "./operations.ts";
import { exchange, type HttpExchange } from "./record-stream.ts";
import { SchedulerClient } from "./scheduler-client.ts";
import { startTestMaster, type TestMaster, type TestMasterOptions } from "./test-master.ts";

const JSON_HEADERS = { "Content-Type": "application/json" };

/** A master over real HTTP with its agents and frameworks, which end with it. */
export class WireWorld {
  readonly master: TestMaster;
  readonly #open: { close(): void }[] = [];

  private constructor(master: TestMaster) {
    this.master = master;
  }

  static async start(options?: TestMasterOptions): Promise<WireWorld> {
    return new WireWorld(await startTestMaster(options));
  }

  async stop(): Promise<void> {
    for (const one of this.#open.splice(0)) one.close();
    await this.master.stop();
  }

  get engine(): OfferEngine {
    const leadership = this.master.service.leadership();
    if (leadership.kind !== "leading") throw new Error("nobody leads");
    return leadership.host.engine;
  }

  /** What the master knows, for states that take long to come about by themselves. */
  get state(): MasterState {
    return this.engine.state;
  }

  async agent(options: LinkAgentOptions = {}): Promise<LinkAgent> {
    const agent = await LinkAgent.subscribe(this.master.port, options);
    this.#open.push(agent);
    return agent;
  }

  async framework(
    info: Readonly<Record<string, unknown>> = {},
    subscribe: Readonly<Record<string, unknown>> = {},
    headers: Readonly<Record<string, string>> = {},
  ): Promise<SchedulerClient> {
    const client = await SchedulerClient.subscribe(this.master.port, info, subscribe, headers);
    this.#open.push(client);
    return client;
  }

  /** One call of the operator API. */
  operator(call: Readonly<Record<string, unknown>>): Promise<HttpExchange> {
    return exchange(this.master.port, "/api/v1", {
      headers: JSON_HEADERS,
      body: JSON.stringify(call),
    });
  }

  get(path: string): Promise<HttpExchange> {
    return exchange(this.master.port, path, { method: "GET" });
  }

  async metric(name: string): Promise<number | undefined> {
    const snapshot = JSON.parse((await this.get("/metrics/snapshot")).body) as Record<
      string,
      number
    >;
    return snapshot[name];
  }
}

/** A task of 1 CPU and 64 MiB by a command, as JSON would have it. */
export function commandTask(
  taskId: string,
  agentId: string,
  parts: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  return {
    name: taskId,
    task_id: { value: taskId },
    agent_id: { value: agentId },
    command: { value: "sleep 1" },
    resources: wire("cpus:1;mem:64"),
    ...parts,
  };
}

export const CUSTOM_EXECUTOR = {
  executor_id: { value: "e" },
  type: "CUSTOM",
  command: { value: "./executor" },
  resources: wire("cpus:0.5;mem:32"),
};

export const launch = (
  ...task_infos: readonly Record<string, unknown>[]
): Record<string, unknown> => ({
  type: "LAUNCH",
  launch: { task_infos },
});

/** ACCEPT of one offer with these operations; what is left may be offered again at once. */
export async function accept(
  scheduler: SchedulerClient,
  offerIds: readonly unknown[],
  operations: readonly unknown[],
): Promise<HttpExchange> {
  return scheduler.call({
    type: "ACCEPT",
    accept: { offer_ids: offerIds, operations, filters: { refuse_seconds: 0 } },
  });
}

/** Launches `task` on the next offer and waits until the agent has it. */
export async function launchOn(
  agent: LinkAgent,
  scheduler: SchedulerClient,
  taskId: string,
  parts: Readonly<Record<string, unknown>> = {},
): Promise<TaskInfo> {
  const agentId = await agent.agentId();
  const offer = await scheduler.offer((it) => it.agent_id.value === agentId);
  await accept(scheduler, [offer.id], [launch(commandTask(taskId, agentId, parts))]);
  const run = await agent.event("RUN_TASK", ({ task }) => task.task_id.value === taskId);
  return run.task;
}

/** The first status of the task that matches. */
export async function statusOf(
  scheduler: SchedulerClient,
  taskId: string,
  matches: (status: TaskStatus) => boolean = () => true,
): Promise<TaskStatus> {
  const event = await scheduler.event(
    ({ update }) => update?.status.task_id.value === taskId && matches(update.status),
    `update of ${taskId}`,
  );
  return event.update!.status;
}
