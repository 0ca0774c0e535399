import { expect } from "chai";
import { MARATHON_APP } from "../../../src/api/crd/v1alpha1/marathon-app/marathon-app.ts";
import { MESOS_CLUSTER } from "../../../src/api/crd/v1alpha1/mesos-cluster/mesos-cluster.ts";
import { CUSTOM_KINDS, SCHEMA_VERSION_ANNOTATION } from "../../../src/api/crd/v1alpha1/kinds.ts";
import { isOperatingError } from "../../../src/api/errors/operating-error.ts";
import { KINDS } from "../../../src/runtime/kube/core-kinds.ts";
import type { KubeObject } from "../../../src/runtime/kube/kube-object.ts";
import { committedCrds } from "../../support/crd/install-crds.ts";
import { useNamespace } from "../../support/kubernetes/use-namespace.ts";

interface Crd extends KubeObject {
  readonly status: {
    readonly acceptedNames: {
      readonly categories: readonly string[];
      readonly shortNames: readonly string[];
    };
    readonly conditions: readonly { readonly type: string; readonly status: string }[];
  };
}
interface Table {
  readonly columnDefinitions: readonly { readonly name: string; readonly priority: number }[];
  readonly rows: readonly { readonly cells: readonly unknown[] }[];
}
type Spec = KubeObject & { readonly spec: Readonly<Record<string, unknown>> };

describe("the CRDs on the real API server", function () {
  this.timeout(60_000);
  const own = useNamespace("crds");
  const signal = AbortSignal.timeout(600_000);

  const app = (name: string, spec: object): Promise<Spec> =>
    own.kube.transport.create<Spec>(
      MARATHON_APP,
      {
        metadata: { name, namespace: own.namespace },
        spec: { id: `/${name}`, cmd: "sleep 1", ...spec },
      },
      { signal },
    );

  /** What `kubectl get` shows. */
  const table = (plural: string): Promise<Table> =>
    own.kube.client.json<Table>({
      method: "GET",
      verb: "get",
      path: `/apis/orchestrator.io/v1alpha1/namespaces/${own.namespace}/${plural}`,
      accept: "application/json;as=Table;v=v1;g=meta.k8s.io",
      repeatable: "idempotent",
      signal,
    });

  for (const crd of committedCrds()) {
    it(`${crd.metadata.name} is structural, established, and in the category orchestrator`, async () => {
      const ref = { kind: KINDS.CustomResourceDefinition, name: crd.metadata.name };
      const live = await own.kube.transport.get<Crd>(ref, { signal });
      const conditions = Object.fromEntries(
        live?.status.conditions.map(({ type, status }) => [type, status]) ?? [],
      );
      expect(conditions).to.include({ Established: "True", NamesAccepted: "True" });
      expect(conditions).not.to.have.property("NonStructuralSchema");
      expect(live?.status.acceptedNames.categories).to.deep.equal(["orchestrator"]);
      expect(live?.metadata.annotations).to.have.property(SCHEMA_VERSION_ANNOTATION);
    });
  }

  for (const { kind, columns } of CUSTOM_KINDS) {
    it(`kubectl get ${kind.plural} shows the columns that people know`, async () => {
      const { columnDefinitions } = await table(kind.plural);
      expect(columnDefinitions.map(({ name, priority }) => [name, priority])).to.deep.equal([
        ["Name", 0],
        ...columns.map(({ name, priority }) => [name, priority ?? 0]),
      ]);
    });
  }

  it("fills in the defaults that are documented", async () => {
    const spec = {};
    const made = await own.kube.transport.create<Spec>(
      MESOS_CLUSTER,
      { metadata: { name: "empty", namespace: own.namespace }, spec },
      { signal },
    );
    const definition = CUSTOM_KINDS.find(({ kind }) => kind.kind === "MesosCluster");
    expect(made.spec).to.deep.equal(definition?.spec.parse({}));
    expect(made.spec).to.have.nested.property("masters.placement", "Sidecar");
    expect(made.spec).to.have.nested.property("allocation.offerTimeoutSeconds", 5);
    expect(made.spec).to.have.nested.property("agents.reserve.cpus", "0");
  });

  it("fills in what an app leaves out, as Marathon does", async () => {
    const made = await app("defaults", { healthChecks: [{}] });
    expect(made.spec).to.deep.include({ instances: 1, cpus: 1, mem: 128, backoffFactor: 1.15 });
    expect(made.spec).to.have.nested.property("healthChecks[0].maxConsecutiveFailures", 3);
  });

  it("keeps union values and foreign objects as they are", async () => {
    const env = { PLAIN: "1", SECRET: { secret: "s" } };
    const made = await app("unions", {
      env,
      secrets: { s: { source: "vault" } },
      unreachableStrategy: "disabled",
      resourceLimits: { cpus: "unlimited", mem: 256 },
      rollout: { strategy: "Canary", steps: [{ setWeight: 25 }, { pause: {} }] },
    });
    expect(made.spec).to.deep.include({
      env,
      unreachableStrategy: "disabled",
      resourceLimits: { cpus: "unlimited", mem: 256 },
    });
    expect(made.spec).to.have.nested.property("rollout.steps[0].setWeight", 25);
  });

  it("scales an app through the scale subresource", async () => {
    await app("scaled", {});
    const ref = { kind: MARATHON_APP, namespace: own.namespace, name: "scaled" };
    await own.kube.transport.patch(
      ref,
      { type: "merge", patch: { spec: { replicas: 4 } } },
      { signal, subresource: "scale" },
    );
    const scaled = await own.kube.transport.get<Spec>(ref, { signal });
    expect(scaled?.spec).to.include({ instances: 4 });
  });

  it("finds an app by its id", async () => {
    await app("findable", {});
    const { items } = await own.kube.transport.list(
      { kind: MARATHON_APP, namespace: own.namespace, fieldSelector: "spec.id=/findable" },
      { signal },
    );
    expect(items.map(({ metadata }) => metadata.name)).to.deep.equal(["findable"]);
  });

  it("lets several managers own roles of one cluster, each its own", async () => {
    const role = (manager: string, name: string, force = false) =>
      own.kube.transport.apply(
        MESOS_CLUSTER,
        {
          apiVersion: "orchestrator.io/v1alpha1",
          kind: "MesosCluster",
          metadata: { name: "shared", namespace: own.namespace },
          spec: { roles: [{ name, weight: manager === "git" ? "2.0" : "1.0" }] },
        },
        { signal, fieldManager: manager, force },
      );
    await role("git", "web");
    await role("api", "batch");
    const both = await own.kube.transport.get<Spec>(
      { kind: MESOS_CLUSTER, namespace: own.namespace, name: "shared" },
      { signal },
    );
    expect(both?.spec.roles).to.have.length(2);
    const refused = await role("api", "web").then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(isOperatingError(refused, "KUBE_APPLY_CONFLICT")).to.equal(true);
  });
});
