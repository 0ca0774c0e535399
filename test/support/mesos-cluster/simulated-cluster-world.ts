import { MESOS_CLUSTER } from "../../../src/api/crd/v1alpha1/mesos-cluster/mesos-cluster.ts";
import {
  MesosClusterSpec,
  type MesosClusterSpecInput,
} from "../../../src/api/crd/v1alpha1/mesos-cluster/spec.ts";
import { CHILD_KINDS } from "../../../src/domain/operator/mesos-cluster/observed.ts";
import {
  POOL_LABEL,
  TASK_FINALIZER,
  TASK_PODS,
} from "../../../src/domain/operator/task-release.ts";
import { createMesosClusterActivities } from "../../../src/reconcilers/mesos-cluster/controller.ts";
import type { ClusterObject } from "../../../src/reconcilers/mesos-cluster/kube-objects.ts";
import { KINDS } from "../../../src/runtime/kube/core-kinds.ts";
import type { KubeObject } from "../../../src/runtime/kube/kube-object.ts";
import type { FakeKube } from "../kubernetes/fake-kube.ts";
import { pictureOf } from "../kubernetes/picture.ts";
import { SimulatedWorld, type ProcessParts } from "../kubernetes/simulated-world.ts";
import { controlledBy } from "../kubernetes/stand-ins/change.ts";
import { collectGarbage } from "../kubernetes/stand-ins/garbage-collector.ts";
import { isReady, playPods, type Pod } from "../kubernetes/stand-ins/pods.ts";
import { playDaemonSets, playStatefulSets } from "../kubernetes/stand-ins/sets.ts";
import { OPERATOR } from "./make-seen.ts";

const KINDS_OF_CLUSTERS = [
  MESOS_CLUSTER,
  ...CHILD_KINDS.map((kind) => KINDS[kind]),
  KINDS.ControllerRevision,
  KINDS.Pod,
];
const NODES = ["node-1", "node-2", "node-3"];
const { namespace } = OPERATOR;
const call = { signal: new AbortController().signal };

const ELIGIBLE: readonly (string | undefined)[] = ["master", "operator"];

/** The masters, wherever they run: the first that is ready leads until it is not, and says so. */
function playElection(kube: FakeKube): void {
  for (const cluster of kube.peek<ClusterObject>(MESOS_CLUSTER)) {
    const { status } = cluster;
    const ready = kube
      .peek<Pod>(KINDS.Pod)
      .filter(({ metadata }) => ELIGIBLE.includes(metadata.labels?.["app.kubernetes.io/component"]))
      .filter(isReady)
      .map(({ metadata }) => metadata.name);
    const stays = ready.includes(status?.leader?.pod ?? "");
    const [next] = ready;
    if (stays || next === undefined) continue;
    const told = { ...status, leader: { pod: next }, term: (status?.term ?? 0) + 1 };
    kube.put(MESOS_CLUSTER, { ...cluster, status: told });
  }
}

const standIns = [
  collectGarbage(KINDS_OF_CLUSTERS),
  playStatefulSets,
  playDaemonSets,
  playPods,
  playElection,
];
const compose = (parts: ProcessParts) =>
  createMesosClusterActivities({
    ...parts,
    events: { record: () => undefined },
    // What the server lets accounts do is the server's: asked of the real one in test/integration.
    reviews: { mayListEverywhere: () => Promise.resolve(true) },
    operator: OPERATOR,
  });

/** The activities for MesosClusters with Kubernetes and the masters played, in virtual time, on three nodes. */
export class SimulatedClusterWorld extends SimulatedWorld {
  constructor(from?: SimulatedClusterWorld) {
    super({ standIns, compose }, from);
    if (from !== undefined) return;
    for (const name of NODES) {
      const status = { conditions: [{ type: "Ready", status: "True" }] };
      this.kube.put(KINDS.Node, { metadata: { name }, status } as KubeObject);
    }
  }

  /** Makes the cluster `mesos`, or writes it anew with this spec; one Dedicated master, canaries watched for 2 s unless said otherwise. */
  write(spec: MesosClusterSpecInput = {}): void {
    const whole = MesosClusterSpec.parse({
      ...spec,
      masters: { placement: "Dedicated", replicas: 1, ...spec.masters },
      agents: { updateStrategy: { canarySeconds: 2 }, ...spec.agents },
    });
    const metadata = this.cluster?.metadata ?? { name: "mesos", namespace };
    this.kube.put(MESOS_CLUSTER, { ...this.cluster, metadata, spec: whole } as KubeObject);
  }

  get cluster(): ClusterObject | undefined {
    return this.kube.peek<ClusterObject>(MESOS_CLUSTER)[0];
  }

  async delete(): Promise<void> {
    await this.kube.delete({ kind: MESOS_CLUSTER, namespace, name: "mesos" }, call);
  }

  /** Pods of tasks of the cluster, which their agents would let go. */
  startTasks(count: number): void {
    const [label = "", value = ""] = TASK_PODS.split("=");
    for (let task = 1; task <= count; task += 1) {
      const metadata = {
        name: `task-${task}`,
        namespace,
        labels: { [label]: value, [POOL_LABEL]: "mesos" },
        finalizers: [TASK_FINALIZER],
        ownerReferences: controlledBy(MESOS_CLUSTER, this.cluster!),
      };
      const spec = { nodeName: NODES[0]!, containers: [{ name: "task", image: "task:1" }] };
      this.kube.put(KINDS.Pod, { metadata, spec } as KubeObject);
    }
  }

  /** The operator's own Pod, whose sidecar may be the master. */
  startOperatorPod(): void {
    const metadata = { name: "operator-1", namespace, labels: { ...OPERATOR.podSelector } };
    const spec = { nodeName: NODES[0]!, containers: [{ name: "operator", image: "operator:1" }] };
    this.kube.put(KINDS.Pod, { metadata, spec } as KubeObject);
  }

  /** What there is, in short: `1 of mesos-master-r1, 3 of mesos-agent-r1, 11 children, Ready`. */
  summary(): string {
    const revisions = this.kube
      .peek(KINDS.Pod)
      .flatMap(({ metadata }) => metadata.labels?.["controller-revision-hash"] ?? []);
    const counts = [...new Set(revisions)].map((revision) => {
      return `${revisions.filter((each) => each === revision).length} of ${revision}`;
    });
    const children = CHILD_KINDS.flatMap((kind) => this.kube.peek(KINDS[kind])).length;
    const phase = this.cluster?.status?.phase ?? "gone";
    return [...counts.sort().reverse(), `${children} children`, phase].join(", ");
  }

  picture(): Readonly<Record<string, unknown>> {
    return pictureOf(this.kube, KINDS_OF_CLUSTERS);
  }
}
