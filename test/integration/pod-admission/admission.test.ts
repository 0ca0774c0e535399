import { expect } from "chai";
import { randomUUID } from "node:crypto";
import type { MesosCluster } from "../../../src/api/crd/v1alpha1/mesos-cluster/mesos-cluster.ts";
import { MESOS_CLUSTER } from "../../../src/api/crd/v1alpha1/mesos-cluster/mesos-cluster.ts";
import type { GatedPod } from "../../../src/domain/admission/kube-view.ts";
import { KINDS } from "../../../src/runtime/kube/core-kinds.ts";
import type { KubeObject } from "../../../src/runtime/kube/kube-object.ts";
import { until } from "../../cluster/host/until.ts";
import { makeGatedPod, type PodParts } from "../../support/admission/make-gated-pod.ts";
import { startRealMaster, type RealMaster } from "../../support/admission/real-master.ts";
import { useCluster } from "../../support/cluster.ts";
import { installCrds } from "../../support/crd/install-crds.ts";
import {
  connectReal,
  makeNamespace,
  removeNamespace,
  type RealKube,
} from "../../support/kubernetes/real-kube.ts";

/** Simulated nodes of this suite alone, as large as the agents that stand for them: 20 cpus. */
const NODES = ["admission-1", "admission-2"];
const SUITE_LABEL = "orchestrator.io/test-suite";
const SUITE_NODES = {
  nodeSelectorTerms: [
    { matchExpressions: [{ key: SUITE_LABEL, operator: "In", values: ["admission"] }] },
  ],
};
/** Role of the pods that show how far the leader is, and how their names begin. */
/** In cpus. The scheduler knows nodes, not agents: pods of this size do not let it put more on one than its agent has. */
const WHOLE_NODE = "20";
const HALF_NODE = "10";
const MARKER = "marker";
const SETTLES_MAX_MS = 30_000;
const within = (ms: number) => ({ signal: AbortSignal.timeout(ms) });

describe("pod admission on the API server", function suite() {
  this.timeout(60_000);
  const cluster = useCluster("control-plane", { kwokNodes: 1 });
  let kube: RealKube;
  let kubeconfig: string;
  let namespace: string;
  let masters: RealMaster[];

  before(async function start() {
    this.timeout(600_000);
    kubeconfig = (await cluster()).kubeconfigPath;
    kube = await connectReal(kubeconfig);
    await installCrds(kube.transport, AbortSignal.timeout(60_000));
    for (const name of NODES) await makeNode(name);
  });
  after(async () => {
    for (const name of NODES)
      await kube.transport.delete({ kind: KINDS.Node, name }, within(10_000));
    await kube.close();
  });
  beforeEach(async () => {
    namespace = await makeNamespace(kube.transport, "admission");
    masters = [];
  });
  afterEach(async () => {
    for (const master of masters) await master.stop();
    await removeNamespace(kube.transport, namespace);
  });

  async function makeNode(name: string): Promise<void> {
    const room = { cpu: WHOLE_NODE, memory: "64Gi", pods: "250" };
    const node = {
      metadata: {
        name,
        labels: { "kubernetes.io/hostname": name, [SUITE_LABEL]: "admission", type: "kwok" },
        annotations: { "kwok.x-k8s.io/node": "fake" },
      },
      // From the beginning, as a kubelet tells it: kwok gives a node that has not said so room for everything.
      status: { allocatable: room, capacity: room },
    };
    await kube.transport.create(KINDS.Node, node, within(10_000));
  }
  async function makeCluster(spec: unknown): Promise<void> {
    const object = { metadata: { name: "mesos", namespace }, spec };
    await kube.transport.create(MESOS_CLUSTER, object, within(10_000));
  }
  async function lead(resources: string, ids: readonly string[] = []): Promise<RealMaster> {
    const master = await startRealMaster(kubeconfig, `${namespace}/mesos`);
    masters.push(master);
    for (const [index, node] of NODES.entries()) await master.agent(node, resources, ids[index]);
    return master;
  }
  async function makePod(parts: PodParts, dryRun = false): Promise<void> {
    const { metadata, spec } = makeGatedPod({ ...parts, namespace });
    const containers = spec.containers.map((one) => ({ ...one, image: "localhost/none" }));
    const pod = {
      metadata: {
        name: metadata.name,
        namespace,
        labels: metadata.labels,
        annotations: metadata.annotations,
      },
      // Nodes of other suites are not in this pool; a required affinity leaves the node selector empty.
      spec: {
        ...spec,
        containers,
        tolerations: [{ operator: "Exists" }],
        affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: SUITE_NODES } },
      },
    };
    const options = { ...within(10_000), dryRun };
    await kube.transport.create(KINDS.Pod, pod as unknown as KubeObject, options);
  }
  async function pods(): Promise<readonly GatedPod[]> {
    const selection = { kind: KINDS.Pod, namespace };
    return (await kube.transport.list<GatedPod & KubeObject>(selection, within(10_000))).items;
  }
  const isOpen = ({ spec }: GatedPod): boolean => (spec.schedulingGates ?? []).length === 0;
  /** Those that were let through, without the markers. */
  async function open(): Promise<readonly GatedPod[]> {
    return (await pods()).filter((pod) => isOpen(pod) && !isMarker(pod));
  }
  const roleOf = ({ metadata }: GatedPod): string =>
    metadata.annotations?.["orchestrator.io/role"] ?? "";

  const isMarker = ({ metadata }: GatedPod): boolean => metadata.name.startsWith(MARKER);

  /** A pod that asks for hardly anything is made and let through: the leader has gone over all that wait by then. */
  async function passMarker(): Promise<void> {
    const name = `${MARKER}${randomUUID()}`;
    await makePod({ name, role: MARKER, cpu: "0", memory: "1Mi" });
    const isThrough = async (): Promise<boolean> =>
      (await pods()).some((pod) => pod.metadata.name === name && isOpen(pod));
    await until("a marker is let through", isThrough, { timeoutMs: SETTLES_MAX_MS });
  }

  /**
   * Asks until so many are open, and again after two markers: what the leader decided with the first is written when the
   * second, which was made later, is.
   */
  async function settled(count: number): Promise<readonly GatedPod[]> {
    const areOpen = async (): Promise<boolean> => (await open()).length >= count;
    await until(`${count} pods are open`, areOpen, { timeoutMs: SETTLES_MAX_MS });
    for (const _ of ["first", "second"]) await passMarker();
    return open();
  }

  it("MES-15 admits 10 and 30 of 100 equal pods of two roles, weights 1 and 3, room for 40", async () => {
    await makeCluster({ roles: [{ name: "a" }, { name: "b", weight: "3" }] });
    for (let index = 0; index < 50; index += 1) {
      for (const role of ["a", "b"]) await makePod({ name: `${role}-${index}`, role });
    }
    await lead("cpus:20;mem:10000");
    const admitted = await settled(40);
    expect(admitted.filter((pod) => roleOf(pod) === "a")).to.have.length(10);
    expect(admitted.filter((pod) => roleOf(pod) === "b")).to.have.length(30);
    // Pods without constraints carry no node selector of ours; the scheduler bound them.
    expect(admitted.every(({ spec }) => spec.nodeSelector === undefined)).to.equal(true);
  });

  it("MES-14 never passes the limit of a role, and follows a change of it", async () => {
    const roles = (cpus: string) => [{ name: "a", quota: { limits: { cpus } } }];
    await makeCluster({ roles: roles("3") });
    for (let index = 0; index < 8; index += 1) await makePod({ name: `a-${index}`, role: "a" });
    await lead("cpus:20;mem:10000");
    expect(await settled(3)).to.have.length(3);
    const object = {
      apiVersion: "orchestrator.io/v1alpha1",
      kind: "MesosCluster",
      metadata: { name: "mesos", namespace },
      spec: { roles: roles("5") },
    };
    await kube.transport.apply(MESOS_CLUSTER, object, within(10_000));
    expect(await settled(5)).to.have.length(5);
  });

  it("MES-42 lends room beyond a soft limit, and evicts for a guarantee", async () => {
    const soft = { name: "a", quota: { limits: { cpus: "20" }, mode: "Soft" } };
    await makeCluster({ roles: [soft] });
    for (let index = 0; index < 4; index += 1) {
      await makePod({ name: `a-${index}`, role: "a", cpu: HALF_NODE });
    }
    await lead("cpus:20;mem:10000");
    const admitted = await settled(4);
    const isLent = ({ metadata }: GatedPod): boolean =>
      metadata.annotations?.["orchestrator.io/borrowed"] === "true";
    expect(admitted.filter(isLent)).to.have.length(2);
    const object = {
      apiVersion: "orchestrator.io/v1alpha1",
      kind: "MesosCluster",
      metadata: { name: "mesos", namespace },
      spec: { roles: [soft, { name: "b", quota: { guarantees: { cpus: "10" } } }] },
    };
    await kube.transport.apply(MESOS_CLUSTER, object, within(10_000));
    await makePod({ name: "b-0", role: "b", cpu: HALF_NODE });
    const isOpenFor = async (): Promise<boolean> =>
      (await open()).some((pod) => roleOf(pod) === "b");
    await until("the guarantee is met", isOpenFor, { timeoutMs: SETTLES_MAX_MS });
    const left = (await open()).filter((pod) => roleOf(pod) === "a");
    expect(left).to.have.length(3);
    expect(left.filter(isLent)).to.have.length(1);
  });

  it("MES-42 evicts pods of a lower priority of the same role for one that fits nowhere", async () => {
    await makeCluster({ admission: { preemption: "LowerPriority" } });
    for (let index = 0; index < 4; index += 1) {
      await makePod({ name: `low-${index}`, role: index < 3 ? "a" : "b", cpu: HALF_NODE });
    }
    await lead("cpus:20;mem:10000");
    expect(await settled(4)).to.have.length(4);
    const priorityClassName = `urgent-${namespace}`;
    const urgent = { apiVersion: "scheduling.k8s.io/v1", metadata: { name: priorityClassName } };
    const priorityClass = { ...urgent, value: 1000, preemptionPolicy: "Never" };
    await kube.transport.create(KINDS.PriorityClass, priorityClass, within(10_000));
    const head = { name: "head", role: "a", cpu: WHOLE_NODE, spec: { priorityClassName } };
    // The API server learns of classes by a watch of its own.
    const isClassKnown = (): Promise<boolean> =>
      makePod(head, true).then(
        () => true,
        () => false,
      );
    await until("the class is known", isClassKnown, { timeoutMs: SETTLES_MAX_MS });
    await makePod(head);
    const isHeadOpen = async (): Promise<boolean> =>
      (await open()).some(({ metadata }) => metadata.name === "head");
    await until("the pod of the higher priority is let through", isHeadOpen, {
      timeoutMs: SETTLES_MAX_MS,
    });
    const left = (await open()).map((pod) => roleOf(pod));
    expect(left.toSorted()).to.deep.equal(["a", "a", "b"]);
    await kube.transport.delete(
      { kind: KINDS.PriorityClass, name: priorityClassName },
      within(10_000),
    );
  });

  it("pins pods with constraints, writes their ports and the deletion cost in the one patch", async () => {
    await makeCluster({});
    const annotations = {
      "orchestrator.io/constraints": '[["hostname","UNIQUE"]]',
      "orchestrator.io/dynamic-ports": "2",
      "orchestrator.io/kill-selection": "YOUNGEST_FIRST",
    };
    const labels = { "marathon.orchestrator.io/app": "shop" };
    for (const name of ["p-1", "p-2", "p-3"]) await makePod({ name, annotations, labels });
    const master = await lead("cpus:20;mem:10000;ports:[31000-31009]");
    const admitted = await settled(2);
    const report = await read(master.port, `/orchestrator/admission?app=${namespace}/shop`);
    const { waiting, funnel } = JSON.parse(report) as {
      waiting: number;
      funnel: { reason: string; declined: number; processed: number }[];
    };
    expect(waiting).to.equal(1);
    expect(funnel.filter(({ declined }) => declined > 0)).to.deep.equal([
      { reason: "UnfulfilledConstraint", declined: 2, processed: 2 },
    ]);
    const selected = admitted.map(({ spec }) => spec.nodeSelector?.["kubernetes.io/hostname"]);
    expect(selected.toSorted()).to.deep.equal(NODES);
    for (const { metadata } of admitted) {
      expect(metadata.annotations).to.include({
        "marathon.orchestrator.io/port.0": "31000",
        "marathon.orchestrator.io/port.1": "31001",
        "marathon.orchestrator.io/ports": "31000,31001",
      });
      const cost = Number(metadata.annotations?.["controller.kubernetes.io/pod-deletion-cost"]);
      expect(cost).to.be.lessThan(0);
    }
  });

  it("frees the room of a pod that is deleted", async () => {
    await makeCluster({});
    for (const name of ["p-1", "p-2", "p-3"]) await makePod({ name, cpu: WHOLE_NODE });
    await lead("cpus:20;mem:10000");
    const [first] = await settled(2);
    const name = first?.metadata.name ?? "";
    const ref = { kind: KINDS.Pod, namespace, name };
    await kube.transport.delete(ref, { ...within(10_000), gracePeriodSeconds: 0 });
    expect(await settled(2)).to.have.length(2);
  });

  it("HA-02 counts every pod once after a change of leader", async () => {
    await makeCluster({});
    for (let index = 0; index < 6; index += 1) {
      await makePod({ name: `p-${index}`, cpu: HALF_NODE });
    }
    const first = await lead("cpus:20;mem:10000");
    expect(await settled(4)).to.have.length(4);
    const state = JSON.parse(await read(first.port, "/state")) as {
      slaves: { id: string; hostname: string }[];
    };
    const ids = NODES.map((node) => state.slaves.find(({ hostname }) => hostname === node)?.id);
    await first.stop();
    masters = [];
    await lead(
      "cpus:20;mem:10000",
      ids.filter((id) => id !== undefined),
    );
    expect(await settled(4)).to.have.length(4);
    const [pod] = await open();
    const ref = { kind: KINDS.Pod, namespace, name: pod?.metadata.name ?? "" };
    await kube.transport.delete(ref, { ...within(10_000), gracePeriodSeconds: 0 });
    expect(await settled(4)).to.have.length(4);
  });

  it("shows what it does on the MesosCluster", async () => {
    await makeCluster({ roles: [{ name: "a", weight: "2" }] });
    for (const name of ["p-1", "p-2", "p-3"]) {
      await makePod({ name, role: "a", cpu: WHOLE_NODE });
    }
    await lead("cpus:20;mem:10000");
    const ref = { kind: MESOS_CLUSTER, namespace, name: "mesos" };
    const told = async (): Promise<MesosCluster["status"] | false> => {
      const object = await kube.transport.get<MesosCluster & KubeObject>(ref, within(10_000));
      return object?.status?.admission?.admitted === 2 && object.status;
    };
    const status = await until("it says 2 admitted", told, { timeoutMs: SETTLES_MAX_MS });
    expect(status.leader?.pod).to.equal("master-test");
    expect(status.agents).to.include({ registered: 2, active: 2 });
    expect(status.admission).to.include({ waiting: 1, admitted: 2 });
    expect(status.resources?.allocated).to.include({ cpus: "40" });
    expect(status.roles).to.deep.include({
      name: "a",
      weight: "2",
      allocated: { cpus: "40", mem: "64" },
      dominantShare: "0.500",
      waitingPods: 1,
    });
  });
});

async function read(port: number, path: string): Promise<string> {
  return await (await fetch(`http://127.0.0.1:${port}${path}`)).text();
}
