import type { Masters } from "../../../api/crd/v1alpha1/mesos-cluster/masters.ts";
import { parseZkUrl, showZkUrl, type ZkUrl } from "../../mesos/election/zk-url.ts";
import { findChild } from "./live-child.ts";
import { childNames } from "./names.ts";
import type { Seen } from "./observed.ts";
import type { ObservedSet } from "./sets.ts";
import type { RollStep } from "./roll.ts";
import { zooKeeperTarget } from "./zookeeper-target.ts";

/** What masters need to lead: the Lease, the lowest member in ZooKeeper, or both while they change from one to the other. */
export type ElectionKind = Masters["election"] | "Both";

/** The election that a pod template of masters asks for. */
export interface TemplateElection {
  readonly kind: ElectionKind;
  /** Of {@link showZkUrl}; undefined with Lease. */
  readonly zk: string | undefined;
}

export interface ElectionPlan extends TemplateElection {
  /** Masters do not lead by the wanted election alone yet. */
  readonly moving: boolean;
}

const FLAGS: Readonly<Record<ElectionKind, string>> = {
  Lease: "lease",
  Both: "both",
  ZooKeeper: "zookeeper",
};

/** Arguments of a master for its election; none for Lease, so that nothing changes where nothing is asked for. */
export function electionArgs({ kind, zk }: TemplateElection): readonly string[] {
  return kind === "Lease" || zk === undefined ? [] : [`--election=${FLAGS[kind]}`, `--zk=${zk}`];
}

interface PodTemplate {
  readonly spec?: {
    readonly containers?: readonly { readonly name?: string; readonly args?: readonly string[] }[];
  };
}

/** The election of the StatefulSet's masters as it is stored; undefined while there is none. */
export function liveElection(seen: Seen): TemplateElection | undefined {
  const live = findChild(seen, "StatefulSet", childNames(seen.cluster.metadata.name).master);
  if (live === undefined) return undefined;
  const { template } = (live.raw.spec ?? {}) as { readonly template?: PodTemplate };
  const args = template?.spec?.containers?.find(({ name }) => name === "master")?.args ?? [];
  const valueOf = (flag: string): string | undefined =>
    args.find((arg) => arg.startsWith(`${flag}=`))?.slice(flag.length + 1);
  const given = valueOf("--election");
  const kinds: readonly ElectionKind[] = ["ZooKeeper", "Both"];
  const kind = kinds.find((one) => FLAGS[one] === given) ?? "Lease";
  return { kind, zk: kind === "Lease" ? undefined : valueOf("--zk") };
}

/** Where the spec wants masters elected. */
export function wantedZk(seen: Seen): ZkUrl | undefined {
  const target = zooKeeperTarget(seen.cluster.spec);
  return target?.ok === true ? target.value : undefined;
}

/**
 * Two lists name one ensemble when they share a server. Otherwise masters that know the one and masters that know the other
 * would elect two leaders.
 */
export function isSameElection(left: ZkUrl, right: ZkUrl): boolean {
  return left.path === right.path && left.servers.some((server) => right.servers.includes(server));
}

/** A live election that goes on in another place than the spec names, so that no roll can lead there. */
export function isElsewhere(live: TemplateElection | undefined, wanted: ZkUrl): boolean {
  if (live?.zk === undefined) return false;
  const parsed = parseZkUrl(live.zk);
  return parsed.ok && !isSameElection(parsed.value, wanted);
}

/** Every pod runs the stored template, none is on its way out, and the leader says that it holds both. */
function holdsBothForSure(
  seen: Seen,
  set: ObservedSet | undefined,
  step: RollStep | undefined,
): boolean {
  const { pods, desired } = set?.rolling ?? { pods: [], desired: 0 };
  const isWhole = pods.length === desired && pods.every((pod) => !pod.deleting);
  return step?.kind === "rolled" && isWhole && seen.cluster.status?.election === "Both";
}

/**
 * The election of the template to apply. A change takes two rolls: the first makes leading need both locks, the second keeps the
 * new one, so that at any time every two masters have one lock in common. Masters beside the operator hold the Lease.
 */
export function decideElection(
  seen: Seen,
  sidecarServes: boolean,
  masters: { readonly set: ObservedSet; readonly step: RollStep } | undefined,
): ElectionPlan {
  const { masters: asked } = seen.cluster.spec;
  // The sidecar knows the Lease only: masters go there before they go beside the operator.
  const wanted = asked.placement === "Sidecar" ? "Lease" : asked.election;
  const live = liveElection(seen);
  const kind = nextKind();
  const target = wantedZk(seen);
  const wantedText = target === undefined ? undefined : showZkUrl(target);
  const zk = wanted === "ZooKeeper" ? wantedText : (live?.zk ?? wantedText);
  return { kind, zk: kind === "Lease" ? undefined : zk, moving: kind !== wanted };

  function nextKind(): ElectionKind {
    if (live === undefined) return wanted === "ZooKeeper" && sidecarServes ? "Both" : wanted;
    if (live.kind === wanted) return wanted;
    if (live.kind !== "Both") return "Both";
    const mayGoOn = !sidecarServes && holdsBothForSure(seen, masters?.set, masters?.step);
    return mayGoOn ? wanted : "Both";
  }
}
