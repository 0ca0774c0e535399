import { expect } from "chai";
import type {
  KubeContainerStatus,
  KubePod,
  KubePodStatusView,
} from "../../../../src/domain/agent/kube-pod.ts";
import { readPod } from "../../../../src/domain/agent/pod/pod-seen.ts";
import { KILL_ANNOTATION } from "../../../../src/domain/agent/pod/kill-note.ts";
import type { TaskSeen } from "../../../../src/domain/agent/run.ts";
import { describeEnd } from "../../../../src/domain/agent/task-state.ts";
import { makePod, makeRecord, NOW_MS } from "../../../support/agent/builders.ts";
import { commandTask } from "../../../support/agent/http-master.ts";

const PATIENCE = { imagePullAttempts: 3, imagePullTimeoutMs: 300_000, podStartTimeoutMs: 600_000 };
const record = makeRecord({ tasks: [commandTask("t", "x")] });

interface Given {
  readonly status?: KubePodStatusView;
  readonly state?: KubeContainerStatus["state"];
  readonly deleted?: true;
  readonly killed?: true;
  readonly afterMs?: number;
  readonly pullFailures?: number;
}

function read(given: Given): ReturnType<typeof readPod> {
  const base = makePod();
  const pod: KubePod = {
    ...base,
    metadata: {
      ...base.metadata,
      ...(given.deleted ? { deletionTimestamp: "2026-01-01T00:00:00Z" } : {}),
      annotations: given.killed ? { [KILL_ANNOTATION]: "{}" } : {},
    },
    status: {
      phase: "Pending",
      ...given.status,
      ...(given.state === undefined
        ? {}
        : { containerStatuses: [{ name: "task", state: given.state }] }),
    },
  };
  return readPod(pod, record, {
    nowMs: NOW_MS + (given.afterMs ?? 0),
    patience: PATIENCE,
    pullFailures: given.pullFailures ?? 0,
  });
}

/** `running 10.0.0.1`, `FAILED REASON: message`, `exit…`, or `waiting`. */
function short(seen: TaskSeen | undefined): string {
  if (seen === undefined) return "waiting";
  if (seen.kind === "running") return `running ${seen.ip ?? ""}`;
  const { end } = seen;
  if (end.kind !== "verdict") return describeEnd(end);
  return `${end.state.slice(5)} ${end.reason.slice(7)}: ${end.message}`;
}

const waiting = (reason: string, message = "m") => ({ waiting: { reason, message } });
const terminated = (exitCode: number, reason = "Error", message?: string) => ({
  terminated: { exitCode, reason, ...(message === undefined ? {} : { message }) },
});
const disrupted = (reason: string): KubePodStatusView => ({
  phase: "Failed",
  conditions: [{ type: "DisruptionTarget", status: "True", reason, message: "d" }],
});

describe("readPod: each row of `Pod shows`", () => {
  const cases: Record<string, { given: Given; want: string; hopeless?: true }> = {
    "a Pod not seen by kubelet yet": { given: {}, want: "waiting" },
    "a container that is being made": {
      given: { state: waiting("ContainerCreating") },
      want: "waiting",
    },
    "a running container and its IP": {
      given: { state: { running: {} }, status: { phase: "Running", podIP: "10.0.0.1" } },
      want: "running 10.0.0.1",
    },
    "exit 0": {
      given: { state: terminated(0, "Completed") },
      want: "Command exited with status 0",
    },
    "exit 3": { given: { state: terminated(3) }, want: "Command exited with status 3" },
    "exit 143, a signal": {
      given: { state: terminated(143) },
      want: "Command terminated with signal Terminated",
    },
    InvalidImageName: {
      given: { state: waiting("InvalidImageName") },
      want: "FAILED CONTAINER_LAUNCH_FAILED: InvalidImageName: m",
      hopeless: true,
    },
    "ErrImagePull below the attempts": {
      given: { state: waiting("ErrImagePull"), pullFailures: 2 },
      want: "waiting",
    },
    "ErrImagePull at the last attempt": {
      given: { state: waiting("ErrImagePull", "no such image"), pullFailures: 3 },
      want: "FAILED CONTAINER_LAUNCH_FAILED: Failed to pull the image: no such image",
      hopeless: true,
    },
    "a pull that takes too long": {
      given: { state: waiting("ImagePullBackOff"), afterMs: 300_000, pullFailures: 1 },
      want: "FAILED CONTAINER_LAUNCH_FAILED: Pod did not start within 10mins: m",
      hopeless: true,
    },
    CreateContainerConfigError: {
      given: { state: waiting("CreateContainerConfigError", 'secret "s" not found') },
      want: 'FAILED CONTAINER_LAUNCH_FAILED: CreateContainerConfigError: secret "s" not found',
      hopeless: true,
    },
    "StartError (128)": {
      given: { state: terminated(128, "StartError", "exec: /x: not found") },
      want: "FAILED CONTAINER_LAUNCH_FAILED: exec: /x: not found",
    },
    "a Pod that does not start": {
      given: { state: waiting("ContainerCreating", "volume"), afterMs: 600_000 },
      want: "FAILED CONTAINER_LAUNCH_FAILED: Pod did not start within 10mins: volume",
      hopeless: true,
    },
    OOMKilled: {
      given: { state: terminated(137, "OOMKilled") },
      want: "FAILED CONTAINER_LIMITATION_MEMORY: Memory limit exceeded: Requested: 32MB Maximum Used: 32MB",
    },
    DeadlineExceeded: {
      given: { status: { phase: "Failed", reason: "DeadlineExceeded", message: "too long" } },
      want: "FAILED MAX_COMPLETION_TIME_REACHED: too long",
    },
    "eviction for ephemeral storage": {
      given: {
        status: { phase: "Failed", reason: "Evicted", message: "low on ephemeral-storage" },
      },
      want: "FAILED CONTAINER_LIMITATION_DISK: low on ephemeral-storage",
    },
    "eviction for other pressure": {
      given: { status: { phase: "Failed", reason: "Evicted", message: "low on memory" } },
      want: "GONE CONTAINER_PREEMPTED: low on memory",
    },
    OutOfcpu: {
      given: { status: { phase: "Failed", reason: "OutOfcpu", message: "no" } },
      want: "DROPPED RESOURCES_UNKNOWN: OutOfcpu: no",
    },
    UnexpectedAdmissionError: {
      given: { status: { phase: "Failed", reason: "UnexpectedAdmissionError", message: "no" } },
      want: "DROPPED RESOURCES_UNKNOWN: UnexpectedAdmissionError: no",
    },
    "preemption by the scheduler": {
      given: { status: disrupted("PreemptionByScheduler"), state: terminated(143) },
      want: "GONE CONTAINER_PREEMPTED: d",
    },
    "eviction by the API (kubectl drain)": {
      given: { status: disrupted("EvictionByEvictionAPI"), state: terminated(143) },
      want: "KILLED AGENT_DRAINING: d",
    },
    "deletion by the taint manager": {
      given: { status: disrupted("DeletionByTaintManager"), state: terminated(143) },
      want: "KILLED AGENT_DRAINING: d",
    },
    "an eviction of a task that finished by itself": {
      given: { status: disrupted("EvictionByEvictionAPI"), state: terminated(0, "Completed") },
      want: "Command exited with status 0",
    },
    "shutdown of the node": {
      given: { status: { phase: "Failed", reason: "Terminated", message: "node shutdown" } },
      want: "KILLED AGENT_DRAINING: node shutdown",
    },
    "deletion by somebody else": {
      given: { state: terminated(137), deleted: true },
      want: "Command terminated with signal Killed (Pod deleted)",
    },
    "deletion by us": {
      given: { state: terminated(137), deleted: true, killed: true },
      want: "Command terminated with signal Killed",
    },
    "a container that kubelet lost": {
      given: { state: terminated(137, "ContainerStatusUnknown", "could not be located") },
      want: "FAILED EXECUTOR_TERMINATED: could not be located",
    },
    "a failed Pod without a word": {
      given: { status: { phase: "Failed" } },
      want: "FAILED EXECUTOR_TERMINATED: Abnormal executor termination: unknown container",
    },
  };
  for (const [name, { given, want, hopeless }] of Object.entries(cases)) {
    it(`reads ${name}`, () => {
      const seen = read(given);
      expect(short(seen.tasks.get("t"))).to.equal(want);
      expect(seen.hopeless).to.equal(hopeless === true);
    });
  }

  it("says when its patience ends", () => {
    const seen = read({ state: waiting("ContainerCreating") });
    expect(seen.lookAgainAtMs).to.equal(NOW_MS + PATIENCE.podStartTimeoutMs);
  });
});
