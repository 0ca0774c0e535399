import { createHash } from "node:crypto";
import { isOperatingError } from "../../../api/errors/operating-error.ts";
import type { KubePod } from "../../../domain/agent/kube-pod.ts";
import { mesosEnvironment } from "../../../domain/agent/mesos-environment.ts";
import { buildTaskPod } from "../../../domain/agent/pod/build-task-pod.ts";
import { type PodRules, SANDBOX_PATH } from "../../../domain/agent/pod/pod-rules.ts";
import {
  isPodOfLaunch,
  type PodIdentity,
  TASK_INFO_BYTES_MAX,
} from "../../../domain/agent/pod/pod-shell.ts";
import type { Refusal } from "../../../domain/agent/refusal.ts";
import type { RunRecord } from "../../../domain/agent/run.ts";
import { KINDS } from "../../../runtime/kube/core-kinds.ts";
import type { KubeReader, KubeWriter } from "../../../runtime/ports/kube-transport.ts";
import type { LaunchAnswer, LaunchOptions } from "../ports.ts";
import { packRunRecord } from "./run-record-codec.ts";
import { taskPodRef } from "./task-pod-ref.ts";

export interface TaskPodMakerOptions {
  readonly namespace: string;
  readonly nodeName: string;
  readonly pool: string;
  /** The MesosCluster, so that its deletion takes the task Pods along. */
  readonly owner?: NonNullable<PodIdentity["owner"]>;
  /** `host:port` under which executors reach the agent. */
  readonly agentEndpoint: string;
  readonly recoveryTimeoutMs: number;
  readonly shutdownGraceMs: number;
  readonly rules: PodRules;
}

/** Makes the Pod of a launch. */
export class TaskPodMaker {
  readonly #kube: Pick<KubeReader, "get"> & Pick<KubeWriter, "create">;
  readonly #options: TaskPodMakerOptions;

  constructor(
    kube: Pick<KubeReader, "get"> & Pick<KubeWriter, "create">,
    options: TaskPodMakerOptions,
  ) {
    this.#kube = kube;
    this.#options = options;
  }

  /** May be called again for the same launch: it is made once. @throws {OperatingError} what may pass. */
  async make(record: RunRecord, { agentId, signal }: LaunchOptions): Promise<LaunchAnswer> {
    const built = buildTaskPod({
      record,
      identity: this.#identity(record, agentId),
      rules: this.#options.rules,
      environment: this.#environment(record, agentId),
    });
    if (!built.ok) return { kind: "refused", refusal: built.refusal };
    try {
      await this.#kube.create(KINDS.Pod, built.value.pod, { signal });
    } catch (error) {
      const refusal = await this.#whyNotMade(record, error, signal);
      if (refusal !== undefined) return { kind: "refused", refusal };
    }
    return { kind: "created", warnings: built.value.warnings };
  }

  #identity(record: RunRecord, agentId: string): PodIdentity {
    const { namespace, nodeName, pool, owner } = this.#options;
    return {
      namespace,
      nodeName,
      pool,
      agentId,
      ...(owner === undefined ? {} : { owner }),
      frameworkHash: hashOf(record.frameworkId),
      executorHash: hashOf(record.executorId),
      role: roleOf(record),
      taskInfo: packRunRecord(record, TASK_INFO_BYTES_MAX),
    };
  }

  #environment(record: RunRecord, agentId: string): readonly { name: string; value: string }[] {
    const { agentEndpoint, recoveryTimeoutMs, shutdownGraceMs } = this.#options;
    return mesosEnvironment(record, {
      agentId,
      endpoint: agentEndpoint,
      sandbox: SANDBOX_PATH,
      directory: SANDBOX_PATH,
      recoveryTimeoutMs,
      shutdownGraceMs,
    }).map(([name, value]) => ({ name, value }));
  }

  /** Undefined: the Pod is there, made by a former call whose answer was lost. @throws what may pass. */
  async #whyNotMade(
    record: RunRecord,
    error: unknown,
    signal: AbortSignal,
  ): Promise<Refusal | undefined> {
    if (!isOperatingError(error)) throw error;
    switch (error.code) {
      case "KUBE_ALREADY_EXISTS": {
        const ref = taskPodRef(this.#options.namespace, record.containerId);
        const pod = await this.#kube.get<KubePod>(ref, { signal });
        if (pod !== undefined && isPodOfLaunch(pod, record)) return undefined;
        return { kind: "failed", field: "container id", message: "another Pod has the name" };
      }
      case "KUBE_INVALID":
      case "KUBE_FORBIDDEN":
      case "KUBE_TOO_LARGE":
        return {
          kind: "failed",
          field: "Pod",
          message: `refused by the API server: ${error.message}`,
        };
      default:
        throw error;
    }
  }
}

/** The role whose resources the launch uses. */
function roleOf(record: RunRecord): string {
  const [first] = record.tasks[0]?.resources ?? [];
  return first?.allocation_info?.role ?? record.framework.role ?? "*";
}

function hashOf(id: string): string {
  return createHash("sha256").update(id).digest("hex").slice(0, 40);
}
