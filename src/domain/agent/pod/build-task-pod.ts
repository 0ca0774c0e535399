import type { ContainerInfo } from "../../../api/mesos/container.ts";
import type { TaskInfo } from "../../../api/mesos/task.ts";
import { mapped, type Mapped, refused } from "../refusal.ts";
import { isGroup, type RunRecord } from "../run.ts";
import { portsOf } from "../wire-amounts.ts";
import { applyDockerParameters } from "./docker-parameters.ts";
import { escapeExpansion } from "./expansion.ts";
import { mapAmounts } from "./map-amounts.ts";
import { mapCommand } from "./map-command.ts";
import { mapEnvironment } from "./map-environment.ts";
import { mapImage } from "./map-image.ts";
import { mapNetwork } from "./map-network.ts";
import { mapSecurity } from "./map-security.ts";
import { mapUser } from "./map-user.ts";
import { mapVolume } from "./map-volumes.ts";
import { type ContainerDraft, newPodDraft, type PodDraft } from "./pod-draft.ts";
import type { EnvVar, PodManifest } from "./pod-manifest.ts";
import { type PodRules, SANDBOX_PATH, SANDBOX_VOLUME } from "./pod-rules.ts";
import { type PodIdentity, podManifest } from "./pod-shell.ts";

export interface TaskPodInput {
  readonly record: RunRecord;
  readonly identity: PodIdentity;
  readonly rules: PodRules;
  /** The Mesos variables of the run, `MESOS_FRAMEWORK_ID` and so on. */
  readonly environment: readonly EnvVar[];
}

export interface TaskPod {
  readonly pod: PodManifest;
  /** For the log: parts of the task that have no meaning here. */
  readonly warnings: readonly string[];
}

/** Name of the container of a run's i-th task. */
export function taskContainerName(record: RunRecord, index: number): string {
  return isGroup(record) ? `task-${index}` : "task";
}

/**
 * The Pod that runs a launch, or the first field of its TaskInfo that cannot be mapped. One Pod per run, one container
 * per task, in the order of the record. Deterministic: the same input gives the same bytes.
 */
export function buildTaskPod(input: TaskPodInput): Mapped<TaskPod> {
  const { record, rules } = input;
  const pod = newPodDraft();
  const shared = isGroup(record) ? record.executor?.container : record.tasks[0]?.container;
  const offeredPorts = record.tasks.flatMap((task) => portsOf(task.resources));
  const network = mapNetwork(shared, offeredPorts, rules);
  if (!network.ok) return network;
  pod.hostNetwork = network.value.hostNetwork;
  Object.assign(pod.annotations, network.value.annotations);
  // A MESOS command was never the first process of a namespace: as that one it would ignore SIGTERM.
  pod.shareProcessNamespace = !isGroup(record) && shared?.type !== "DOCKER";
  const sharing = applySharing(shared, pod, rules);
  if (!sharing.ok) return sharing;
  const containers: { readonly name: string; readonly draft: ContainerDraft }[] = [];
  for (const [index, task] of record.tasks.entries()) {
    const draft = buildContainer(input, task, index, pod);
    if (!draft.ok) return draft;
    // Every container of the Pod shares its network; the first one carries the ports.
    if (index === 0) draft.value.ports.push(...network.value.ports);
    containers.push({ name: taskContainerName(record, index), draft: draft.value });
  }
  return mapped({ pod: podManifest(input, pod, containers), warnings: pod.warnings });
}

function buildContainer(
  { record, rules, environment }: TaskPodInput,
  task: TaskInfo,
  index: number,
  pod: PodDraft,
): Mapped<ContainerDraft> {
  const { container, command } = task;
  const docker = container?.type === "DOCKER";
  const unserved = refuseUnserved(task);
  if (unserved !== undefined) return unserved;
  const image = mapImage(container, rules);
  if (!image.ok) return image;
  const run = mapCommand(command, container?.docker !== undefined, container?.rlimit_info);
  if (!run.ok) return run;
  const amounts = mapAmounts(task.resources, task.limits, rules);
  if (!amounts.ok) return amounts;
  const security = mapSecurity(container, rules);
  if (!security.ok) return security;
  const user = docker
    ? mapped({})
    : mapUser("command.user", command?.user ?? frameworkUser(record, pod, rules), rules);
  if (!user.ok) return user;
  const env = mapEnvironment(environment, command);
  if (!env.ok) return env;
  if (image.value.pullSecret !== undefined) pod.pullSecrets.add(image.value.pullSecret);
  if (amounts.value.revocable) pod.revocable = true;
  const subPath = isGroup(record) ? `tasks/${task.task_id.value}` : "";
  const draft: ContainerDraft = {
    image: image.value.image,
    imagePullPolicy: image.value.imagePullPolicy,
    ...(run.value.command === undefined ? {} : { command: run.value.command.map(escapeExpansion) }),
    ...(run.value.args === undefined ? {} : { args: run.value.args.map(escapeExpansion) }),
    ...(docker ? {} : { workingDir: SANDBOX_PATH }),
    env: env.value,
    requests: { ...amounts.value.requests },
    limits: { ...amounts.value.limits },
    ports: [],
    volumeMounts: [
      { name: SANDBOX_VOLUME, mountPath: SANDBOX_PATH, ...(subPath === "" ? {} : { subPath }) },
    ],
    security: { ...user.value, ...security.value },
  };
  const volumes = addVolumes(container, index, subPath, pod, draft, rules);
  if (!volumes.ok) return volumes;
  if (container?.hostname !== undefined) pod.hostname = container.hostname;
  const parameters = applyDockerParameters(container?.docker?.parameters ?? [], pod, draft, rules);
  return parameters.ok ? mapped(draft) : parameters;
}

/**
 * The user a MESOS task runs as where its command names none: the framework's, if it means something inside an image.
 * Deviation: a framework's user that is only a name of the old machines is said in the log, not refused, because every
 * framework must name one.
 */
function frameworkUser(record: RunRecord, pod: PodDraft, rules: PodRules): string | undefined {
  const { user } = record.framework;
  if (user === "root" || user in rules.userMap || /^\d/.test(user)) return user;
  pod.warnings.push(`framework user ${user} is unknown to --user_map; the image's user is taken`);
  return undefined;
}

function refuseUnserved(task: TaskInfo): ReturnType<typeof refused> | undefined {
  if ((task.command?.uris?.length ?? 0) > 0) {
    return refused(
      "command.uris",
      "this agent version does not fetch; put the files into the image",
    );
  }
  if (task.container?.tty_info !== undefined) {
    return refused("container.tty_info", "terminals are not served by this version");
  }
  const persistent = task.resources?.find((resource) => resource.disk !== undefined);
  if (persistent !== undefined) {
    return refused("resources.disk", "persistent volumes are not served by this version");
  }
  return undefined;
}

function applySharing(
  container: ContainerInfo | undefined,
  pod: PodDraft,
  rules: PodRules,
): Mapped<void> {
  const linux = container?.linux_info;
  if (linux?.share_pid_namespace === true) {
    if (!rules.allowHostPid) {
      return refused("container.linux_info.share_pid_namespace", "needs --allow_host_pid");
    }
    pod.hostPid = true;
    // The API server takes one of the two.
    pod.shareProcessNamespace = false;
  }
  if (linux?.ipc_mode === "SHARE_PARENT") {
    if (!rules.allowHostIpc) {
      return refused("container.linux_info.ipc_mode", "SHARE_PARENT needs --allow_host_ipc");
    }
    pod.hostIpc = true;
  }
  return mapped(undefined);
}

function addVolumes(
  container: ContainerInfo | undefined,
  taskIndex: number,
  subPath: string,
  pod: PodDraft,
  draft: ContainerDraft,
  rules: PodRules,
): Mapped<void> {
  for (const [index, volume] of (container?.volumes ?? []).entries()) {
    const result = mapVolume(volume, taskIndex * 100 + index, subPath, rules);
    if (!result.ok) return result;
    draft.volumeMounts.push(result.value.mount);
    if (result.value.volume !== undefined) {
      pod.volumes.set(result.value.volume.name, result.value.volume);
    }
  }
  const shmMiB = container?.linux_info?.shm_size;
  if (shmMiB !== undefined) {
    const name = `shm-${taskIndex}`;
    pod.volumes.set(name, { name, emptyDir: { medium: "Memory", sizeLimit: `${shmMiB}Mi` } });
    draft.volumeMounts.push({ name, mountPath: "/dev/shm" });
  }
  return mapped(undefined);
}
