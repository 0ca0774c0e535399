import { MARATHON_APP } from "../../../src/api/crd/v1alpha1/marathon-app/marathon-app.ts";
import { MESOS_CLUSTER } from "../../../src/api/crd/v1alpha1/mesos-cluster/mesos-cluster.ts";
import { KINDS } from "../../../src/runtime/kube/core-kinds.ts";
import type { KubeKind } from "../../../src/runtime/kube/kube-kind.ts";
import type { KubeObject } from "../../../src/runtime/kube/kube-object.ts";
import type { CommandResult } from "../../cluster/host/run-command.ts";
import { until } from "../../cluster/host/until.ts";
import { silentProgress } from "../../cluster/index.ts";
import { install } from "../../cluster/start/install.ts";
import { connectReal, type RealKube } from "../kubernetes/real-kube.ts";
import { describeWorld } from "./diagnosis.ts";
import { Figures } from "./figures.ts";
import {
  type AppObject,
  type ClusterObject,
  holdsResources,
  type LeaseObject,
  type PodObject,
  restartedContainers,
  type RolloutObject,
} from "./kube-shapes.ts";
import { type MasterState, readMasterState, teardownFramework } from "./master-client.ts";
import { PodLedger } from "./pod-ledger.ts";
import { StoryFramework, type StoryFrameworkSpec } from "./story-framework.ts";
import { NODE_IMAGE, RUNTIME_IMAGE, type TestBed } from "./test-bed.ts";
import { holds, type Verdict } from "./verdict.ts";

const REPOSITORY = new URL("../../../", import.meta.url).pathname.replace(/\/$/, "");
const CALL_MAX_MS = 10_000;
const MASTER_PORT = 5050;

export const NAMESPACE = "orchestrator";

/** The whole product with its samples on a real cluster, seen from outside as its users see it. */
export class Product {
  readonly bed: TestBed;
  readonly kube: RealKube;
  readonly ledger: PodLedger;
  readonly figures: Figures;
  /** `pod/container` of each container of ours that did not live through the installation. */
  readonly restartedOnTheWay: readonly string[];
  readonly #stop: AbortController;

  private constructor(
    parts: Pick<Product, "bed" | "kube" | "ledger" | "figures">,
    stop: AbortController,
  ) {
    this.bed = parts.bed;
    this.kube = parts.kube;
    this.ledger = parts.ledger;
    this.figures = parts.figures;
    this.restartedOnTheWay = parts.ledger.pods().flatMap(restartedContainers);
    this.#stop = stop;
  }

  /** Installs it with the code of `npm start`; the samples are Ready when it resolves. */
  static async install(bed: TestBed): Promise<Product> {
    const figures = new Figures();
    const startedMs = performance.now();
    await install({
      kubectl: (args) => bed.kubectl(args),
      root: REPOSITORY,
      workDir: `${REPOSITORY}/.orchestrator/${bed.name}`,
      images: { runtime: RUNTIME_IMAGE, node: NODE_IMAGE },
      progress: silentProgress,
    });
    figures.tookMs("installed, samples Ready", performance.now() - startedMs);
    const kube = await connectReal(bed.kubeconfigPath);
    const stop = new AbortController();
    const ledger = await PodLedger.follow(kube, NAMESPACE, stop.signal);
    return new Product({ bed, kube, ledger, figures }, stop);
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.kube.close();
    await this.bed.stop();
  }

  /** kubectl in the product's namespace. @throws {ClusterError} when it fails. */
  kubectl(...args: readonly string[]): Promise<string> {
    return this.bed.kubectl(inNamespace(args));
  }

  tryKubectl(...args: readonly string[]): Promise<CommandResult> {
    return this.bed.tryKubectl(inNamespace(args));
  }

  /** The Argo Rollouts plug-in. */
  argo(...args: readonly string[]): Promise<string> {
    return this.kubectl("argo", "rollouts", ...args);
  }

  /** Applies YAML or JSON text, or an object, as a user does: without force. */
  async apply(manifest: string | object, ...flags: readonly string[]): Promise<CommandResult> {
    const input = typeof manifest === "string" ? manifest : JSON.stringify(manifest);
    const args = ["apply", `--namespace=${NAMESPACE}`, "--server-side", ...flags, "-f", "-"];
    return await this.bed.tryKubectl(args, { input });
  }

  /** A MarathonApp `/name` of two small instances that only wait, unless `spec` says more. */
  async create(name: string, spec: object = {}): Promise<void> {
    const object = {
      metadata: { name, namespace: NAMESPACE },
      spec: {
        id: `/${name}`,
        cluster: "mesos",
        role: "web",
        instances: 2,
        cpus: 0.02,
        mem: 16,
        cmd: "exec sleep 86400",
        container: { type: "DOCKER", docker: { image: NODE_IMAGE } },
        taskKillGracePeriodSeconds: 1,
        ...spec,
      },
    } as unknown as KubeObject;
    const signal = AbortSignal.timeout(CALL_MAX_MS);
    await this.kube.transport.create(MARATHON_APP, object, { signal });
  }

  /** Deletes a MarathonApp, and waits until its Pods are gone. */
  async remove(name: string): Promise<void> {
    await this.kubectl("delete", "marathonapp", name, "--ignore-not-found", "--wait=false");
    await this.waitFor(`the pods of ${name} are gone`, 60, () => {
      const left = this.ledger.ofApp(name).map(({ metadata }) => metadata.name);
      return left.length === 0 ? true : left.join(" ");
    });
  }

  app(name: string): Promise<AppObject | undefined> {
    return this.#get<AppObject>(MARATHON_APP, name);
  }

  cluster(name = "mesos"): Promise<ClusterObject | undefined> {
    return this.#get<ClusterObject>(MESOS_CLUSTER, name);
  }

  rollout(name: string): Promise<RolloutObject | undefined> {
    return this.#get<RolloutObject>(KINDS.Rollout, name);
  }

  lease(name: string): Promise<LeaseObject | undefined> {
    return this.#get<LeaseObject>(KINDS.Lease, name);
  }

  /** Pods of the operator; each has a master beside it. */
  operatorPods(): PodObject[] {
    const component = "app.kubernetes.io/component";
    return this.ledger.pods().filter(({ metadata }) => metadata.labels?.[component] === "operator");
  }

  /** Base addresses of the masters whose Pods have an address: beside the operator, or with Pods of their own. */
  masters(): string[] {
    const component = "app.kubernetes.io/component";
    const own = this.ledger
      .pods()
      .filter(({ metadata }) => metadata.labels?.[component] === "master");
    return [...this.operatorPods(), ...own]
      .map(({ status }) => status?.podIP)
      .filter((ip) => ip !== undefined)
      .map((ip) => `http://${ip}:${MASTER_PORT}`);
  }

  masterState(): Promise<MasterState> {
    return readMasterState(this.masters());
  }

  startFramework(spec: StoryFrameworkSpec): StoryFramework {
    return new StoryFramework(spec, () => this.masters());
  }

  /** The framework goes, and with it its tasks and their Pods. */
  async endFramework(framework: StoryFramework): Promise<void> {
    await framework.disconnect();
    if (framework.id === "") return;
    if (!framework.isOver) {
      await this.waitFor("the teardown is taken", 30, async () => {
        await teardownFramework(this.masters(), framework.id);
        return true;
      });
    }
    await this.waitFor("no task Pod runs", 60, () => {
      const running = this.ledger.ofFramework(framework.id).filter(holdsResources);
      const left = running.map(({ metadata }) => metadata.name);
      return left.length === 0 ? true : `still there: ${left.join(" ")}`;
    });
  }

  /** Waits with a bound; a failure shows the world. */
  async waitFor(
    what: string,
    seconds: number,
    condition: () => Promise<Verdict> | Verdict,
  ): Promise<void> {
    await until(what, async () => holds(await condition()), {
      timeoutMs: seconds * 1000,
      intervalMs: 200,
      describeWorld: () => describeWorld(this.bed, NAMESPACE),
    });
  }

  #get<T extends KubeObject>(kind: KubeKind, name: string): Promise<T | undefined> {
    const ref = { kind, namespace: NAMESPACE, name };
    return this.kube.transport.get<T>(ref, { signal: AbortSignal.timeout(CALL_MAX_MS) });
  }
}

/** At the end: kubectl takes no flag before the name of a plug-in. */
function inNamespace(args: readonly string[]): string[] {
  return [...args, `--namespace=${NAMESPACE}`];
}
