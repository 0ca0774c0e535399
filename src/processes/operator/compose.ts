import { MARATHON_APP } from "../../api/crd/v1alpha1/marathon-app/marathon-app.ts";
import { MESOS_CLUSTER } from "../../api/crd/v1alpha1/mesos-cluster/mesos-cluster.ts";
import { NetworkCheckRunner } from "../../adapters/app-checks/network-check-runner.ts";
import { HealthServer } from "../../adapters/health-server/health-server.ts";
import { connectKubernetes, type ConnectOptions } from "../../adapters/kubernetes/connect.ts";
import { KubeAccountReviews } from "../../adapters/kubernetes/kube-account-reviews.ts";
import { KubeEventRecorder } from "../../adapters/kubernetes/kube-event-recorder.ts";
import { KubeLeaseStore } from "../../adapters/kubernetes/kube-lease-store.ts";
import { openAccess } from "../../adapters/kubernetes/open-access.ts";
import { PromMeter } from "../../adapters/metrics/prom-meter.ts";
import { gzipCodec } from "../../adapters/version-codec/gzip-codec.ts";
import type { OperatorSettings } from "../../domain/operator/mesos-cluster/observed.ts";
import { RENDER_DEFAULTS } from "../../domain/marathon/manifests/render-input.ts";
import { createMarathonAppController } from "../../reconcilers/marathon-app/reconciler.ts";
import { createMesosClusterActivities } from "../../reconcilers/mesos-cluster/controller.ts";
import { Informers } from "../../runtime/informer/informers.ts";
import { LeaseElection } from "../../runtime/leader/lease-election.ts";
import { DEFAULT_TIMING } from "../../runtime/leader/lease-timing.ts";
import type { Election } from "../../runtime/leader/term.ts";
import { LoopLag } from "../../runtime/manager/loop-lag.ts";
import { Manager, type Activity } from "../../runtime/manager/manager.ts";
import type { EventRecorder } from "../../runtime/ports/event-recorder.ts";
import type { KubeTransport } from "../../runtime/ports/kube-transport.ts";
import { AppProber } from "../../services/app-prober/app-prober.ts";
import type { MeteredParts, ProcessParts } from "../run-process.ts";
import { checkCustomKinds, checkServerVersion } from "./check-server.ts";
import type { OperatorConfig } from "./config.ts";
import { scopeTransport } from "./scoped-reader.ts";

/** Labels of the operator's own pods; `config/operator` sets them. */
const OPERATOR_PODS = {
  "app.kubernetes.io/component": "operator",
  "app.kubernetes.io/name": "orchestrator",
};

interface Basics extends MeteredParts {
  readonly config: OperatorConfig;
}

/** The client-side rate limit that somebody asked for. */
function rateOf({ kubeQps, kubeBurst }: OperatorConfig): Pick<ConnectOptions, "rate"> {
  if (kubeQps === undefined) return {};
  return { rate: { perSecond: kubeQps, burst: kubeBurst ?? Math.ceil(kubeQps * 2) } };
}

function election(basics: Basics, namespace: string, kube: KubeTransport): Election {
  const { config, random } = basics;
  const suffix = config.instance === undefined ? "" : `-${config.instance}`;
  const name = `orchestrator-operator${suffix}`;
  return new LeaseElection({
    ...basics,
    name,
    store: new KubeLeaseStore(kube, namespace, name),
    identity: `${config.identity}_${random.uuid()}`,
    timing: DEFAULT_TIMING,
  });
}

interface ControllerSurroundings extends Basics {
  readonly namespace: string;
  readonly kube: KubeTransport;
  readonly informers: Informers;
  readonly events: EventRecorder;
}

function activities(parts: ControllerSurroundings): Activity[] {
  const { config, namespace, kube, informers, events, clock, random, logger, meter } = parts;
  const operator: OperatorSettings = {
    namespace,
    serviceAccount: config.serviceAccount,
    podSelector: OPERATOR_PODS,
    image: config.image,
    nodeImage: config.nodeImage,
    version: parts.version,
    inheritLabels: config.inheritLabels,
    inheritAnnotations: config.inheritAnnotations,
  };
  const { maxConcurrent, rolloutsInstanceId } = config;
  const common = { kube, informers, events, clock, random, logger, meter, maxConcurrent };
  return [
    ...createMesosClusterActivities({
      ...common,
      reviews: new KubeAccountReviews(kube, clock),
      operator,
    }),
    createMarathonAppController({
      ...common,
      codec: gzipCodec,
      settings: {
        ...RENDER_DEFAULTS,
        defaultImage: config.nodeImage,
        ...(rolloutsInstanceId === undefined ? {} : { rolloutsInstanceId }),
      },
    }),
    new AppProber({ ...common, runner: new NetworkCheckRunner(clock) }),
  ];
}

/**
 * The operator as a whole, checked against the server and ready to run.
 * @throws {OperatingError} CONFIG_INVALID, KUBE_TOO_OLD, CRD_SCHEMA_OLD, or KUBE_… while asking the server.
 */
export async function composeOperator(
  config: OperatorConfig,
  parts: ProcessParts,
  signal: AbortSignal,
): Promise<Manager> {
  const { clock, logger } = parts;
  const meter = new PromMeter({ defaults: true });
  const basics: Basics = { ...parts, config, meter };
  const access = await openAccess(config, clock);
  const namespace = config.namespace ?? access.namespace;
  const connected = { ...basics, access, ...rateOf(config) };
  const connection = connectKubernetes(connected);
  await checkServerVersion(connection.client, signal);
  await checkCustomKinds(connection.transport, [MESOS_CLUSTER, MARATHON_APP], signal);
  const kube = scopeTransport(connection.transport, {
    namespace: config.watchNamespace,
    instance: config.instance,
  });
  const informers = new Informers({ ...basics, reader: kube });
  const events = new KubeEventRecorder({
    ...basics,
    kube,
    controller: "orchestrator.io/operator",
    instance: config.identity,
  });
  // An election has a connection of its own, so that no other call stands before a renewal.
  const leases = connectKubernetes({ ...connected, connectionsMax: 1 });
  const lag = new LoopLag(clock, logger, DEFAULT_TIMING.renewDeadlineMs / 2);
  lag.start(signal);
  const health = new HealthServer({
    address: config.healthAddress,
    port: config.healthPort,
    checks: () => ({
      liveness: [lag.check, ...manager.liveness],
      readiness: manager.readiness,
    }),
    ...(config.metricsOnHealth ? { metrics: () => meter.expose() } : {}),
  });
  const manager: Manager = new Manager({
    clock,
    logger,
    servers: [health],
    informers,
    ...(config.leaderElect ? { election: election(basics, namespace, leases.transport) } : {}),
    activities: activities({ ...basics, namespace, kube, informers, events }),
    closers: [() => events.flush(), () => leases.close(), () => connection.close()],
  });
  return manager;
}
