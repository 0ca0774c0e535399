import { asId, type FrameworkId } from "../../api/ids/ids.ts";
import { MARATHON_APP } from "../../api/crd/v1alpha1/marathon-app/marathon-app.ts";
import type { MarathonApp } from "../../api/crd/v1alpha1/marathon-app/marathon-app.ts";
import { MESOS_CLUSTER } from "../../api/crd/v1alpha1/mesos-cluster/mesos-cluster.ts";
import type { MesosCluster } from "../../api/crd/v1alpha1/mesos-cluster/mesos-cluster.ts";
import { OperatingError } from "../../api/errors/operating-error.ts";
import type { HealthServer } from "../../adapters/health-server/health-server.ts";
import type { ClusterAccess } from "../../adapters/kubernetes/access.ts";
import { connectKubernetes, type KubeConnection } from "../../adapters/kubernetes/connect.ts";
import { openInClusterAccess } from "../../adapters/kubernetes/in-cluster-access.ts";
import { KubeEventRecorder } from "../../adapters/kubernetes/kube-event-recorder.ts";
import { KubeLeaseStore } from "../../adapters/kubernetes/kube-lease-store.ts";
import { openKubeconfigAccess } from "../../adapters/kubernetes/kubeconfig-access.ts";
import { KubeRegistry } from "../../adapters/kubernetes-registry/kube-registry.ts";
import { MesosClusterConfig } from "../../adapters/mesos-cluster-config/mesos-cluster-config.ts";
import type { GatedPod, RuledNode } from "../../domain/admission/kube-view.ts";
import { Informers } from "../../runtime/informer/informers.ts";
import { KINDS } from "../../runtime/kube/core-kinds.ts";
import type { KubeObject } from "../../runtime/kube/kube-object.ts";
import { FencedWriter } from "../../runtime/leader/fenced-writer.ts";
import { LeaseElection } from "../../runtime/leader/lease-election.ts";
import { MASTER_TIMING } from "../../runtime/leader/lease-timing.ts";
import type { Term } from "../../runtime/leader/term.ts";
import { Manager } from "../../runtime/manager/manager.ts";
import { MasterService } from "../../services/offer-engine/master-service.ts";
import { electionIdentity } from "../../services/offer-engine/serve/master-info.ts";
import { PodAdmission } from "../../services/pod-admission/pod-admission.ts";
import { VERSION } from "../version.ts";
import { advertisedOf, firstFailure, type MasterBasics, serviceParts } from "./compose-parts.ts";
import { inClusterAddress } from "./config.ts";
import type { HttpComponent } from "./http-component.ts";

/** Writes of a master end within lease − renew deadline. */
const WRITE_TIMEOUT_MS = MASTER_TIMING.leaseMs - MASTER_TIMING.renewDeadlineMs;

/**
 * A master of a MesosCluster: elected by Lease, records as objects, configuration from the MesosCluster, pods admitted.
 * @throws {OperatingError} CONFIG_INVALID when the MesosCluster is not there, KUBE_… while asking the server.
 */
export async function composeKubernetesMaster(
  basics: MasterBasics,
  http: HttpComponent,
  health: (readiness: () => string | undefined) => HealthServer,
  signal: AbortSignal,
): Promise<{ readonly service: MasterService; readonly manager: Manager }> {
  const { config, clock, logger, random, meter } = basics;
  const [namespace = "", name = ""] = (config.cluster ?? "").split("/");
  const access = await openAccess(basics);
  const connection = connect(basics, access, 32);
  // An election has a connection of its own, so that no other call stands before a renewal.
  const leases = connect(basics, access, 1);
  const kube = connection.transport;
  const informers = new Informers({ reader: kube, clock, random, logger, meter });
  const clusters = informers.of<MesosCluster & KubeObject>({
    kind: MESOS_CLUSTER,
    namespace,
    fieldSelector: `metadata.name=${name}`,
  });
  const watched = {
    pods: informers.of<GatedPod>({
      kind: KINDS.Pod,
      labelSelector: `orchestrator.io/pool=${name}`,
    }),
    nodes: informers.of<RuledNode & KubeObject>({ kind: KINDS.Node }),
    namespaces: informers.of<KubeObject>({ kind: KINDS.Namespace }),
    apps: informers.of<MarathonApp & KubeObject>({ kind: MARATHON_APP }),
  };
  const caches = new AbortController();
  await informers.start(AbortSignal.any([caches.signal, signal]));
  const source = new MesosClusterConfig(clusters, `${namespace}/${name}`, logger);
  const uid = clusters.get(`${namespace}/${name}`)?.metadata.uid;
  if (uid === undefined) {
    throw new OperatingError("CONFIG_INVALID", `there is no MesosCluster ${namespace}/${name}`);
  }
  const events = new KubeEventRecorder({
    kube,
    clock,
    random,
    logger,
    meter,
    controller: "orchestrator.io/master",
    instance: config.podName,
  });
  const advertised = advertisedOf(config, http.port);
  const election = new LeaseElection({
    name: `${name}-master`,
    store: new KubeLeaseStore(leases.transport, namespace, `${name}-master`),
    identity: electionIdentity(advertised, random.uuid()),
    timing: MASTER_TIMING,
    clock,
    random,
    logger,
    meter,
  });
  const admission = (term: Term): PodAdmission =>
    new PodAdmission({
      ...watched,
      config: source.admission,
      reader: kube,
      writer: new FencedWriter(kube, term),
      events,
      clock,
      random,
      logger,
      meter,
    });
  const service = new MasterService({
    ...serviceParts(basics, http.port),
    registry: new KubeRegistry({
      kube,
      namespace,
      cluster: name,
      owner: {
        apiVersion: `${MESOS_CLUSTER.group}/${MESOS_CLUSTER.version}`,
        kind: MESOS_CLUSTER.kind,
        name,
        uid,
      },
      signal,
    }),
    configSource: source.engine,
    election,
    pods: admission,
    podsFrameworkId: asId<FrameworkId>(`${uid}-pods`),
  });
  const manager: Manager = new Manager({
    clock,
    logger,
    servers: [health(() => firstFailure(manager)), http],
    election,
    activities: [service],
    closers: [
      () => events.flush(),
      () => {
        caches.abort();
        return informers.stopped();
      },
      () => leases.close(),
      () => connection.close(),
    ],
  });
  return { service, manager };
}

function openAccess({ config, clock }: MasterBasics): Promise<ClusterAccess> {
  const address = inClusterAddress();
  if (config.kubeconfig === undefined && address !== undefined) {
    return openInClusterAccess({ clock, ...address });
  }
  const file = config.kubeconfig;
  return openKubeconfigAccess({ clock, ...(file === undefined ? {} : { file }) });
}

function connect(
  { clock, random, logger, meter }: MasterBasics,
  access: ClusterAccess,
  connectionsMax: number,
): KubeConnection {
  return connectKubernetes({
    access,
    clock,
    random,
    logger,
    meter,
    process: "master",
    version: VERSION,
    writeTimeoutMs: WRITE_TIMEOUT_MS,
    connectionsMax,
  });
}
