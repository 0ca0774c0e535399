import type { KubePod } from "../../../src/domain/agent/kube-pod.ts";
import { podNameOf } from "../../../src/domain/agent/pod/pod-shell.ts";
import type { RunRecord } from "../../../src/domain/agent/run.ts";
import { KINDS } from "../../../src/runtime/kube/core-kinds.ts";
import { type KubeObject, keyOf } from "../../../src/runtime/kube/kube-object.ts";
import type { Change } from "../../../src/runtime/informer/informer.ts";
import { agentMetrics } from "../../../src/services/agent/metrics.ts";
import { PodLauncher } from "../../../src/services/agent/launchers/pod-launcher.ts";
import { FakeKube } from "../kubernetes/fake-kube.ts";
import { RecordingLogger } from "../recording-logger.ts";
import { RecordingMeter } from "../recording-meter.ts";
import { SeededRandom } from "../seeded-random.ts";
import { VirtualClock } from "../virtual-clock.ts";
import { NOW_MS, POD_RULES } from "./builders.ts";

type StoredPod = KubePod & KubeObject;
const RETENTION_MS = 900_000;

/** The real Pod launcher over an API server in memory; its cache is never behind, and hears what the test tells it. */
export class PodWorld {
  readonly clock = new VirtualClock({ startMs: NOW_MS });
  readonly kube = new FakeKube(() => this.clock.nowMs());
  readonly meter = new RecordingMeter();
  readonly launcher: PodLauncher;
  readonly retentionMs = RETENTION_MS;
  #tell: (change: Change<KubePod>) => void = () => undefined;

  constructor() {
    this.launcher = new PodLauncher({
      kube: this.kube,
      pods: {
        get: (key) => this.#pods().find((pod) => keyOf(pod) === key),
        list: () => this.#pods(),
        onChange: (handler) => (this.#tell = handler),
      },
      clock: this.clock,
      random: new SeededRandom(1),
      logger: new RecordingLogger(),
      metrics: agentMetrics(this.meter),
      options: {
        namespace: "mesos",
        nodeName: "node-1",
        pool: "mesos",
        agentEndpoint: "h:5051",
        recoveryTimeoutMs: 900_000,
        shutdownGraceMs: 5_000,
        podRetentionMs: RETENTION_MS,
        patience: {
          imagePullAttempts: 3,
          imagePullTimeoutMs: 600_000,
          podStartTimeoutMs: 600_000,
        },
        rules: POD_RULES,
      },
    });
  }

  async launch(record: RunRecord): Promise<void> {
    const { signal } = new AbortController();
    await this.launcher.launch(record, { agentId: "agent-1", signal });
  }

  podOf(record: RunRecord): KubePod | undefined {
    return this.#pods().find(({ metadata }) => metadata.name === podNameOf(record.containerId));
  }

  /** Puts the status as the kubelet does; gives the Pod as stored. */
  show(pod: KubePod, status: NonNullable<KubePod["status"]>): KubePod {
    const object = this.kube.put<StoredPod>(KINDS.Pod, { ...(pod as StoredPod), status });
    this.tell(object);
    return object;
  }

  /** The cache hears of the Pod. */
  tell(object: KubePod): void {
    this.#tell({ kind: "updated", object, previous: object });
  }

  #pods(): readonly StoredPod[] {
    return this.kube.all<StoredPod>(KINDS.Pod);
  }
}
