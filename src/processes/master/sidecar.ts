import { MESOS_CLUSTER } from "../../api/crd/v1alpha1/mesos-cluster/mesos-cluster.ts";
import type { MesosCluster } from "../../api/crd/v1alpha1/mesos-cluster/mesos-cluster.ts";
import { HealthServer } from "../../adapters/health-server/health-server.ts";
import { connectKubernetes } from "../../adapters/kubernetes/connect.ts";
import { openAccess } from "../../adapters/kubernetes/open-access.ts";
import { PromMeter } from "../../adapters/metrics/prom-meter.ts";
import { Informers } from "../../runtime/informer/informers.ts";
import type { Informer } from "../../runtime/informer/informer.ts";
import type { KubeObject } from "../../runtime/kube/kube-object.ts";
import { EXIT, type ExitCode } from "../../runtime/manager/exit-codes.ts";
import type { Logger } from "../../runtime/ports/logger.ts";
import { HttpComponent } from "../http-component.ts";
import type { ProcessParts } from "../run-process.ts";
import type { MasterConfig } from "./config.ts";

type Cluster = MesosCluster & KubeObject;

/** Leads (or stands by for) one MesosCluster until the signal aborts. */
export type Lead = (config: MasterConfig, signal: AbortSignal) => Promise<ExitCode>;

const createdMs = ({ metadata }: Cluster): number => Date.parse(metadata.creationTimestamp ?? "");

/** One operator has one sidecar: the oldest cluster that asks for it gets it, by name among equals, as the reconciler says. */
export function clusterOfSidecar(clusters: Iterable<Cluster>): Cluster | undefined {
  return (
    [...clusters]
      .filter(({ metadata, spec }) => {
        return metadata.deletionTimestamp === undefined && spec.masters.placement === "Sidecar";
      })
      // The sidecar knows the Lease only: it must not lead beside masters that are elected elsewhere.
      .filter(({ status }) => (status?.election ?? "Lease") === "Lease")
      .sort(
        (left, right) =>
          createdMs(left) - createdMs(right) || (left.metadata.name < right.metadata.name ? -1 : 1),
      )[0]
  );
}

/** A sidecar serves on until the masters that replace it are ready, so that there is always somebody to lead. */
export function isDone(cluster: Cluster | undefined): boolean {
  if (cluster === undefined || cluster.metadata.deletionTimestamp !== undefined) return true;
  if (cluster.spec.masters.placement === "Sidecar") return false;
  const own = `${cluster.metadata.name}-master-`;
  const members = cluster.status?.masters?.members ?? [];
  return members.some(({ pod, ready }) => ready && pod.startsWith(own));
}

/** Resolves when `reached` is true of the cache, or the signal aborts. */
function until(
  clusters: Informer<Cluster>,
  reached: () => boolean,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (!signal.aborted && !reached()) return;
      off();
      signal.removeEventListener("abort", look);
      resolve();
    };
    let off: () => void = () => undefined;
    off = clusters.onChange(() => queueMicrotask(look));
    signal.addEventListener("abort", look, { once: true });
    look();
  });
}

/** The API answers 503, and the process is ready: that there is no cluster for it is no fault. */
async function idle(
  config: MasterConfig,
  logger: Logger,
  clusters: Informer<Cluster>,
  signal: AbortSignal,
): Promise<void> {
  const { ip: host, port } = config;
  const http = new HttpComponent({ name: "mesos-api", logger, host, port });
  const health = new HealthServer({
    address: config.healthAddress,
    port: config.healthPort,
    checks: () => ({ liveness: [], readiness: [] }),
  });
  await http.start();
  await health.start();
  logger.info("No MesosCluster asks for the sidecar; waiting.");
  await until(clusters, () => clusterOfSidecar(clusters.list()) !== undefined, signal);
  await health.stop();
  await http.stop();
}

/** The master beside an operator: leads the cluster of its namespace that asks for the sidecar, and waits while there is none. */
export async function runSidecar(
  config: MasterConfig,
  parts: ProcessParts,
  stop: AbortSignal,
  lead: Lead,
): Promise<ExitCode> {
  const { clock, logger } = parts;
  const basics = { ...parts, meter: new PromMeter({ defaults: false }) };
  const access = await openAccess(config, clock);
  const connection = connectKubernetes({ ...basics, access, connectionsMax: 2 });
  const informers = new Informers({ ...basics, reader: connection.transport });
  const clusters = informers.of<Cluster>({ kind: MESOS_CLUSTER, namespace: access.namespace });
  try {
    await informers.start(stop);
    for (;;) {
      if (stop.aborted) return EXIT.stopped;
      const chosen = clusterOfSidecar(clusters.list());
      if (chosen === undefined) {
        await idle(config, logger, clusters, stop);
        continue;
      }
      const code = await leadUntilDone(chosen, config, clusters, stop, lead);
      if (code !== EXIT.stopped) return code;
    }
  } finally {
    await connection.close();
  }
}

async function leadUntilDone(
  chosen: Cluster,
  config: MasterConfig,
  clusters: Informer<Cluster>,
  stop: AbortSignal,
  lead: Lead,
): Promise<ExitCode> {
  const { namespace = "", name } = chosen.metadata;
  const key = `${namespace}/${name}`;
  const ended = new AbortController();
  const watching = until(
    clusters,
    () => isDone(clusters.get(key)),
    AbortSignal.any([stop, ended.signal]),
  );
  const done = new AbortController();
  void watching.then(() => done.abort());
  try {
    return await lead({ ...config, cluster: key }, AbortSignal.any([stop, done.signal]));
  } finally {
    ended.abort();
  }
}
