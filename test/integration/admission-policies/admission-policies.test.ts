import { expect } from "chai";
import { MESOS_CLUSTER } from "../../../src/api/crd/v1alpha1/mesos-cluster/mesos-cluster.ts";
import { isOperatingError } from "../../../src/api/errors/operating-error.ts";
import { KINDS } from "../../../src/runtime/kube/core-kinds.ts";
import type { KubeKind } from "../../../src/runtime/kube/kube-kind.ts";
import type { KubeObject } from "../../../src/runtime/kube/kube-object.ts";
import type {
  JsonPatchOperation,
  KubeTransport,
} from "../../../src/runtime/ports/kube-transport.ts";
import { useCluster } from "../../support/cluster.ts";
import { installConfig } from "../../support/config/config-objects.ts";
import { installCrds } from "../../support/crd/install-crds.ts";
import { signIn, type Persona } from "../../support/kubernetes/persona.ts";
import {
  connectReal,
  makeNamespace,
  removeNamespace,
  type RealKube,
} from "../../support/kubernetes/real-kube.ts";

const GATE = "orchestrator.io/admission";
const POOL = { "orchestrator.io/pool": "mesos" };

describe("admission policies", function () {
  this.timeout(60_000);
  const cluster = useCluster("control-plane");
  const signal = AbortSignal.timeout(900_000);
  let kubeconfigPath: string;
  let admin: RealKube;
  let namespace: string;
  let editor: Persona;
  let impostor: Persona;
  let master: Persona;
  let agentA: Persona;
  const personas: Persona[] = [];
  let count = 0;

  const pod = (fields: object, labels: object = POOL, annotations: object = {}): KubeObject => {
    count += 1;
    const spec = {
      automountServiceAccountToken: false,
      serviceAccountName: "default",
      containers: [{ name: "task", image: "localhost/none" }],
      ...fields,
    };
    return { metadata: { name: `pod-${count}`, namespace, labels, annotations }, spec } as never;
  };
  const gated = (annotations: object = {}): KubeObject =>
    pod({ schedulingGates: [{ name: GATE }] }, POOL, annotations);

  const make = (kind: KubeKind, object: object) =>
    admin.transport.create(kind, object as KubeObject, { signal });

  async function account(name: string, role?: string): Promise<void> {
    await make(KINDS.ServiceAccount, { metadata: { name, namespace } });
    if (role === undefined) return;
    await make(KINDS.RoleBinding, {
      metadata: { name, namespace },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: role },
      subjects: [{ kind: "ServiceAccount", name, namespace }],
    });
  }

  async function persona(name: string, of?: KubeObject): Promise<Persona> {
    const made = await signIn(kubeconfigPath, admin, { namespace, name }, of);
    personas.push(made);
    return made;
  }

  before(async function () {
    this.timeout(300_000);
    ({ kubeconfigPath } = await cluster());
    admin = await connectReal(kubeconfigPath);
    await installCrds(admin.transport, signal);
    await installConfig(admin.transport, "rbac", signal);
    await installConfig(admin.transport, "admission", signal);
    namespace = await makeNamespace(admin.transport, "admission");
    await admin.transport.apply(
      KINDS.ClusterRole,
      {
        metadata: { name: "test-pod-editor" },
        rules: [
          { apiGroups: [""], resources: ["pods", "pods/status"], verbs: ["*"] },
          { apiGroups: [MESOS_CLUSTER.group], resources: ["mesosclusters"], verbs: ["delete"] },
        ],
      } as never,
      { signal },
    );
    // Its controller makes it too, a moment later.
    const tasks = { metadata: { name: "default", namespace } } as KubeObject;
    await admin.transport.apply(KINDS.ServiceAccount, tasks, { signal });
    await account("editor", "test-pod-editor");
    // Looks like an agent, but nobody gave it the agent's role.
    await account("evil-agent", "test-pod-editor");
    await account("mesos-master", "orchestrator-master");
    await account("mesos-agent", "orchestrator-agent");
    const home = await make(
      KINDS.Pod,
      pod({ nodeName: "node-a", serviceAccountName: "mesos-agent" }, {}),
    );
    editor = await persona("editor");
    impostor = await persona("evil-agent");
    master = await persona("mesos-master");
    agentA = await persona("mesos-agent", home);
    await policiesActive();
  });
  after(async () => {
    for (const one of personas) await one.close();
    await removeNamespace(admin.transport, namespace);
    await admin.transport.delete({ kind: KINDS.ClusterRole, name: "test-pod-editor" }, { signal });
    await admin.close();
  });

  /** A policy works a moment after it is stored. */
  async function policiesActive(): Promise<void> {
    while ((await refusal(create(editor, pod({})))) === undefined) signal.throwIfAborted();
    const waiting = await make(KINDS.Pod, gated());
    while ((await refusal(open(editor, waiting))) === undefined) signal.throwIfAborted();
  }

  async function refusal(attempt: Promise<unknown>): Promise<string | undefined> {
    try {
      await attempt;
      return undefined;
    } catch (error) {
      if (isOperatingError(error) && ["KUBE_FORBIDDEN", "KUBE_INVALID"].includes(error.code)) {
        return error.message;
      }
      throw error;
    }
  }

  const create = (who: { readonly kube: KubeTransport }, object: KubeObject) =>
    who.kube.create(KINDS.Pod, object, { signal, dryRun: true });
  const patch = (
    who: Persona,
    { metadata }: KubeObject,
    operations: readonly JsonPatchOperation[],
    subresource?: string,
  ) =>
    who.kube.patch(
      { kind: KINDS.Pod, namespace, name: metadata.name },
      { type: "json", operations },
      { signal, dryRun: true, ...(subresource === undefined ? {} : { subresource }) },
    );
  const open = (who: Persona, object: KubeObject) =>
    patch(who, object, [{ op: "remove", path: "/spec/schedulingGates" }]);
  const annotate = (who: Persona, object: KubeObject, key: string, subresource?: string) =>
    patch(
      who,
      object,
      [{ op: "add", path: "/metadata/annotations", value: { [key]: "x" } }],
      subresource,
    );

  describe("orchestrator-pool-gate", () => {
    it("refuses a pod of the pool without the gate", async () => {
      expect(await refusal(create(editor, pod({})))).to.contain(
        "a pod of pool 'mesos' needs the scheduling gate orchestrator.io/admission",
      );
    });
    it("takes one with the gate", async () => {
      expect(await refusal(create(editor, gated()))).to.equal(undefined);
    });
    it("leaves pods without the label alone", async () => {
      expect(await refusal(create(editor, pod({}, {})))).to.equal(undefined);
    });
    it("is not impressed by an account named like an agent", async () => {
      expect(await refusal(create(impostor, pod({ nodeName: "node-a" })))).to.contain(
        "needs the scheduling gate",
      );
    });
  });

  describe("orchestrator-gate-owner", () => {
    it("lets only a master open the gate", async () => {
      const waiting = await make(KINDS.Pod, gated());
      expect(await refusal(open(editor, waiting))).to.contain("only the pool's master opens");
      expect(await refusal(open(master, waiting))).to.equal(undefined);
    });
    for (const key of ["role", "admitted", "borrowed"]) {
      it(`lets only a master change orchestrator.io/${key}`, async () => {
        const waiting = await make(KINDS.Pod, gated());
        const name = `orchestrator.io/${key}`;
        expect(await refusal(annotate(editor, waiting, name))).to.contain(
          "only the pool's master changes",
        );
        expect(await refusal(annotate(master, waiting, name))).to.equal(undefined);
      });
    }
    it("does not let the status subresource be a back door", async () => {
      const waiting = await make(KINDS.Pod, gated());
      expect(await refusal(annotate(editor, waiting, "orchestrator.io/role", "status"))).to.contain(
        "only the pool's master changes",
      );
    });
    it("does not let a pod slip into the pool, or out of it", async () => {
      const outside = await make(KINDS.Pod, pod({}, { app: "x" }));
      const inside = await make(KINDS.Pod, gated());
      const relabel = (object: KubeObject, value: object) =>
        patch(editor, object, [{ op: "replace", path: "/metadata/labels", value }]);
      expect(await refusal(relabel(outside, POOL))).to.contain("only the pool's master changes");
      expect(await refusal(relabel(inside, { app: "x" }))).to.contain(
        "only the pool's master changes",
      );
    });
    it("lets anybody who may change pods do everything else", async () => {
      const waiting = await make(KINDS.Pod, gated());
      expect(await refusal(annotate(editor, waiting, "example.com/note"))).to.equal(undefined);
    });
  });

  describe("orchestrator-agent-node", () => {
    it("lets an agent create ungated pods on its own node", async () => {
      expect(await refusal(create(agentA, pod({ nodeName: "node-a" })))).to.equal(undefined);
    });
    it("refuses a pod on another node, and one without node", async () => {
      expect(await refusal(create(agentA, pod({ nodeName: "node-b" })))).to.contain(
        "an agent on node 'node-a' may not write pods of node 'node-b'",
      );
      expect(await refusal(create(agentA, gated()))).to.contain("may not write pods of node ''");
    });
    it("refuses to delete a pod of another node", async () => {
      const far = await make(KINDS.Pod, pod({ nodeName: "node-b" }, {}));
      const near = await make(KINDS.Pod, pod({ nodeName: "node-a" }, {}));
      const remove = ({ metadata }: KubeObject) =>
        agentA.kube.delete(
          { kind: KINDS.Pod, namespace, name: metadata.name },
          { signal, dryRun: true },
        );
      expect(await refusal(remove(far))).to.contain("may not write pods of node 'node-b'");
      expect(await refusal(remove(near))).to.equal(undefined);
    });
    const intrusions: Record<string, object> = {
      "task pods run under": { serviceAccountName: "mesos-master" },
      "tasks may use hostPID": { hostPID: true },
      "tasks may be privileged": {
        containers: [{ name: "t", image: "i", securityContext: { privileged: true } }],
      },
      "tasks may mount host paths": {
        volumes: [{ name: "etc", hostPath: { path: "/etc" } }],
      },
    };
    for (const [message, fields] of Object.entries(intrusions)) {
      it(`holds: ${message}`, async () => {
        const intruder = pod({ nodeName: "node-a", ...fields });
        expect(await refusal(create(agentA, intruder))).to.contain(message);
      });
    }
    it("lets tasks mount folders below the agent's work_dir", async () => {
      const volumes = [{ name: "w", hostPath: { path: "/var/lib/mesos/volumes/x" } }];
      expect(await refusal(create(agentA, pod({ nodeName: "node-a", volumes })))).to.equal(
        undefined,
      );
    });
  });

  describe("orchestrator-master-pods", () => {
    it("holds a Dedicated master to pods of a pool", async () => {
      const outside = await make(KINDS.Pod, pod({}, { app: "x" }));
      expect(await refusal(annotate(master, outside, "example.com/note"))).to.contain(
        "a master may write only pods labelled orchestrator.io/pool",
      );
    });
  });

  describe("orchestrator-protect", () => {
    const removal = (name: string) =>
      refusal(
        editor.kube.delete({ kind: MESOS_CLUSTER, namespace, name }, { signal, dryRun: true }),
      );
    it("keeps a MesosCluster with active frameworks until its name is confirmed", async () => {
      const spec = { masters: { placement: "Dedicated" } };
      const made = await make(MESOS_CLUSTER, { metadata: { name: "busy", namespace }, spec });
      expect(await removal("busy"), "without frameworks").to.equal(undefined);
      const busy = {
        apiVersion: "orchestrator.io/v1alpha1",
        kind: "MesosCluster",
        metadata: { name: "busy", namespace },
        status: { frameworks: { active: 1 } },
      };
      await admin.transport.apply(MESOS_CLUSTER, busy, { signal, subresource: "status" });
      expect(await removal("busy"), "with frameworks").to.contain(
        "annotate it with orchestrator.io/confirm-delete=busy",
      );
      await admin.transport.patch(
        { kind: MESOS_CLUSTER, namespace, name: made.metadata.name },
        {
          type: "merge",
          patch: { metadata: { annotations: { "orchestrator.io/confirm-delete": "busy" } } },
        },
        { signal },
      );
      expect(await removal("busy"), "confirmed").to.equal(undefined);
    });
    it("keeps our CRDs, also from an administrator, and no others", async () => {
      const remove = (name: string) =>
        refusal(
          admin.transport.delete(
            { kind: KINDS.CustomResourceDefinition, name },
            { signal, dryRun: true },
          ),
        );
      expect(await remove("mesosclusters.orchestrator.io")).to.contain("is in use");
      expect(await remove("nobodys.example.com")).to.equal(undefined);
    });
  });
});
