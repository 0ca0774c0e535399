import { NodeDurableFiles } from "../../adapters/durable-files/durable-files.ts";
import { PidLock } from "../../adapters/durable-files/pid-lock.ts";
import { LinuxProcessHost } from "../../adapters/process-host/process-host.ts";
import { isWritable, readCgroupFiles } from "../../adapters/procfs/cgroup-mounts.ts";
import type { MachineReading } from "../../adapters/procfs/machine.ts";
import { OperatingError } from "../../api/errors/operating-error.ts";
import { type CgroupMount, readCgroupMounts } from "../../domain/agent/cgroup-plan.ts";
import { machineInventory } from "../../domain/agent/machine-inventory.ts";
import { writeResources } from "../../domain/mesos/wire-resources.ts";
import type { Clock } from "../../runtime/ports/clock.ts";
import type { Logger } from "../../runtime/ports/logger.ts";
import { FixedInventory } from "../../services/agent/launchers/fixed-inventory.ts";
import type {
  InventorySource,
  Journal,
  Launcher,
  VolumeStore,
} from "../../services/agent/ports.ts";
import { ProcessLauncher } from "../../services/agent/launchers/process-launcher.ts";
import { VolumeFolders } from "../../services/agent/launchers/volume-folders.ts";
import { WorkDirJournal } from "../../services/agent/launchers/work-dir-journal.ts";
import { portRanges } from "./compose-node.ts";
import type { AgentConfig } from "./config.ts";

export interface MachineParts {
  readonly inventory: InventorySource;
  readonly launcher: Launcher;
  readonly journal: Journal;
  readonly volumes: VolumeStore;
}

/** The parts of an agent outside Kubernetes: processes, their outcomes in `work_dir`. */
export function composeMachine(
  config: AgentConfig,
  machine: MachineReading,
  agentEndpoint: string,
  parts: { readonly clock: Clock; readonly logger: Logger },
): MachineParts {
  const files = new NodeDurableFiles();
  const journal = new WorkDirJournal({
    root: config.work_dir,
    files,
    lock: new PidLock(),
    logger: parts.logger,
    strict: config.strict,
  });
  const isRoot = process.getuid?.() === 0;
  const cgroups = usableCgroups(config, parts.logger);
  const launcher = new ProcessLauncher({
    host: new LinuxProcessHost(parts.clock),
    folders: journal.dir,
    clock: parts.clock,
    options: {
      agentEndpoint,
      recoveryTimeoutMs: config.recovery_timeout,
      shutdownGraceMs: config.executor_shutdown_grace_period,
      path: config.environment.path,
      cgroups,
      cgroupsRoot: config.cgroups_root.replace(/^\/|\/$/g, ""),
      rules: {
        canSwitchUser: isRoot,
        requireNonRoot: config.require_non_root,
        cpuLimits: config.cgroups_enable_cfs,
        limitSwap: config.cgroups_limit_swap,
      },
    },
  });
  const total = machineInventory(machine, config.resources ?? [], portRanges(config));
  const inventory = new FixedInventory({
    total: writeResources(total, { refined: true }),
    attributes: config.attributes,
    poolPods: [],
    unschedulable: false,
    bootId: machine.bootId,
  });
  const volumes = new VolumeFolders(files, journal.dir);
  return { journal, launcher, inventory, volumes };
}

/** Hierarchies in which groups can be made; says what is missing, refuses with `isolation=cgroups`. */
function usableCgroups(config: AgentConfig, logger: Logger): readonly CgroupMount[] {
  if (config.isolation === "none") return [];
  const { mountinfo, enabled } = readCgroupFiles();
  const mounts = readCgroupMounts(mountinfo, enabled).filter(({ path }) => isWritable(path));
  const reached = new Set(mounts.flatMap((mount) => mount.controllers));
  const missing = ["cpu", "memory", "pids"].filter((controller) => !reached.has(controller));
  if (missing.length === 0) return mounts;
  if (config.isolation === "cgroups") {
    throw new OperatingError(
      "CONFIG_INVALID",
      `--isolation: cgroups asked for, but ${missing.join(", ")} cannot be written here`,
    );
  }
  logger.warn("tasks run without some limits", { reason: `no cgroup for ${missing.join(", ")}` });
  return mounts;
}
