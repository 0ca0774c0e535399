import type { AgentEvent } from "../../../src/api/agent-link/events.ts";
import type { TaskInfo } from "../../../src/api/mesos/task.ts";
import { AgentService } from "../../../src/services/agent/agent-service.ts";
import { FixedInventory } from "../../../src/services/agent/launchers/fixed-inventory.ts";
import { agentMetrics } from "../../../src/services/agent/metrics.ts";
import { PodJournal } from "../../../src/services/agent/launchers/pod-journal.ts";
import type { AgentInventory, Journal, VolumeStore } from "../../../src/services/agent/ports.ts";
import { RecordingLogger } from "../recording-logger.ts";
import { RecordingMeter } from "../recording-meter.ts";
import { SeededRandom } from "../seeded-random.ts";
import { VirtualClock } from "../virtual-clock.ts";
import { FakeLauncher } from "./fake-launcher.ts";
import { FakeLink } from "./fake-link.ts";
import { runTask } from "./http-master.ts";

export const INVENTORY: AgentInventory = {
  total: [{ name: "cpus", type: "SCALAR", scalar: { value: 4 } }],
  attributes: [],
  poolPods: [],
  unschedulable: false,
};

/** The real agent service over a fake master and a fake launcher, in virtual time. */
export class AgentWorld {
  readonly clock = new VirtualClock();
  readonly link = new FakeLink();
  readonly launcher = new FakeLauncher();
  readonly meter = new RecordingMeter();
  readonly agent: AgentService;
  readonly #stop = new AbortController();

  constructor(journal: Journal = new PodJournal(), volumes?: VolumeStore) {
    this.agent = new AgentService({
      link: this.link,
      launcher: this.launcher,
      journal,
      ...(volumes === undefined ? {} : { volumes }),
      inventory: new FixedInventory(INVENTORY),
      usage: { read: () => Promise.resolve(undefined) },
      clock: this.clock,
      random: new SeededRandom(1),
      logger: new RecordingLogger(),
      metrics: agentMetrics(this.meter),
      options: {
        hostname: "h",
        advertisePort: 5051,
        version: "0",
        access: "Api",
        graceDefaultMs: 30_000,
        launchRetryMs: 60_000,
        releaseAfterEndMs: 300_000,
      },
    });
  }

  async start(): Promise<void> {
    this.agent.run(this.#stop.signal).catch(() => undefined);
    await this.settle();
  }

  stop(): void {
    this.#stop.abort();
  }

  async settle(): Promise<void> {
    for (let i = 0; i < 10; i += 1) await this.clock.settle();
  }

  async push(event: DistributiveOmit<AgentEvent, "term">): Promise<void> {
    this.link.push({ ...event, term: this.link.term });
    await this.settle();
  }

  launch(task: TaskInfo, launchId = `launch-${task.task_id.value}`): Promise<void> {
    return this.push(runTask(task, launchId));
  }

  /** States told with a uuid, in the order of their first sending, e.g. `["t:RUNNING"]`. */
  told(): string[] {
    const seen = new Set<string>();
    return this.link.of("STATUS_UPDATE").flatMap(({ status }) => {
      if (status.uuid === undefined || seen.has(status.uuid)) return [];
      seen.add(status.uuid);
      return [`${status.task_id.value}:${status.state.slice("TASK_".length)}`];
    });
  }

  /** Acknowledges heads until nothing is outstanding. */
  async acknowledgeAll(): Promise<void> {
    const done = new Set<string>();
    for (;;) {
      const next = this.link
        .of("STATUS_UPDATE")
        .find(({ status }) => status.uuid !== undefined && !done.has(status.uuid));
      if (next?.status.uuid === undefined) return;
      done.add(next.status.uuid);
      await this.push({
        type: "ACKNOWLEDGE",
        framework_id: next.framework_id,
        task_id: next.status.task_id.value,
        uuid: next.status.uuid,
      });
    }
  }
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
