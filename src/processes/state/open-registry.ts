import { FileRegistry } from "../../adapters/file-registry/file-registry.ts";
import { connectKubernetes } from "../../adapters/kubernetes/connect.ts";
import { openInClusterAccess } from "../../adapters/kubernetes/in-cluster-access.ts";
import { KubeLeaseStore } from "../../adapters/kubernetes/kube-lease-store.ts";
import { openKubeconfigAccess } from "../../adapters/kubernetes/kubeconfig-access.ts";
import { KubeRegistry } from "../../adapters/kubernetes-registry/kube-registry.ts";
import { PromMeter } from "../../adapters/metrics/prom-meter.ts";
import { SystemRandom } from "../../adapters/system-random/system-random.ts";
import { MESOS_CLUSTER } from "../../api/crd/v1alpha1/mesos-cluster/mesos-cluster.ts";
import { OperatingError } from "../../api/errors/operating-error.ts";
import type { Clock } from "../../runtime/ports/clock.ts";
import type { Logger } from "../../runtime/ports/logger.ts";
import type { Registry } from "../../services/offer-engine/ports.ts";
import { inClusterAddress } from "../master/config.ts";
import { VERSION } from "../version.ts";
import type { StateConfig } from "./config.ts";

export interface OpenRegistry {
  readonly registry: Registry;
  /** For people: what the records belong to. */
  readonly source: string;
  /** Who leads now; "" when nobody does. A standalone master cannot be asked. */
  readonly leader: () => Promise<string>;
  readonly close: () => Promise<void>;
}

/** The records of a MesosCluster, or of a standalone master's folder. */
export async function openRegistry(
  config: StateConfig,
  clock: Clock,
  logger: Logger,
  signal: AbortSignal,
): Promise<OpenRegistry> {
  if (config.workDir !== undefined) {
    const registry = await FileRegistry.open(config.workDir, logger);
    return {
      registry,
      source: config.workDir,
      leader: () => Promise.resolve(""),
      close: () => registry.close(),
    };
  }
  return openClusterRegistry(config, clock, logger, signal);
}

async function openClusterRegistry(
  { cluster: source = "", kubeconfig }: StateConfig,
  clock: Clock,
  logger: Logger,
  signal: AbortSignal,
): Promise<OpenRegistry> {
  const [namespace = "", name = ""] = source.split("/");
  const address = inClusterAddress();
  const access =
    kubeconfig === undefined && address !== undefined
      ? await openInClusterAccess({ clock, ...address })
      : await openKubeconfigAccess({
          clock,
          ...(kubeconfig === undefined ? {} : { file: kubeconfig }),
        });
  const connection = connectKubernetes({
    access,
    clock,
    random: new SystemRandom(),
    logger,
    meter: new PromMeter({ defaults: false }),
    process: "state",
    version: VERSION,
  });
  const kube = connection.transport;
  const uid = (await kube.get({ kind: MESOS_CLUSTER, namespace, name }, { signal }))?.metadata.uid;
  if (uid === undefined) {
    await connection.close();
    throw new OperatingError("CONFIG_INVALID", `there is no MesosCluster ${source}`);
  }
  const { group, version, kind } = MESOS_CLUSTER;
  const owner = { apiVersion: `${group}/${version}`, kind, name, uid };
  const lease = new KubeLeaseStore(kube, namespace, `${name}-master`);
  return {
    registry: new KubeRegistry({ kube, namespace, cluster: name, owner, signal }),
    source,
    leader: async () => (await lease.read(signal))?.record.holder ?? "",
    close: () => connection.close(),
  };
}
