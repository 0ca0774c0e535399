import { asId, type FrameworkId } from "../../api/ids/ids.ts";
import { MARATHON_APP } from "../../api/crd/v1alpha1/marathon-app/marathon-app.ts";
import type { MarathonApp } from "../../api/crd/v1alpha1/marathon-app/marathon-app.ts";
import { MESOS_CLUSTER } from "../../api/crd/v1alpha1/mesos-cluster/mesos-cluster.ts";
import type { MesosCluster } from "../../api/crd/v1alpha1/mesos-cluster/mesos-cluster.ts";
import { OperatingError } from "../../api/errors/operating-error.ts";
import type { HealthServer } from "../../adapters/health-server/health-server.ts";
import { connectKubernetes } from "../../adapters/kubernetes/connect.ts";
import { KubeEventRecorder } from "../../adapters/kubernetes/kube-event-recorder.ts";
import { KubeLeaseStore } from "../../adapters/kubernetes/kube-lease-store.ts";
import { openAccess } from "../../adapters/kubernetes/open-access.ts";
import { KubeRegistry } from "../../adapters/kubernetes-registry/kube-registry.ts";
import { MesosClusterConfig } from "../../adapters/mesos-cluster-config/mesos-cluster-config.ts";
import { MesosClusterWriter } from "../../adapters/mesos-cluster-config/mesos-cluster-writer.ts";
import type { GatedPod, RuledNode } from "../../domain/admission/kube-view.ts";
import {
  isNodeNoise,
  projectApp,
  projectNode,
  projectPod,
} from "../../domain/admission/projections.ts";
import { NO_RESOURCES } from "../../domain/resources/arithmetic.ts";
import { childNames } from "../../domain/operator/mesos-cluster/names.ts";
import { KIND_LABEL, POOL_LABEL } from "../../domain/agent/inventory.ts";
import { allocatorOptionsOf } from "../../domain/allocator/options-of-spec.ts";
import { Informers } from "../../runtime/informer/informers.ts";
import { KINDS } from "../../runtime/kube/core-kinds.ts";
import type { KubeObject } from "../../runtime/kube/kube-object.ts";
import { FencedWriter } from "../../runtime/leader/fenced-writer.ts";
import { LeaseElection } from "../../runtime/leader/lease-election.ts";
import { MASTER_TIMING } from "../../runtime/leader/lease-timing.ts";
import type { Election, Term } from "../../runtime/leader/term.ts";
import type { EventNote } from "../../runtime/ports/event-recorder.ts";
import { Manager } from "../../runtime/manager/manager.ts";
import type { OfferEngine } from "../../services/offer-engine/core/engine.ts";
import { configWithAcls } from "../../services/offer-engine/config-with-acls.ts";
import { MasterService } from "../../services/offer-engine/master-service.ts";
import { MasterStatusLoop } from "../../services/master-status/master-status.ts";
import { electionIdentity, masterInfoOf } from "../../services/offer-engine/serve/master-info.ts";
import { ADMISSION_PATH, AdmissionApi } from "../../services/pod-admission/admission-api.ts";
import { PodAdmission } from "../../services/pod-admission/pod-admission.ts";
import type { HttpComponent } from "../http-component.ts";
import { answerAdmission, freeOn, roomsOf } from "./admission-route.ts";
import {
  advertisedOf,
  type ManagedMaster,
  type MasterBasics,
  MESOS_VERSION,
  serviceParts,
} from "./compose-parts.ts";
import { agentGate, clusterSecurity, openAuditLog } from "./compose-security.ts";
import { chooseElection, publish } from "./zookeeper.ts";

const ELECTION_SHOWN = { lease: "Lease", both: "Both", zookeeper: "ZooKeeper" } as const;

/** Told once per term of a master that asks nobody who is there. */
const UNAUTHENTICATED: EventNote = {
  type: "Warning",
  reason: "Unauthenticated",
  action: "Serve",
  note: "Operators are not asked for credentials: everybody who reaches port 5050 may change the cluster. Set spec.security.authentication.mode: Required.",
};

/** Writes of a master end within lease − renew deadline. */
const WRITE_TIMEOUT_MS = MASTER_TIMING.leaseMs - MASTER_TIMING.renewDeadlineMs;

/**
 * A master of a MesosCluster: elected by Lease, records as objects, configuration from the MesosCluster, pods admitted.
 * @throws {OperatingError} CONFIG_INVALID when the MesosCluster is not there, KUBE_… while asking the server.
 */
export async function composeKubernetesMaster(
  basics: MasterBasics,
  http: HttpComponent,
  health: HealthServer,
  signal: AbortSignal,
): Promise<ManagedMaster> {
  const { config, clock, logger, random } = basics;
  const [namespace = "", name = ""] = (config.cluster ?? "").split("/");
  const access = await openAccess(config, clock);
  const connected = { ...basics, access, writeTimeoutMs: WRITE_TIMEOUT_MS };
  const connection = connectKubernetes({ ...connected, connectionsMax: 32 });
  // An election has a connection of its own, so that no other call stands before a renewal.
  const leases = connectKubernetes({ ...connected, connectionsMax: 1 });
  const kube = connection.transport;
  const informers = new Informers({ ...basics, reader: kube });
  const clusters = informers.of<MesosCluster & KubeObject>({
    kind: MESOS_CLUSTER,
    namespace,
    fieldSelector: `metadata.name=${name}`,
  });
  const watched = {
    pods: informers.of<GatedPod>(
      // Pods that agents make carry a kind; they are tasks, never admitted here.
      { kind: KINDS.Pod, labelSelector: `${POOL_LABEL}=${name},!${KIND_LABEL}` },
      { transform: projectPod },
    ),
    nodes: informers.of<RuledNode & KubeObject>(
      { kind: KINDS.Node },
      { transform: projectNode, isNoise: isNodeNoise },
    ),
    namespaces: informers.of<KubeObject>({ kind: KINDS.Namespace, mode: "metadata" }),
    apps: informers.of<MarathonApp & KubeObject>({ kind: MARATHON_APP }, { transform: projectApp }),
  };
  const caches = new AbortController();
  await informers.start(AbortSignal.any([caches.signal, signal]));
  const object = clusters.get(`${namespace}/${name}`);
  const uid = object?.metadata.uid;
  if (object === undefined || uid === undefined) {
    throw new OperatingError("CONFIG_INVALID", `there is no MesosCluster ${namespace}/${name}`, {
      hint: "Create it, or name another with --cluster=<namespace>/<name>.",
    });
  }
  const source = new MesosClusterConfig(object, clusters, watched.nodes, logger);
  const writer = new MesosClusterWriter({
    kube,
    namespace,
    name,
    uid,
    follow: (stored) => source.follow(stored),
    nodesWith: source.nodesWith,
    signal: caches.signal,
  });
  const security = clusterSecurity(basics, { kube, namespace, settings: source.security });
  await security.start();
  const audit = await openAuditLog(basics);
  const events = new KubeEventRecorder({
    ...basics,
    kube,
    controller: "orchestrator.io/master",
    instance: config.podName,
  });
  const advertised = advertisedOf(config, http.port);
  const masterId = random.uuid();
  const lease = (): Election =>
    new LeaseElection({
      ...basics,
      name: `${name}-master`,
      store: new KubeLeaseStore(leases.transport, namespace, `${name}-master`),
      identity: electionIdentity(advertised, random.uuid()),
      timing: MASTER_TIMING,
    });
  const info = masterInfoOf(masterId, advertised, MESOS_VERSION);
  const { election, readiness } = chooseElection(basics, `${name}-master`, lease, info);
  // A member of an election by ZooKeeper is there to be seen.
  const publication = config.election === "lease" ? publish(basics, () => source.spec) : undefined;
  const leadingEngine = (): OfferEngine | undefined => {
    const leadership = service.leadership();
    return leadership.kind === "leading" ? leadership.host.engine : undefined;
  };
  /** Of the newest term; asked only while that one leads. */
  let admission: PodAdmission | undefined;
  const beginAdmission = (term: Term): PodAdmission => {
    if (!security.isRequired("mesos-master-readwrite")) events.record(object, UNAUTHENTICATED);
    admission = new PodAdmission({
      ...basics,
      ...watched,
      config: source.admission,
      reader: kube,
      writer: new FencedWriter(kube, term),
      events,
      rooms: () => {
        const engine = leadingEngine();
        return engine === undefined ? [] : roomsOf(engine);
      },
      freeOn: (agentId) => {
        const engine = leadingEngine();
        return engine === undefined ? NO_RESOURCES : freeOn(engine, agentId);
      },
    });
    return admission;
  };
  const admissionApi = new AdmissionApi(clock);
  const service: MasterService = new MasterService({
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
      // Outlives the stop signal: what is being written is finished while the process drains.
      signal: caches.signal,
    }),
    configSource: configWithAcls(source.engine, security.acls),
    configWriter: (term) => writer.writerOf(term),
    authentication: security,
    rateLimits: () => security.rateLimits(),
    audit: audit.log,
    agentGate: agentGate(security, namespace, childNames(name).agent),
    election,
    masterId,
    onTermRaised: (raised) => publication?.announce(raised),
    pods: beginAdmission,
    podsFrameworkId: asId<FrameworkId>(`${uid}-pods`),
    extraRoutes: {
      [ADMISSION_PATH]: ({ request }) =>
        answerAdmission(request, service, admissionApi, () => admission),
    },
    // Read at the beginning of each term: the allocator's rules hold for its life.
    get allocation() {
      return allocatorOptionsOf(source.spec.allocation, source.spec.masters.flags);
    },
  });
  const status = new MasterStatusLoop({
    kind: MESOS_CLUSTER,
    object: () => clusters.get(`${namespace}/${name}`),
    observe: () => {
      const engine = leadingEngine();
      if (engine === undefined) return undefined;
      return {
        nowMs: clock.nowMs(),
        term: engine.term,
        leader: {
          pod: config.podName,
          address: `${advertised.hostname}:${advertised.port}`,
          masterId: engine.state.masterId,
          electedMs: engine.startedMs,
        },
        state: engine.state,
        election: ELECTION_SHOWN[config.election],
        roles: engine.config.roles,
        pods: admission?.book.entries() ?? [],
      };
    },
    kube,
    clock,
    logger,
  });
  const manager = new Manager({
    clock,
    logger,
    servers: [health, http],
    election,
    activities: [service, status, ...(publication === undefined ? [] : [publication])],
    closers: [
      () => events.flush(),
      () => {
        security.stop();
        return audit.settled();
      },
      () => {
        caches.abort();
        return informers.stopped();
      },
      () => leases.close(),
      () => connection.close(),
    ],
  });
  return { service, manager, readiness };
}
