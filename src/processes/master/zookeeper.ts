import { NzcElectionStore } from "../../adapters/zookeeper/nzc/nzc-election-store.ts";
import { showZkUrl, type ZkUrl } from "../../domain/mesos/election/zk-url.ts";
import {
  isPublished,
  zooKeeperTarget,
} from "../../domain/operator/mesos-cluster/zookeeper-target.ts";
import type { MesosClusterSpec } from "../../api/crd/v1alpha1/mesos-cluster/spec.ts";
import type { MasterInfo } from "../../api/mesos/master-info.ts";
import type { Election } from "../../runtime/leader/term.ts";
import type { HealthCheck } from "../../runtime/manager/health.ts";
import { BothElections } from "../../services/offer-engine/election/both-elections.ts";
import {
  Publication,
  type PublicationTarget,
} from "../../services/offer-engine/election/publication.ts";
import { SessionElection } from "../../services/offer-engine/election/session-election.ts";
import { MASTER_SESSION } from "../../services/offer-engine/election/session-timing.ts";
import type { MasterBasics } from "./compose-parts.ts";

/** The election that a master takes part in. */
export interface ChosenElection {
  readonly election: Election;
  /** What must hold for this master to be ready to lead. */
  readonly readiness: readonly HealthCheck[];
}

function storeAt(basics: MasterBasics, url: ZkUrl): NzcElectionStore {
  return new NzcElectionStore({ ...basics, ...url, sessionMs: MASTER_SESSION.sessionMs });
}

/**
 * The election of `--election`.
 * @param lease the election by Lease; not run where another one is asked for.
 * @param info what this master's member shows.
 */
export function chooseElection(
  basics: MasterBasics,
  name: string,
  lease: () => Election,
  info: MasterInfo,
): ChosenElection {
  const { zk, election: kind } = basics.config;
  if (kind === "lease" || zk === undefined) return { election: lease(), readiness: [] };
  const sessions = new SessionElection({
    ...basics,
    name: `${name}-zookeeper`,
    store: storeAt(basics, zk),
    info,
    timing: MASTER_SESSION,
    contends: kind === "zookeeper",
  });
  const readiness: HealthCheck = {
    name: "zookeeper",
    failure: () => (sessions.isConnected ? undefined : `no session at ${showZkUrl(zk)}`),
  };
  return {
    election: kind === "zookeeper" ? sessions : new BothElections({ lease: lease(), sessions }),
    readiness: [readiness],
  };
}

/** Shows the leader of a Lease, or the only master, at `--zk`; without it where the MesosCluster says, as it says now. */
export function publish(
  basics: MasterBasics,
  spec?: () => MesosClusterSpec,
): Publication | undefined {
  const { zk } = basics.config;
  const place = zk ?? (spec === undefined ? undefined : () => placeAsked(basics, spec()));
  if (place === undefined) return undefined;
  let last: { readonly key: string; readonly target: PublicationTarget } | undefined;
  const target = (): PublicationTarget | undefined => {
    const url = typeof place === "function" ? place() : place;
    if (url === undefined) return undefined;
    const key = JSON.stringify(url);
    if (last?.key !== key) {
      last = { key, target: { address: showZkUrl(url), store: storeAt(basics, url) } };
    }
    return last.target;
  };
  return new Publication({ ...basics, target, timing: MASTER_SESSION });
}

function placeAsked({ config }: MasterBasics, spec: MesosClusterSpec): ZkUrl | undefined {
  const asked = isPublished(spec) ? zooKeeperTarget(spec) : undefined;
  if (asked?.ok !== true) return undefined;
  return config.zkAuth === undefined ? asked.value : { ...asked.value, credentials: config.zkAuth };
}
