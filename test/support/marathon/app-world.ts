import { execFile } from "node:child_process";
import { basename, dirname } from "node:path";
import { promisify } from "node:util";
import { gzipCodec } from "../../../src/adapters/version-codec/gzip-codec.ts";
import { MARATHON_APP } from "../../../src/api/crd/v1alpha1/marathon-app/marathon-app.ts";
import { MESOS_CLUSTER } from "../../../src/api/crd/v1alpha1/mesos-cluster/mesos-cluster.ts";
import { ADMISSION_GATE, APP_LABEL } from "../../../src/domain/marathon/manifests/names.ts";
import { RENDER_DEFAULTS } from "../../../src/domain/marathon/manifests/render-input.ts";
import type {
  AppObject,
  PodObject,
  RolloutObject,
} from "../../../src/reconcilers/marathon-app/ports.ts";
import { createMarathonAppController } from "../../../src/reconcilers/marathon-app/reconciler.ts";
import { KINDS } from "../../../src/runtime/kube/core-kinds.ts";
import type { KubeKind } from "../../../src/runtime/kube/kube-kind.ts";
import type { KubeObject } from "../../../src/runtime/kube/kube-object.ts";
import type { Activity } from "../../../src/runtime/manager/manager.ts";
import { sleep } from "../../../src/runtime/ports/clock.ts";
import { AppProber } from "../../../src/services/app-prober/app-prober.ts";
import type { CheckTarget } from "../../../src/services/app-prober/ports.ts";
import type { CheckResult } from "../../../src/domain/marathon/probing/check-state.ts";
import { until } from "../../cluster/host/until.ts";
import { installConfig } from "../config/config-objects.ts";
import { installCrds } from "../crd/install-crds.ts";
import { type ControllerKit, MortalController } from "../kubernetes/mortal-controller.ts";
import { signInWithRole, type Persona } from "../kubernetes/persona.ts";
import {
  connectReal,
  makeNamespace,
  removeNamespace,
  type RealKube,
} from "../kubernetes/real-kube.ts";

const REPOSITORY = new URL("../../../", import.meta.url).pathname;
const run = promisify(execFile);
/** The cluster is there to be referred to; nodes are left to clusters of other files. */
const NO_NODES = { nodeSelector: { "test/of": "nobody" } };

/** A namespace on the real cluster with the MarathonApp controller and a stand-in of the engine that opens every gate. */
export class AppWorld {
  readonly kube: RealKube;
  readonly namespace: string;
  readonly #kubeconfigPath: string;
  readonly #stop = new AbortController();
  readonly controller: MortalController;
  opensGates = true;
  /** What tasks answer to the operator's checks. */
  checkAnswer: CheckResult = { passed: true };
  /** The operator's checks that were answered. */
  readonly checked: CheckTarget[] = [];
  readonly #operator: Persona;
  /** The API's account. */
  readonly marathon: Persona;

  private constructor(
    kube: RealKube,
    namespace: string,
    kubeconfigPath: string,
    personas: { readonly operator: Persona; readonly marathon: Persona },
  ) {
    this.kube = kube;
    this.namespace = namespace;
    this.#operator = personas.operator;
    this.marathon = personas.marathon;
    this.#kubeconfigPath = kubeconfigPath;
    this.controller = new MortalController({
      name: "marathon-app",
      real: kube,
      namespace,
      account: personas.operator.kube,
      activities: (kit) => this.#activities(kit),
    });
  }

  static async start(kubeconfigPath: string): Promise<AppWorld> {
    const kube = await connectReal(kubeconfigPath);
    const signal = AbortSignal.timeout(60_000);
    await installCrds(kube.transport, signal);
    await installConfig(kube.transport, "rbac", signal);
    const namespace = await makeNamespace(kube.transport, "apps");
    const signIn = (role: string): Promise<Persona> =>
      signInWithRole(kubeconfigPath, kube, namespace, role);
    const operator = await signIn("orchestrator-operator");
    const marathon = await signIn("orchestrator-marathon");
    const world = new AppWorld(kube, namespace, kubeconfigPath, { operator, marathon });
    await world.until("the CRDs are served", async () => {
      const cluster = { metadata: { name: "mesos", namespace }, spec: { agents: NO_NODES } };
      return world.create(MESOS_CLUSTER, cluster).then(
        () => true,
        () => false,
      );
    });
    void world.#openGates();
    await world.controller.start();
    return world;
  }

  async stop(): Promise<void> {
    await this.controller.stop();
    this.#stop.abort();
    for (const persona of [this.#operator, this.marathon]) await persona.close();
    await removeNamespace(this.kube.transport, this.namespace);
    await this.kube.close();
  }

  async create<T extends KubeObject>(kind: KubeKind, object: T): Promise<T> {
    return this.kube.transport.create(kind, object, { signal: AbortSignal.timeout(10_000) });
  }

  /** Creates an app named `name` with id `/name`; two instances unless said otherwise. */
  async createApp(name: string, spec: object = {}): Promise<void> {
    const whole = {
      id: `/${name}`,
      cmd: "sleep 1000",
      instances: 2,
      cpus: 0.01,
      mem: 16,
      taskKillGracePeriodSeconds: 0,
      ...spec,
    };
    const metadata = { name, namespace: this.namespace };
    await this.create(MARATHON_APP, { metadata, spec: whole } as unknown as KubeObject);
  }

  async patchApp(name: string, spec: object): Promise<void> {
    const ref = { kind: MARATHON_APP, namespace: this.namespace, name };
    const patch = { type: "merge", patch: { spec } as never } as const;
    await this.kube.transport.patch(ref, patch, { signal: AbortSignal.timeout(10_000) });
  }

  async app(name: string): Promise<AppObject | undefined> {
    const ref = { kind: MARATHON_APP, namespace: this.namespace, name };
    return this.kube.transport.get<AppObject>(ref, { signal: AbortSignal.timeout(10_000) });
  }

  async rollout(name: string): Promise<RolloutObject | undefined> {
    const ref = { kind: KINDS.Rollout, namespace: this.namespace, name };
    return this.kube.transport.get<RolloutObject>(ref, { signal: AbortSignal.timeout(10_000) });
  }

  async pods(name: string): Promise<readonly PodObject[]> {
    const labelSelector = `${APP_LABEL}=${name}`;
    const list = await this.kube.transport.list<PodObject>(
      { kind: KINDS.Pod, namespace: this.namespace, labelSelector },
      { signal: AbortSignal.timeout(10_000) },
    );
    return list.items;
  }

  /** Resolves when the app's status says so; the status is in the failure's message. */
  async untilReady(name: string, reason = "Running"): Promise<AppObject> {
    const ready = async (): Promise<AppObject> => {
      const app = await this.app(name);
      const condition = app?.status?.conditions?.find(({ type }) => type === "Ready");
      const isSeen = app?.status?.observedGeneration === app?.metadata.generation;
      if (app !== undefined && isSeen && condition?.reason === reason) return app;
      throw new Error(JSON.stringify(app?.status ?? "no status"));
    };
    return until(`${name} is ready (${reason})`, ready, { timeoutMs: 60_000, intervalMs: 200 });
  }

  /** Resolves when the controller has looked at the app, and neither wrote nor means to come back. */
  async untilQuiet(name: string): Promise<void> {
    await this.controller.untilQuiet({ kind: MARATHON_APP, namespace: this.namespace, name });
  }

  /** Lets the controller look `times` times more, to see what it does. */
  async lookAgain(name: string, times = 3): Promise<void> {
    await this.controller.lookAgain({ kind: MARATHON_APP, namespace: this.namespace, name }, times);
  }

  /** At most 60 s. */
  async until(what: string, holds: () => Promise<boolean>): Promise<void> {
    await until(what, holds, { timeoutMs: 60_000, intervalMs: 200 });
  }

  /** The real kubectl, with the Rollouts plug-in. */
  async kubectl(...args: readonly string[]): Promise<string> {
    const cluster = basename(dirname(this.#kubeconfigPath));
    const main = `${REPOSITORY}test/cluster/main.ts`;
    const whole = [main, "kubectl", "--name", cluster, ...args, "-n", this.namespace];
    const { stdout } = await run(process.execPath, whole, { cwd: REPOSITORY });
    return stdout;
  }

  /** The checks that the operator makes are answered by the test. */
  #activities(kit: ControllerKit): Activity[] {
    const controller = createMarathonAppController({
      ...kit,
      events: { record: () => undefined },
      codec: gzipCodec,
      settings: RENDER_DEFAULTS,
    });
    const runner = {
      run: (target: CheckTarget) => {
        this.checked.push(target);
        return Promise.resolve(this.checkAnswer);
      },
    };
    return [controller, new AppProber({ ...kit, runner })];
  }

  async #openGates(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      const labelSelector = APP_LABEL;
      const pods = await this.kube.transport
        .list<PodObject>({ kind: KINDS.Pod, namespace: this.namespace, labelSelector }, { signal })
        .catch(() => undefined);
      for (const pod of pods?.items ?? []) {
        if (this.opensGates && pod.spec?.schedulingGates?.[0]?.name === ADMISSION_GATE) {
          await this.#openGate(pod).catch(() => undefined);
        }
      }
      await sleep(this.kube.clock, 100, signal).catch(() => undefined);
    }
  }

  async #openGate(pod: PodObject): Promise<void> {
    const ref = { kind: KINDS.Pod, namespace: this.namespace, name: pod.metadata.name };
    const count = Number(pod.metadata.annotations?.["orchestrator.io/dynamic-ports"] ?? 0);
    const ports = Array.from({ length: count }, (_, i) => String(31_000 + i));
    const annotate = (key: string, value: string) =>
      ({
        op: "add",
        path: `/metadata/annotations/marathon.orchestrator.io~1${key}`,
        value,
      }) as const;
    const operations = [
      { op: "remove", path: "/spec/schedulingGates/0" } as const,
      ...ports.map((port, i) => annotate(`port.${i}`, port)),
      ...(count > 0 ? [annotate("ports", ports.join(","))] : []),
    ];
    await this.kube.transport.patch(
      ref,
      { type: "json", operations },
      { signal: AbortSignal.timeout(10_000) },
    );
  }
}
