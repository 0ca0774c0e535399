import { gzipCodec } from "../../../src/adapters/version-codec/gzip-codec.ts";
import { MARATHON_APP } from "../../../src/api/crd/v1alpha1/marathon-app/marathon-app.ts";
import { MarathonAppSpec } from "../../../src/api/crd/v1alpha1/marathon-app/spec.ts";
import { MESOS_CLUSTER } from "../../../src/api/crd/v1alpha1/mesos-cluster/mesos-cluster.ts";
import { MesosClusterSpec } from "../../../src/api/crd/v1alpha1/mesos-cluster/spec.ts";
import { appOfSpec } from "../../../src/domain/marathon/decide/app-of-spec.ts";
import { ANNOTATION } from "../../../src/domain/marathon/manifests/names.ts";
import { RENDER_DEFAULTS } from "../../../src/domain/marathon/manifests/render-input.ts";
import type { KnownApp } from "../../../src/domain/marathon/view/app-view.ts";
import { restartChange } from "../../../src/domain/marathon/view/next-change.ts";
import type {
  AppObject,
  RolloutObject,
  VersionsConfigMap,
} from "../../../src/reconcilers/marathon-app/ports.ts";
import { createMarathonAppController } from "../../../src/reconcilers/marathon-app/reconciler.ts";
import { KINDS } from "../../../src/runtime/kube/core-kinds.ts";
import type { KubeObject } from "../../../src/runtime/kube/kube-object.ts";
import { SeededRandom } from "../seeded-random.ts";
import { pictureOf } from "../kubernetes/picture.ts";
import { SimulatedWorld, type ProcessParts } from "../kubernetes/simulated-world.ts";
import { collectGarbage } from "../kubernetes/stand-ins/garbage-collector.ts";
import { playPods } from "../kubernetes/stand-ins/pods.ts";
import { playRollouts } from "../kubernetes/stand-ins/rollouts.ts";

const KINDS_OF_APPS = [
  MARATHON_APP,
  KINDS.Rollout,
  KINDS.ReplicaSet,
  KINDS.Pod,
  KINDS.Service,
  KINDS.PodDisruptionBudget,
  KINDS.ConfigMap,
] as const;
const call = { signal: new AbortController().signal };

const compose = (parts: ProcessParts) => [
  createMarathonAppController({
    ...parts,
    events: { record: () => undefined },
    codec: gzipCodec,
    settings: RENDER_DEFAULTS,
  }),
];

/** The MarathonApp controller with Argo, the engine and the kubelet played, in virtual time. */
export class SimulatedAppWorld extends SimulatedWorld {
  constructor(from?: SimulatedAppWorld) {
    super({ standIns: [collectGarbage(KINDS_OF_APPS), playRollouts, playPods], compose }, from);
    if (from !== undefined) return;
    const spec = MesosClusterSpec.parse({});
    this.kube.put(MESOS_CLUSTER, { metadata: { name: "mesos", namespace: "ns" }, spec } as never);
  }

  /** Makes the app `web`, or writes it anew with this spec; two instances with one port unless said otherwise. */
  write(spec: object = {}, annotations?: Readonly<Record<string, string>>): void {
    const whole = MarathonAppSpec.parse({
      id: "/web",
      cmd: "sleep 1000",
      instances: 2,
      container: {
        type: "DOCKER",
        docker: { image: "nginx" },
        portMappings: [{ containerPort: 80 }],
      },
      networks: [{ mode: "container/bridge" }],
      ...spec,
    });
    const live = this.app;
    const metadata = { ...(live?.metadata ?? { name: "web", namespace: "ns" }) };
    const next = { ...live, metadata: { ...metadata, ...(annotations ? { annotations } : {}) } };
    this.kube.put(MARATHON_APP, { ...next, spec: whole } as unknown as KubeObject);
  }

  get app(): AppObject | undefined {
    return this.kube.peek<AppObject>(MARATHON_APP).find(({ metadata }) => metadata.name === "web");
  }

  async delete(): Promise<void> {
    await this.kube.delete({ kind: MARATHON_APP, namespace: "ns", name: "web" }, call);
  }

  /** Edits the Rollout as a person does who passes the app over. */
  editRollout(edit: (spec: NonNullable<RolloutObject["spec"]>) => object): void {
    const [rollout] = this.kube.peek<RolloutObject>(KINDS.Rollout);
    this.kube.put(KINDS.Rollout, { ...rollout!, spec: edit(rollout!.spec!) } as KubeObject);
  }

  setImage(image: string): void {
    this.editRollout((spec) => {
      const pod = spec.template?.spec as { readonly containers: readonly object[] };
      const containers = pod.containers.map((container) => ({ ...container, image }));
      return { ...spec, template: { ...spec.template, spec: { ...pod, containers } } };
    });
  }

  /** As `POST /v2/apps/web/restart` does. */
  restart(): void {
    const { status, spec } = this.app!;
    const parsed = appOfSpec(spec);
    if (parsed.kind === "invalid") throw new Error(parsed.message);
    const { version = "", versionInfo } = status ?? {};
    const known = { app: parsed.app, version, versionInfo } as KnownApp;
    const moment = { nowMs: this.clock.nowMs(), deploymentId: new SeededRandom(9).uuid() };
    const change = JSON.stringify(restartChange(known, moment));
    this.write({}, { [ANNOTATION.change]: change });
  }

  /** What there is, in short: `2 Pods of web-r1, 1 version, 1 Service, 1 budget`. */
  summary(): string {
    const pods = this.kube.peek(KINDS.Pod);
    const sets = pods.map(({ metadata }) => metadata.labels?.["rollouts-pod-template-hash"]);
    const versions = this.kube
      .peek<VersionsConfigMap>(KINDS.ConfigMap)
      .flatMap(({ binaryData = {} }) => Object.keys(binaryData));
    const count = (things: readonly unknown[], noun: string): string =>
      `${things.length} ${noun}${things.length === 1 ? "" : "s"}`;
    return [
      [count(pods, "Pod"), ...new Set(sets)].join(" of "),
      count(versions, "version"),
      count(this.kube.peek(KINDS.Service), "Service"),
      count(this.kube.peek(KINDS.PodDisruptionBudget), "budget"),
    ].join(", ");
  }

  picture(): Readonly<Record<string, unknown>> {
    return pictureOf(this.kube, KINDS_OF_APPS);
  }
}
