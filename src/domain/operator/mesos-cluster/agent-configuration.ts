import type { DesiredChild } from "./child.ts";
import { buildChild } from "./child.ts";
import { childNames } from "./names.ts";
import type { Seen } from "./observed.ts";

type FlagValue = string | number | boolean;

const AGENT_ZONE_ATTRIBUTES: Readonly<Record<string, string>> = {
  "topology.kubernetes.io/zone": "zone",
  "topology.kubernetes.io/region": "region",
  "node.kubernetes.io/instance-type": "instance_type",
};

/** `name:value;…` as Mesos' --attributes takes it. */
function staticAttributes(seen: Seen): string {
  const entries = Object.entries(seen.cluster.spec.agents.attributes.static);
  return entries.map(([name, value]) => `${name}:${value}`).join(";");
}

/** `label=attribute,…`: which node labels become attributes, under which name. */
function labelAttributes(seen: Seen): string {
  return seen.cluster.spec.agents.attributes.fromNodeLabels
    .map((label) => `${label}=${AGENT_ZONE_ATTRIBUTES[label] ?? label.replace(/^.*\//, "")}`)
    .join(",");
}

/** What is kept back from the pool, as Mesos resource text. */
function reserveText(seen: Seen): string {
  const { cpus, memoryMiB, diskMiB } = seen.cluster.spec.agents.reserve;
  const cpuCount = cpus.endsWith("m") ? Number(cpus.slice(0, -1)) / 1000 : Number(cpus);
  return `cpus:${cpuCount};mem:${memoryMiB};disk:${diskMiB}`;
}

function processFlags(seen: Seen): Record<string, FlagValue> {
  const { process } = seen.cluster.spec.agents;
  if (process === undefined) return {};
  return {
    process_mode: process.mode.toLowerCase(),
    cgroups_root: process.cgroupRoot,
    process_max: process.maxProcesses,
    script_roots: process.scriptRoots.join(","),
    allow_raw_exec: process.allowRawExec,
  };
}

/** The agent's flags (Mesos spelling) that follow from the spec; a person's own flags win. */
export function agentFlags(seen: Seen): Readonly<Record<string, FlagValue>> {
  const { cluster, operator } = seen;
  const { agents, masters } = cluster.spec;
  const names = childNames(cluster.metadata.name);
  const service = `${names.master}.${cluster.metadata.namespace}.svc`;
  const attributes = staticAttributes(seen);
  return {
    master: `http://${service}:${masters.service.port}`,
    master_token_file: "/var/run/secrets/orchestrator/master/token",
    cluster: `${cluster.metadata.namespace}/${cluster.metadata.name}`,
    launcher: agents.launcher.toLowerCase(),
    access: agents.access,
    work_dir: "/var/lib/mesos",
    ...(agents.resources === undefined ? { ports: agents.ports } : { resources: agents.resources }),
    reserve: reserveText(seen),
    ...(attributes === "" ? {} : { attributes }),
    attribute_labels: labelAttributes(seen),
    default_task_image: operator.nodeImage,
    ...processFlags(seen),
    ...agents.flags,
  };
}

/** Flat YAML: one flag a line, text quoted as JSON, which YAML reads the same. */
export function renderFlags(flags: Readonly<Record<string, FlagValue>>): string {
  const lines = Object.entries(flags).map(([name, value]) => `${name}: ${JSON.stringify(value)}\n`);
  return lines.join("");
}

/** What agents read and reload; changing it restarts nothing. */
export function buildAgentConfiguration(seen: Seen): DesiredChild {
  const name = childNames(seen.cluster.metadata.name).agent;
  return buildChild(seen, "ConfigMap", name, "agent", {
    data: { "agent.yaml": renderFlags(agentFlags(seen)) },
  });
}
