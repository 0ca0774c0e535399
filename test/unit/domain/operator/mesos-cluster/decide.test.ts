import { expect } from "chai";
import type { MesosClusterSpecInput } from "../../../../../src/api/crd/v1alpha1/mesos-cluster/spec.ts";
import type { Action } from "../../../../../src/domain/operator/mesos-cluster/actions.ts";
import {
  decideMesosCluster,
  type ClusterPlan,
} from "../../../../../src/domain/operator/mesos-cluster/decide.ts";
import type { LivePod, Seen } from "../../../../../src/domain/operator/mesos-cluster/observed.ts";
import {
  makeLive,
  makeNode,
  makePod,
  makeSeen,
  NOW_MS,
  type SeenInput,
} from "../../../../support/mesos-cluster/make-seen.ts";

const applied = (plan: ClusterPlan): string[] =>
  plan.actions.flatMap((action) =>
    action.kind === "apply" ? [`${action.child.kind}/${action.child.name}`] : [],
  );
const others = (plan: ClusterPlan): string[] =>
  plan.actions.flatMap((action): string[] => {
    if (action.kind === "remove") return [`remove ${action.child.kind}/${action.child.name}`];
    if (action.kind === "replacePod") return [`replace ${action.pod.name}`];
    if (action.kind === "markLeader")
      return [`${action.leads ? "mark" : "unmark"} ${action.pod.name}`];
    return [];
  });
const conditions = (plan: ClusterPlan): Record<string, string> =>
  Object.fromEntries(
    plan.status.conditions.map(({ type, status, reason }) => [type, `${status} ${reason}`]),
  );

/** The world after `plan` was carried out and controllers did their part. */
function settle(seen: Seen, plan: ClusterPlan, masterPods: readonly LivePod[] = []): Seen {
  const children = plan.actions
    .filter((action): action is Extract<Action, { kind: "apply" }> => action.kind === "apply")
    .map(({ child }) =>
      makeLive(child, {
        observedGeneration: 1,
        updateRevision: "new",
        desiredNumberScheduled: seen.nodes.length,
      }),
    );
  return {
    ...seen,
    children,
    masterPods,
    agentPods: seen.nodes.map(({ name }) =>
      makePod({ name: `a-${name}`, node: name, revision: "new" }),
    ),
    revisions: [{ owner: "DaemonSet/mesos-agent", hash: "new", number: 1, template: {} }],
  };
}

const sidecar = makePod({ name: "operator-a", revision: "" });
const LEADER_STATUS = { leader: { pod: "operator-a" } };

function readySidecarWorld(input: SeenInput = {}): Seen {
  const fresh = makeSeen({
    operatorPods: [{ ...sidecar, labels: { "orchestrator.io/leader": "true" } }],
    nodes: [makeNode("n1"), makeNode("n2")],
    status: LEADER_STATUS,
    ...input,
  });
  const once = settle(fresh, decideMesosCluster(fresh));
  return settle(once, decideMesosCluster(once));
}

describe("decideMesosCluster", () => {
  it("makes the children of a sidecar cluster in the order in which they are used", () => {
    expect(applied(decideMesosCluster(makeSeen()))).to.deep.equal([
      "RoleBinding/mesos-master",
      "ServiceAccount/mesos-agent",
      "RoleBinding/mesos-agent",
      "ConfigMap/mesos-agent",
      "Service/mesos-master",
      "Service/mesos-master-leader",
      "Service/mesos-agent",
      "NetworkPolicy/mesos-master-sidecar",
      "NetworkPolicy/mesos-agent",
      "DaemonSet/mesos-agent",
    ]);
  });

  it("makes a StatefulSet with peers, account and budget for Dedicated masters", () => {
    const plan = decideMesosCluster(makeSeen({ spec: { masters: { placement: "Dedicated" } } }));
    expect(applied(plan)).to.include.members([
      "ServiceAccount/mesos-master",
      "Service/mesos-master-peers",
      "PodDisruptionBudget/mesos-master",
      "StatefulSet/mesos-master",
    ]);
  });

  it("makes no budget for a single master", () => {
    const spec: MesosClusterSpecInput = { masters: { placement: "Dedicated", replicas: 1 } };
    expect(applied(decideMesosCluster(makeSeen({ spec })))).not.to.include(
      "PodDisruptionBudget/mesos-master",
    );
  });

  it("is installing, not degraded, until all is there for the first time", () => {
    const plan = decideMesosCluster(makeSeen());
    expect(plan.status.phase).to.equal("Progressing");
    expect(conditions(plan)).to.include({
      Ready: "False NoLeader",
      Reconciling: "True Creating",
    });
  });

  it("is ready and writes nothing new once what it asked for is there", () => {
    const seen = readySidecarWorld();
    const plan = decideMesosCluster(seen);
    expect(conditions(plan)).to.deep.equal({
      Ready: "True AllReady",
      LeaderElected: "True LeaderElected",
      MastersReady: "True MastersReady",
      AgentsReady: "True AgentsReady",
    });
    expect(plan.status.phase).to.equal("Ready");
    expect(others(plan)).to.deep.equal([]);
    for (const action of plan.actions) {
      if (action.kind !== "apply") continue;
      const live = seen.children.find(
        ({ kind, name }) => kind === action.child.kind && name === action.child.name,
      );
      expect(live?.raw).to.deep.include(action.child.manifest);
    }
  });

  it("is degraded when a part fails that once was complete", () => {
    const world = readySidecarWorld();
    const plan = decideMesosCluster({
      ...world,
      agentPods: world.agentPods.map((pod) => ({ ...pod, ready: false })),
    });
    expect(plan.status.phase).to.equal("Degraded");
    expect(conditions(plan)).to.include({ Ready: "False AgentsNotReady" });
  });

  it("keeps the leader's label on the leader alone", () => {
    const former = makePod({
      name: "operator-b",
      revision: "",
      labels: { "orchestrator.io/leader": "true" },
    });
    const plan = decideMesosCluster(
      makeSeen({ operatorPods: [sidecar, former], status: LEADER_STATUS }),
    );
    expect(others(plan)).to.deep.equal(["unmark operator-b", "mark operator-a"]);
  });

  it("takes the label from a sidecar whose cluster has masters of its own now, unless it leads another", () => {
    const spec: MesosClusterSpecInput = { masters: { placement: "Dedicated", replicas: 1 } };
    const input: SeenInput = {
      spec,
      masterPods: [makePod({ name: "mesos-master-0" })],
      operatorPods: [{ ...sidecar, labels: { "orchestrator.io/leader": "true" } }],
      status: { leader: { pod: "mesos-master-0" } },
    };
    expect(others(decideMesosCluster(makeSeen(input)))).to.deep.equal([
      "unmark operator-a",
      "mark mesos-master-0",
    ]);
    const another = { namespace: "orchestrator", name: "b", createdMs: 1, sidecar: true };
    expect(others(decideMesosCluster(makeSeen({ ...input, others: [another] })))).to.deep.equal([
      "mark mesos-master-0",
    ]);
  });

  it("changes nothing while paused, by field or by annotation, but says how things are", () => {
    const inputs: readonly SeenInput[] = [
      { spec: { paused: true } },
      { metadata: { annotations: { "orchestrator.io/paused": "true" } } },
    ];
    for (const input of inputs) {
      const plan = decideMesosCluster(makeSeen(input));
      expect(plan.actions).to.deep.equal([]);
      expect(conditions(plan)).to.include({ ReconciliationPaused: "True Paused" });
      expect(plan.status.phase).to.equal("Paused");
    }
  });

  it("only says so when unmanaged", () => {
    const plan = decideMesosCluster(makeSeen({ spec: { management: "Unmanaged" } }));
    expect(plan.actions).to.deep.equal([]);
    expect(conditions(plan)).to.deep.equal({ Ready: "Unknown Unmanaged" });
  });

  it("leaves everything to the garbage collector once it is being deleted", () => {
    const plan = decideMesosCluster(
      makeSeen({ metadata: { deletionTimestamp: "2026-11-21T12:00:00Z" } }),
    );
    expect(plan.actions).to.deep.equal([]);
    expect(plan.status.phase).to.equal("Terminating");
  });

  it("takes agents away when they are no longer wanted, users before what they use", () => {
    const world = readySidecarWorld();
    const disabled = makeSeen({
      ...world,
      spec: { agents: { enabled: false } },
      status: LEADER_STATUS,
    });
    expect(others(decideMesosCluster(disabled))).to.deep.equal([
      "remove DaemonSet/mesos-agent",
      "remove NetworkPolicy/mesos-agent",
      "remove Service/mesos-agent",
      "remove ConfigMap/mesos-agent",
      "remove RoleBinding/mesos-agent",
      "remove ServiceAccount/mesos-agent",
    ]);
  });

  it("leaves children without owner with deletionPolicy Orphan, so that they outlive the object", () => {
    const plan = decideMesosCluster(makeSeen({ spec: { deletionPolicy: "Orphan" } }));
    const owned = plan.actions.filter(
      (action) =>
        action.kind === "apply" && action.child.manifest.metadata.ownerReferences !== undefined,
    );
    expect(owned).to.deep.equal([]);
  });

  describe("moving masters from the sidecar to a StatefulSet", () => {
    const spec: MesosClusterSpecInput = { masters: { placement: "Dedicated", replicas: 1 } };
    const selectorOf = (plan: ClusterPlan): unknown => {
      const action = plan.actions.find(
        (one) =>
          one.kind === "apply" && one.child.kind === "Service" && one.child.name === "mesos-master",
      );
      const body = action?.kind === "apply" ? action.child.manifest.spec : undefined;
      return (body as { selector: Record<string, string> }).selector["app.kubernetes.io/component"];
    };

    it("leaves the Service with the sidecar until the new masters are ready", () => {
      const moving = makeSeen({ ...readySidecarWorld(), spec, status: LEADER_STATUS });
      const plan = decideMesosCluster(moving);
      expect(selectorOf(plan)).to.equal("operator");
      expect(applied(plan)).to.include("StatefulSet/mesos-master");
      expect(conditions(plan)).to.include({ Reconciling: "True Creating" });
    });

    it("moves the Service when they are", () => {
      const masterPods = [makePod({ name: "mesos-master-0", revision: "new" })];
      const moving = makeSeen({ ...readySidecarWorld(), spec, status: LEADER_STATUS, masterPods });
      expect(selectorOf(decideMesosCluster(moving))).to.equal("master");
    });

    it("moves back before it removes the StatefulSet", () => {
      const masterPods = [makePod({ name: "mesos-master-0", revision: "new" })];
      const status = { leader: { pod: "mesos-master-0" } };
      const fresh = makeSeen({
        spec,
        status,
        masterPods,
        operatorPods: [sidecar],
        nodes: [makeNode("n1")],
      });
      const dedicated = settle(fresh, decideMesosCluster(fresh), masterPods);
      const back = makeSeen({ ...dedicated, spec: {}, status });
      const first = decideMesosCluster(back);
      expect(selectorOf(first)).to.equal("operator");
      expect(others(first)).not.to.include("remove StatefulSet/mesos-master");
      const second = decideMesosCluster(
        makeSeen({ ...settle(back, first, masterPods), spec: {}, status }),
      );
      expect(others(second)).to.include("remove StatefulSet/mesos-master");
    });
  });

  describe("rolling agents", () => {
    it("goes back to the last good template when the canary fails, and says that it is blocked", () => {
      const world = readySidecarWorld();
      const spec: MesosClusterSpecInput = { image: "broken:1" };
      const changed = makeSeen({ ...world, spec, status: LEADER_STATUS });
      const good = { metadata: { labels: { good: "yes" } }, spec: { containers: [] } };
      const failing: Seen = {
        ...changed,
        revisions: [
          { owner: "DaemonSet/mesos-agent", hash: "new", number: 1, template: good },
          { owner: "DaemonSet/mesos-agent", hash: "bad", number: 2, template: {} },
        ],
        agentPods: [
          makePod({ name: "a-n1", node: "n1", revision: "new" }),
          makePod({
            name: "a-n2",
            node: "n2",
            revision: "bad",
            ready: false,
            createdMs: NOW_MS - 61_000,
          }),
        ],
      };
      const plan = decideMesosCluster(failing);
      const set = plan.actions.find(
        (one) => one.kind === "apply" && one.child.kind === "DaemonSet",
      );
      const manifest = set?.kind === "apply" ? set.child.manifest : undefined;
      expect((manifest?.spec as { template: unknown }).template).to.deep.equal(good);
      expect(manifest?.metadata.annotations).to.have.property("orchestrator.io/blocked-template");
      expect(conditions(plan)).to.include({ Stalled: "True UpgradeBlocked" });
    });
  });

  it("says which binding an administrator must make, looks again, and makes the children meanwhile", () => {
    const plan = decideMesosCluster(
      makeSeen({ metadata: { name: "other", namespace: "team" }, unbound: ["master", "agent"] }),
    );
    expect(conditions(plan)).to.include({ Stalled: "True SidecarNamespace" });
    const dedicated = decideMesosCluster(
      makeSeen({
        metadata: { name: "other", namespace: "team" },
        spec: { masters: { placement: "Dedicated" } },
        unbound: ["master", "agent"],
      }),
    );
    expect(conditions(dedicated)).to.include({
      Stalled: "True Forbidden",
      Ready: "False Forbidden",
    });
    const told = dedicated.status.conditions.find(({ type }) => type === "Stalled")?.message;
    expect(told).to.include(
      "kubectl create clusterrolebinding team-other-master --clusterrole=orchestrator-master-cluster --serviceaccount=team:other-master && kubectl create clusterrolebinding team-other-agent --clusterrole=orchestrator-agent-cluster --serviceaccount=team:other-agent",
    );
    expect(dedicated.requeueAfterMs).to.equal(15_000);
    expect(dedicated.actions.some(({ kind }) => kind === "apply")).to.equal(true);
  });

  interface Refusal {
    readonly given: SeenInput;
    readonly reason: string;
    readonly message: RegExp;
  }
  const refusals: Record<string, Refusal> = {
    "a sidecar outside the operator's namespace": {
      given: { metadata: { namespace: "elsewhere" } },
      reason: "SidecarNamespace",
      message: /namespace orchestrator/,
    },
    "a second sidecar: the oldest has it": {
      given: {
        others: [{ namespace: "orchestrator", name: "first", createdMs: 1, sidecar: true }],
      },
      reason: "SidecarTaken",
      message: /MesosCluster first/,
    },
    "nodes that another cluster's agents already offer": {
      given: {
        nodes: [makeNode("n1", { labels: { disk: "ssd" } })],
        others: [
          {
            namespace: "x",
            name: "y",
            createdMs: 1,
            sidecar: false,
            nodeSelector: { disk: "ssd" },
          },
        ],
      },
      reason: "NodesTaken",
      message: /node n1 .*x\/y/,
    },
    "a resource text that cannot be read, with the place": {
      given: { spec: { agents: { resources: "cpus:4;mem:lots" } } },
      reason: "InvalidSpec",
      message: /spec\.agents\.resources: at "mem:lots"/,
    },
    "quantities that cannot be read": {
      given: { spec: { allocation: { minAllocatable: "cpus=1" } } },
      reason: "InvalidSpec",
      message: /spec\.allocation\.minAllocatable: "cpus=1"/,
    },
    "a flag of masters that nobody reads": {
      given: { spec: { masters: { flags: { alocation_seed: "1" } } } },
      reason: "InvalidSpec",
      message: /no flag alocation_seed; known: agent_order/,
    },
    "a quota that may be borrowed from": {
      given: { spec: { roles: [{ name: "web", quota: { mode: "Soft" } }] } },
      reason: "InvalidSpec",
      message: /spec\.roles\[\]\.quota\.mode other than Hard is not available/,
    },
    "authentication that it could not give": {
      given: { spec: { security: { authentication: { mode: "Required" } } } },
      reason: "InvalidSpec",
      message: /spec\.security\.authentication is not available/,
    },
    "an audit that would be kept for another time than none": {
      given: { spec: { security: { audit: { retentionDays: 30 } } } },
      reason: "InvalidSpec",
      message: /spec\.security\.audit\.retentionDays is not available/,
    },
    "tokens of service accounts that it could not refuse": {
      given: { spec: { security: { authentication: { serviceAccountTokens: false } } } },
      reason: "InvalidSpec",
      message: /spec\.security\.authentication\.serviceAccountTokens: false is not available/,
    },
    "a path of ZooKeeper that nobody writes": {
      given: { spec: { masters: { zookeeperPath: "/prod" } } },
      reason: "InvalidSpec",
      message: /spec\.masters\.zookeeperPath is not available/,
    },
    "a port that clients would not be sent to": {
      given: { spec: { masters: { advertise: { port: 80 } } } },
      reason: "InvalidSpec",
      message: /spec\.masters\.advertise\.port is not available/,
    },
    "a drain before an agent is replaced": {
      given: { spec: { agents: { updateStrategy: { drain: "Always" } } } },
      reason: "InvalidSpec",
      message: /spec\.agents\.updateStrategy\.drain: Always is not available/,
    },
    "a time for drains that do not happen": {
      given: { spec: { agents: { updateStrategy: { drainSeconds: 5 } } } },
      reason: "InvalidSpec",
      message: /spec\.agents\.updateStrategy\.drainSeconds is not available/,
    },
    "a part that this release does not have": {
      given: { spec: { zookeeper: { managed: {} } } },
      reason: "InvalidSpec",
      message: /spec\.zookeeper\.managed is not available/,
    },
  };
  for (const [name, { given, reason, message }] of Object.entries(refusals)) {
    it(`refuses ${name}`, () => {
      const plan = decideMesosCluster(makeSeen(given));
      expect(plan.actions).to.deep.equal([]);
      expect(conditions(plan)).to.include({ Stalled: `True ${reason}` });
      expect(plan.status.message).to.match(message);
      expect(plan.status.phase).to.equal("Stalled");
    });
  }

  it("waits until the children of an earlier cluster of that name are gone", () => {
    const first = decideMesosCluster(makeSeen({ metadata: { uid: "uid-earlier" } }));
    const children = first.actions.flatMap((action) =>
      action.kind === "apply" ? [makeLive(action.child)] : [],
    );
    const plan = decideMesosCluster(makeSeen({ children }));
    expect(plan.actions).to.deep.equal([]);
    expect(conditions(plan)).to.include({ Reconciling: "True WaitingForDependency" });
    expect(conditions(plan)).not.to.have.property("Stalled");
  });

  it("leaves alone what others made under the name of a child", () => {
    const first = decideMesosCluster(makeSeen());
    const config = first.actions.find(
      (action) => action.kind === "apply" && action.child.kind === "ConfigMap",
    );
    if (config?.kind !== "apply") throw new Error("no ConfigMap");
    const foreign = { ...makeLive(config.child), labels: {}, owners: [] };
    const plan = decideMesosCluster(makeSeen({ children: [foreign] }));
    expect(plan.actions).to.deep.equal([]);
    expect(conditions(plan)).to.include({ Stalled: "True NameCollision" });
  });
});
