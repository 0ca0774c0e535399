import type { Resource } from "../../../api/mesos/resource.ts";
import type { TaskInfo } from "../../../api/mesos/task.ts";
import { cpuQuantity, memoryQuantity } from "../kube-quantity.ts";
import { mapped, type Mapped, refused } from "../refusal.ts";
import { scalarMilliOf } from "../wire-amounts.ts";
import type { PodRules } from "./pod-rules.ts";

/** Least memory limit, as in Mesos. */
const MEM_LIMIT_MIN_MILLI_MIB = 32_000;

export interface PodAmounts {
  readonly requests: Readonly<Record<string, string>>;
  readonly limits: Readonly<Record<string, string>>;
  readonly revocable: boolean;
}

/**
 * Requests and limits of a task's container.
 * cpus is a request and no limit (idle CPU may be used) unless `limits.cpus` or CFS says so; mem is both, at least 32 MiB.
 */
export function mapAmounts(
  resources: readonly Resource[] | undefined,
  limits: TaskInfo["limits"],
  rules: PodRules,
): Mapped<PodAmounts> {
  const requests: Record<string, string> = {};
  const ceilings: Record<string, string> = {};
  const cpus = scalarMilliOf(resources, "cpus", false);
  const revocableCpus = scalarMilliOf(resources, "cpus", true);
  if (cpus + revocableCpus > 0) requests["cpu"] = cpuQuantity(cpus);
  const cpuLimit = limits?.["cpus"]?.value;
  if (revocableCpus > 0) ceilings["cpu"] = cpuQuantity(cpus + revocableCpus);
  else if (cpuLimit !== undefined) {
    if (Number.isFinite(cpuLimit)) ceilings["cpu"] = cpuQuantity(Math.round(cpuLimit * 1000));
  } else if (rules.cpuLimits && cpus > 0) ceilings["cpu"] = cpuQuantity(cpus);

  const mem = scalarMilliOf(resources, "mem");
  if (mem > 0) requests["memory"] = memoryQuantity(mem);
  const memLimit = limits?.["mem"]?.value ?? (mem > 0 ? mem / 1000 : undefined);
  if (memLimit !== undefined && Number.isFinite(memLimit)) {
    const milliMiB = Math.max(MEM_LIMIT_MIN_MILLI_MIB, Math.round(memLimit * 1000));
    ceilings["memory"] = memoryQuantity(milliMiB);
  }

  const disk = scalarMilliOf(resources, "disk");
  if (disk > 0) {
    requests["ephemeral-storage"] = memoryQuantity(disk);
    if (rules.enforceDiskQuota) ceilings["ephemeral-storage"] = memoryQuantity(disk);
  }

  const gpus = scalarMilliOf(resources, "gpus");
  if (gpus % 1000 !== 0) {
    return refused("resources.gpus", "a fraction of a GPU needs a GPU provider", "error");
  }
  if (gpus > 0) ceilings["nvidia.com/gpu"] = String(gpus / 1000);
  return mapped({ requests, limits: ceilings, revocable: revocableCpus > 0 });
}
