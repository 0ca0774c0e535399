import { parseMinimums } from "../../allocator/options-of-spec.ts";
import { recurrenceFault } from "../../mesos/maintenance/recurrence.ts";
import { parseResources } from "../../resources/parse-resources.ts";
import { belongsTo } from "../../manifests/labels.ts";
import { findChild, isLeftover, isOurs } from "./live-child.ts";
import { securityFault } from "./check-security.ts";
import type { DesiredChild } from "./child.ts";
import { isElsewhere, liveElection } from "./decide-election.ts";
import { masterFlagFault } from "./master-flags.ts";
import { missingFeature } from "./missing-features.ts";
import type { LiveNode, OtherCluster, Seen } from "./observed.ts";
import { zooKeeperTarget } from "./zookeeper-target.ts";

export type StalledReason =
  | "InvalidSpec"
  | "NameCollision"
  | "SidecarTaken"
  | "SidecarNamespace"
  | "NodesTaken"
  | "Forbidden"
  | "UpgradeBlocked";

/** Why a person must act before anything is done. */
export interface Stall {
  readonly reason: StalledReason;
  readonly message: string;
}

const stall = (reason: StalledReason, message: string): Stall => ({ reason, message });

function lackingFeature(seen: Seen): Stall | undefined {
  const field = missingFeature(seen.cluster.spec);
  return field === undefined
    ? undefined
    : stall("InvalidSpec", `${field} is not available in this release: leave it out`);
}

/** Texts that no schema can check. */
function unreadableText(seen: Seen): Stall | undefined {
  const { resources, ports } = seen.cluster.spec.agents;
  const texts: readonly (readonly [string, string | undefined])[] = [
    ["spec.agents.resources", resources],
    ["spec.agents.ports", `ports:${ports}`],
  ];
  for (const [field, text] of texts) {
    const parsed = text === undefined ? undefined : parseResources(text);
    if (parsed?.ok === false) {
      return stall("InvalidSpec", `${field}: at "${parsed.item}": ${parsed.reason}`);
    }
  }
  for (const { name, schedule, timeZone } of seen.cluster.spec.maintenance.windows) {
    const fault =
      schedule === undefined ? undefined : recurrenceFault({ cron: schedule, timeZone });
    if (fault !== undefined) {
      return stall("InvalidSpec", `spec.maintenance.windows: ${name}: ${fault}`);
    }
  }
  const { minAllocatable } = seen.cluster.spec.allocation;
  return parseMinimums(minAllocatable) === undefined
    ? stall(
        "InvalidSpec",
        `spec.allocation.minAllocatable: "${minAllocatable}" is no list of quantities like cpus:0.01|mem:32`,
      )
    : undefined;
}

/** What no schema can say of an election and a publication in ZooKeeper. */
function zooKeeperFault(seen: Seen): Stall | undefined {
  const { masters, zookeeper } = seen.cluster.spec;
  const target = zooKeeperTarget({ masters, zookeeper });
  if (target?.ok === false) {
    return stall("InvalidSpec", `spec.zookeeper.external.connect: ${target.reason}`);
  }
  if (target === undefined) return undefined;
  const isSidecar = masters.placement === "Sidecar";
  if (isSidecar && zookeeper?.external?.authSecretRef !== undefined) {
    return stall(
      "InvalidSpec",
      "spec.zookeeper.external.authSecretRef: masters beside the operator read no Secrets: set masters.placement: Dedicated",
    );
  }
  if (masters.election !== "ZooKeeper") return undefined;
  if (isSidecar) {
    return stall(
      "InvalidSpec",
      "spec.masters.election: ZooKeeper: masters beside the operator are elected by Lease: set masters.placement: Dedicated",
    );
  }
  if (masters.publishMasterInfo === false) {
    return stall(
      "InvalidSpec",
      "spec.masters.publishMasterInfo: false: an election by ZooKeeper is public: leave it out, or set masters.election: Lease",
    );
  }
  return isElsewhere(liveElection(seen), target.value)
    ? stall(
        "InvalidSpec",
        "spec.zookeeper, spec.masters.zookeeperPath: masters are elected at another place, and would elect two leaders: set masters.election: Lease, wait until they are, then change it",
      )
    : undefined;
}

/** A flag without effect would be a setting that silently does not hold. */
function badFlag(seen: Seen): Stall | undefined {
  const fault = masterFlagFault(seen.cluster.spec.masters.flags);
  return fault === undefined ? undefined : stall("InvalidSpec", fault);
}

/** Who may talk to the masters: a fault would shut everybody out, or let everybody in. */
function insecure(seen: Seen): Stall | undefined {
  const fault = securityFault(seen.cluster.spec);
  return fault === undefined ? undefined : stall("InvalidSpec", fault);
}

const isOlder = (other: OtherCluster, createdMs: number, name: string): boolean =>
  other.createdMs < createdMs || (other.createdMs === createdMs && other.name < name);

function createdMs(seen: Seen): number {
  return Date.parse(seen.cluster.metadata.creationTimestamp ?? "") || seen.nowMs;
}

/** One operator has one sidecar master; the oldest cluster of its namespace gets it. */
function sidecarConflict(seen: Seen): Stall | undefined {
  const { metadata, spec } = seen.cluster;
  if (spec.masters.placement !== "Sidecar") return undefined;
  if (metadata.namespace !== seen.operator.namespace) {
    return stall(
      "SidecarNamespace",
      `placement Sidecar works only in the operator's namespace ${seen.operator.namespace}: move the object there, or set masters.placement: Dedicated`,
    );
  }
  const first = seen.others.find(
    (other) =>
      other.sidecar &&
      other.namespace === metadata.namespace &&
      isOlder(other, createdMs(seen), metadata.name),
  );
  return first === undefined
    ? undefined
    : stall(
        "SidecarTaken",
        `the operator's sidecar serves MesosCluster ${first.name}: set masters.placement: Dedicated`,
      );
}

function matches(node: LiveNode, selector: Readonly<Record<string, string>>): boolean {
  return Object.entries(selector).every(([label, value]) => node.labels[label] === value);
}

/** A node belongs to one pool: two agents would both offer all of it. */
function nodeConflict(seen: Seen): Stall | undefined {
  const { metadata, spec } = seen.cluster;
  if (!spec.agents.enabled || spec.agents.affinity !== undefined) return undefined;
  const own = spec.agents.nodeSelector ?? {};
  for (const other of seen.others) {
    const selector = other.nodeSelector;
    if (selector === undefined || !isOlder(other, createdMs(seen), metadata.name)) continue;
    const shared = seen.nodes.find((node) => matches(node, own) && matches(node, selector));
    if (shared !== undefined) {
      return stall(
        "NodesTaken",
        `node ${shared.name} is in the pool of MesosCluster ${other.namespace}/${other.name}: tell the two apart by agents.nodeSelector`,
      );
    }
  }
  return undefined;
}

/** Objects that others made under the names of our children are left alone. */
function nameCollision(seen: Seen, desired: readonly DesiredChild[]): Stall | undefined {
  for (const { kind, name } of desired) {
    const live = findChild(seen, kind, name);
    if (live !== undefined && !isOurs(seen, live) && !isLeftover(seen, live)) {
      const holder = belongsTo(live.labels, "mesoscluster", seen.cluster.metadata.name)
        ? "another object"
        : "someone else";
      return stall(
        "NameCollision",
        `${kind} ${name} belongs to ${holder}: rename it or the MesosCluster`,
      );
    }
  }
  return undefined;
}

/** The first reason, in this order, why nothing can be done for the cluster as it is asked for. */
export function findStall(seen: Seen, desired: readonly DesiredChild[]): Stall | undefined {
  return (
    lackingFeature(seen) ??
    unreadableText(seen) ??
    zooKeeperFault(seen) ??
    badFlag(seen) ??
    insecure(seen) ??
    sidecarConflict(seen) ??
    nodeConflict(seen) ??
    nameCollision(seen, desired)
  );
}
