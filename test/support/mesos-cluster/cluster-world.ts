import {
  MesosClusterSpec,
  type MesosClusterSpecInput,
} from "../../../src/api/crd/v1alpha1/mesos-cluster/spec.ts";
import { isOperatingError } from "../../../src/api/errors/operating-error.ts";
import { MESOS_CLUSTER } from "../../../src/api/crd/v1alpha1/mesos-cluster/mesos-cluster.ts";
import { KubeAccountReviews } from "../../../src/adapters/kubernetes/kube-account-reviews.ts";
import { createMesosClusterActivities } from "../../../src/reconcilers/mesos-cluster/controller.ts";
import type {
  ClusterObject,
  PodObject,
} from "../../../src/reconcilers/mesos-cluster/kube-objects.ts";
import { KINDS } from "../../../src/runtime/kube/core-kinds.ts";
import type { KubeKind } from "../../../src/runtime/kube/kube-kind.ts";
import type { JsonObject, KubeObject } from "../../../src/runtime/kube/kube-object.ts";
import { sleep } from "../../../src/runtime/ports/clock.ts";
import type { EventNote } from "../../../src/runtime/ports/event-recorder.ts";
import { until } from "../../cluster/host/until.ts";
import { installConfig } from "../config/config-objects.ts";
import { installCrds } from "../crd/install-crds.ts";
import { MortalController } from "../kubernetes/mortal-controller.ts";
import { signInWithRole, type Persona } from "../kubernetes/persona.ts";
import {
  connectReal,
  makeNamespace,
  removeNamespace,
  type RealKube,
} from "../kubernetes/real-kube.ts";
import { OPERATOR } from "./make-seen.ts";

const CALL_MAX_MS = 20_000;

/** Simulated nodes are marked and tainted, so that only who means them goes there. */
const SIMULATED = {
  nodeSelector: { type: "kwok" },
  tolerations: [{ operator: "Exists" as const }],
};

/**
 * A namespace on the real cluster with the MesosCluster controller, under the role that is shipped. Pods run on simulated nodes; the leading master is played:
 * the first ready master leads and says so in the status, as the real one does.
 */
export class ClusterWorld {
  readonly kube: RealKube;
  readonly namespace: string;
  readonly controller: MortalController;
  readonly events: EventNote[] = [];
  readonly #stop = new AbortController();
  readonly #operator: Persona;

  private constructor(kube: RealKube, namespace: string, operator: Persona) {
    this.kube = kube;
    this.namespace = namespace;
    this.#operator = operator;
    this.controller = new MortalController({
      name: "mesos-cluster",
      real: kube,
      namespace,
      account: operator.kube,
      activities: (kit) =>
        createMesosClusterActivities({
          ...kit,
          events: { record: (_object, note) => this.events.push(note) },
          reviews: new KubeAccountReviews(operator.kube, kit.clock),
          operator: { ...OPERATOR, namespace },
        }),
    });
  }

  static async start(kubeconfigPath: string): Promise<ClusterWorld> {
    const kube = await connectReal(kubeconfigPath);
    const signal = AbortSignal.timeout(60_000);
    await installCrds(kube.transport, signal);
    await installConfig(kube.transport, "rbac", signal);
    const namespace = await makeNamespace(kube.transport, "mesos");
    const role = "orchestrator-operator";
    const operator = await signInWithRole(kubeconfigPath, kube, namespace, role);
    const world = new ClusterWorld(kube, namespace, operator);
    await world.bindAccounts();
    void world.#playLeader();
    await world.controller.start();
    return world;
  }

  /** What an administrator does for clusters outside the shipped bindings: all accounts of the namespace may read the cluster. */
  async bindAccounts(): Promise<void> {
    const role = "orchestrator-agent-cluster";
    const bound = {
      metadata: { name: this.#bindingName },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: role },
      subjects: [
        {
          apiGroup: "rbac.authorization.k8s.io",
          kind: "Group",
          name: `system:serviceaccounts:${this.namespace}`,
        },
      ],
    };
    await this.kube.transport.create(KINDS.ClusterRoleBinding, bound, this.#call());
  }

  /** Resolves when the server goes by it: its authorizer learns of a deletion a moment later. */
  async unbindAccounts(): Promise<void> {
    const { transport, clock } = this.kube;
    const ref = { kind: KINDS.ClusterRoleBinding, name: this.#bindingName };
    await transport.delete(ref, this.#call());
    const account = { namespace: this.namespace, name: "any" };
    await this.until("no account may read the cluster", async () => {
      const reviews = new KubeAccountReviews(transport, clock);
      return !(await reviews.mayListEverywhere(account, "nodes", this.#call().signal));
    });
  }

  get #bindingName(): string {
    return `${this.namespace}-accounts`;
  }

  async stop(): Promise<void> {
    await this.controller.stop();
    this.#stop.abort();
    await this.unbindAccounts();
    await this.#operator.close();
    await removeNamespace(this.kube.transport, this.namespace);
    await this.kube.close();
  }

  /** Requests that the shipped role did not allow, as the controller logged them. */
  get refusals(): readonly string[] {
    return this.kube.logger.lines
      .map(({ error }) => error)
      .flatMap((error) => (isOperatingError(error, "KUBE_FORBIDDEN") ? [error.message] : []));
  }

  /** Asks for a cluster of Dedicated masters and agents on the simulated nodes. */
  async create(name: string, spec: MesosClusterSpecInput = {}): Promise<void> {
    const whole: MesosClusterSpecInput = {
      ...spec,
      masters: { placement: "Dedicated", replicas: 1, ...SIMULATED, ...spec.masters },
      agents: { ...SIMULATED, ...spec.agents },
    };
    MesosClusterSpec.parse(whole);
    await this.kube.transport.create(
      MESOS_CLUSTER,
      { metadata: { name, namespace: this.namespace }, spec: whole } as never,
      this.#call(),
    );
  }

  async edit(name: string, patch: JsonObject): Promise<void> {
    const ref = { kind: MESOS_CLUSTER, namespace: this.namespace, name };
    await this.kube.transport.patch(ref, { type: "merge", patch }, this.#call());
  }

  async remove(name: string): Promise<void> {
    const ref = { kind: MESOS_CLUSTER, namespace: this.namespace, name };
    await this.kube.transport.delete(ref, this.#call());
  }

  async cluster(name: string): Promise<ClusterObject | undefined> {
    const ref = { kind: MESOS_CLUSTER, namespace: this.namespace, name };
    return this.kube.transport.get<ClusterObject>(ref, this.#call());
  }

  async get<T extends KubeObject>(kind: KubeKind, name: string): Promise<T | undefined> {
    return this.kube.transport.get<T>({ kind, namespace: this.namespace, name }, this.#call());
  }

  /** Pods of one component of a cluster, by name; those being deleted are left out. */
  async pods(cluster: string, component: "master" | "agent"): Promise<readonly PodObject[]> {
    const labelSelector = `orchestrator.io/cluster=${cluster},app.kubernetes.io/component=${component}`;
    const { items } = await this.kube.transport.list<PodObject>(
      { kind: KINDS.Pod, namespace: this.namespace, labelSelector },
      this.#call(),
    );
    return items
      .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
      .sort((left, right) => (left.metadata.name < right.metadata.name ? -1 : 1));
  }

  /** The condition as `status reason`, "" while there is none. */
  async condition(name: string, type: string): Promise<string> {
    const found = (await this.cluster(name))?.status?.conditions?.find((one) => one.type === type);
    return found === undefined ? "" : `${found.status} ${found.reason}`;
  }

  async untilReady(name: string): Promise<void> {
    await this.until(`${name} is ready`, async () => {
      const { metadata, status } = (await this.cluster(name)) ?? {};
      const isReady =
        status?.observedGeneration === metadata?.generation &&
        status?.phase === "Ready" &&
        (await this.condition(name, "Ready")) === "True AllReady";
      if (!isReady) throw new Error(`${name} says ${JSON.stringify(status)}`);
      return true;
    });
  }

  /** Resolves when the controller has looked at the cluster, and neither wrote nor means to come back. */
  async untilQuiet(name: string): Promise<void> {
    await this.controller.untilQuiet({ kind: MESOS_CLUSTER, namespace: this.namespace, name });
  }

  /** Lets the controller look `times` times more, to see what it does. */
  async lookAgain(name: string, times = 3): Promise<void> {
    await this.controller.lookAgain(
      { kind: MESOS_CLUSTER, namespace: this.namespace, name },
      times,
    );
  }

  async until(what: string, holds: () => Promise<boolean>, timeoutMs = 60_000): Promise<void> {
    await until(what, holds, { timeoutMs });
  }

  #call(): { readonly signal: AbortSignal } {
    return { signal: AbortSignal.timeout(CALL_MAX_MS) };
  }

  async #playLeader(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      await this.#electLeaders().catch(() => undefined);
      await sleep(this.kube.clock, 200);
    }
  }

  async #electLeaders(): Promise<void> {
    const { items } = await this.kube.transport.list<ClusterObject>(
      { kind: MESOS_CLUSTER, namespace: this.namespace },
      this.#call(),
    );
    for (const { metadata, status } of items) {
      const ready = (await this.pods(metadata.name, "master")).filter((pod) =>
        pod.status?.conditions?.some((one) => one.type === "Ready" && one.status === "True"),
      );
      const stays = ready.some((pod) => pod.metadata.name === status?.leader?.pod);
      const next = ready[0]?.metadata.name;
      if (stays || next === undefined) continue;
      const object = {
        apiVersion: "orchestrator.io/v1alpha1",
        kind: "MesosCluster",
        metadata: { name: metadata.name, namespace: this.namespace },
        status: { leader: { pod: next }, term: (status?.term ?? 0) + 1 },
      };
      await this.kube.transport.apply(MESOS_CLUSTER, object as never, {
        ...this.#call(),
        subresource: "status",
        fieldManager: "orchestrator-master",
      });
    }
  }
}
