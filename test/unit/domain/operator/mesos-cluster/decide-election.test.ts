import { expect } from "chai";
import type { MesosClusterSpecInput } from "../../../../../src/api/crd/v1alpha1/mesos-cluster/spec.ts";
import type { MesosClusterStatus } from "../../../../../src/api/crd/v1alpha1/mesos-cluster/status.ts";
import {
  decideMesosCluster,
  type ClusterPlan,
} from "../../../../../src/domain/operator/mesos-cluster/decide.ts";
import type { LivePod, Seen } from "../../../../../src/domain/operator/mesos-cluster/observed.ts";
import { makePod, makeSeen } from "../../../../support/mesos-cluster/make-seen.ts";
import { applied, conditions, others } from "../../../../support/mesos-cluster/read-plan.ts";
import { settle, sidecar } from "../../../../support/mesos-cluster/ready-world.ts";

type Election = NonNullable<MesosClusterStatus["election"]>;

const ZK = { external: { connect: "z1:2181,z2:2181/chroot" } };
const MEMBERS = ["mesos-master-0", "mesos-master-1"];

function specOf(
  election: "Lease" | "ZooKeeper",
  rest: MesosClusterSpecInput = {},
): MesosClusterSpecInput {
  return {
    agents: { enabled: false },
    zookeeper: ZK,
    ...rest,
    masters: { placement: "Dedicated", replicas: 2, election, ...rest.masters },
  };
}

interface Template {
  readonly spec: {
    readonly containers: readonly [
      {
        readonly args: readonly string[];
        readonly env: readonly { readonly name: string; readonly value?: string }[];
      },
    ];
  };
}
function templateOf(plan: ClusterPlan): Template {
  const action = plan.actions.find(
    (one) => one.kind === "apply" && one.child.kind === "StatefulSet",
  );
  const body: unknown = action?.kind === "apply" ? action.child.manifest.spec : undefined;
  return (body as { template: Template }).template;
}
const argsOf = (plan: ClusterPlan): readonly string[] =>
  templateOf(plan).spec.containers[0].args.slice(2);
const ZK_ARG = "--zk=zk://z1:2181,z2:2181/chroot/mesos";

const pods = (revision: string): LivePod[] => MEMBERS.map((name) => makePod({ name, revision }));

/** The world after masters of one election were made, rolled and lead. */
function world(seen: Seen, election: Election, masterPods = pods("new")): Seen {
  const plan = decideMesosCluster(seen);
  const status: MesosClusterStatus = { leader: { pod: "mesos-master-0" }, election };
  const settled = settle(seen, plan, masterPods);
  return { ...settled, cluster: { ...settled.cluster, status } };
}
function withSpec(seen: Seen, spec: MesosClusterSpecInput): Seen {
  return {
    ...seen,
    cluster: { ...seen.cluster, spec: makeSeen({ spec }).cluster.spec },
  };
}
const seenOf = (spec: MesosClusterSpecInput): Seen =>
  makeSeen({ spec, operatorPods: [sidecar], masterPods: pods("new") });

describe("election of masters by the operator (MES-02)", () => {
  it("leaves the pods of masters that elect by Lease as they are when they are to be published", () => {
    const without = seenOf({ ...specOf("Lease"), zookeeper: undefined });
    expect(templateOf(decideMesosCluster(seenOf(specOf("Lease"))))).to.deep.equal(
      templateOf(decideMesosCluster(without)),
    );
  });

  it("makes a new cluster's masters elect where the spec says, from the beginning", () => {
    const plan = decideMesosCluster(seenOf(specOf("ZooKeeper")));
    expect(argsOf(plan)).to.deep.equal(["--election=zookeeper", ZK_ARG]);
  });

  it("gives credentials by environment, never as argument: of a Secret, or those of the address", () => {
    const secret = decideMesosCluster(
      seenOf(
        specOf("ZooKeeper", {
          zookeeper: { external: { connect: "z", authSecretRef: { name: "s" } } },
        }),
      ),
    );
    const [{ env }] = templateOf(secret).spec.containers;
    expect(env.slice(0, 3)).to.deep.equal([
      { name: "ZK_USERNAME", valueFrom: { secretKeyRef: { name: "s", key: "username" } } },
      { name: "ZK_PASSWORD", valueFrom: { secretKeyRef: { name: "s", key: "password" } } },
      { name: "ORCHESTRATOR_MASTER_ZK_AUTH", value: "$(ZK_USERNAME):$(ZK_PASSWORD)" },
    ]);
    const inline = decideMesosCluster(
      seenOf(specOf("ZooKeeper", { zookeeper: { external: { connect: "zk://u:p$(X)@z:1/c" } } })),
    );
    expect(argsOf(inline)).to.deep.equal(["--election=zookeeper", "--zk=zk://z:1/c/mesos"]);
    expect(templateOf(inline).spec.containers[0].env[0]).to.deep.equal({
      name: "ORCHESTRATOR_MASTER_ZK_AUTH",
      value: "u:p$$(X)",
    });
  });

  for (const [from, to, args] of [
    ["Lease", "ZooKeeper", ["--election=zookeeper", ZK_ARG]],
    ["ZooKeeper", "Lease", []],
  ] as const) {
    it(`goes from ${from} to ${to} in two rolls, the second only when every master holds both`, () => {
      const both = ["--election=both", ZK_ARG];
      const ready = world(seenOf(specOf(from)), from);
      const asked = withSpec(ready, specOf(to));
      const first = decideMesosCluster(asked);
      expect(argsOf(first)).to.deep.equal(both);
      expect(conditions(first)).to.include({ Reconciling: "True MovingElection" });
      const rolling = world(asked, from, [
        makePod({ name: "mesos-master-0", revision: "old" }),
        makePod({ name: "mesos-master-1", revision: "new" }),
      ]);
      expect(argsOf(decideMesosCluster(rolling)), "one master is of the old kind").to.deep.equal(
        both,
      );
      const leaving = world(asked, "Both", [
        ...pods("new"),
        makePod({ name: "mesos-master-2", revision: "old", deleting: true }),
      ]);
      expect(argsOf(decideMesosCluster(leaving)), "one is on its way out").to.deep.equal(both);
      const untold = world(asked, from);
      expect(argsOf(decideMesosCluster(untold)), "the leader has not told yet").to.deep.equal(both);
      const held = world(asked, "Both");
      const second = decideMesosCluster(held);
      expect(argsOf(second)).to.deep.equal(args);
      const done = decideMesosCluster(world(held, to));
      expect(argsOf(done)).to.deep.equal(args);
      expect(conditions(done)).not.to.have.property("Reconciling");
    });

    it(`turns round through both when the change from ${from} to ${to} is taken back half way`, () => {
      const asked = withSpec(world(seenOf(specOf(from)), from), specOf(to));
      const held = world(asked, "Both");
      const half = world(held, "Both", [
        makePod({ name: "mesos-master-0", revision: "old" }),
        makePod({ name: "mesos-master-1", revision: "new" }),
      ]);
      const back = decideMesosCluster(withSpec(half, specOf(from)));
      expect(argsOf(back)).to.deep.equal(["--election=both", ZK_ARG]);
    });
  }

  it("begins with both while the operator's sidecar still leads by Lease", () => {
    const sidecarSpec: MesosClusterSpecInput = { agents: { enabled: false }, zookeeper: ZK };
    const before = makeSeen({ spec: sidecarSpec, operatorPods: [sidecar] });
    const beside = settle(before, decideMesosCluster(before));
    const plan = decideMesosCluster(withSpec(beside, specOf("ZooKeeper")));
    expect(argsOf(plan)).to.deep.equal(["--election=both", ZK_ARG]);
  });

  it("goes beside the operator by way of the Lease, and keeps its masters until they lead by it", () => {
    const elected = world(seenOf(specOf("ZooKeeper")), "ZooKeeper");
    const asked = withSpec(elected, {
      agents: { enabled: false },
      zookeeper: ZK,
      masters: { replicas: 2 },
    });
    const first = decideMesosCluster(asked);
    expect(argsOf(first)).to.deep.equal(["--election=both", ZK_ARG]);
    expect(others(first)).not.to.include("remove StatefulSet/mesos-master");
    const both = world(asked, "Both");
    const second = decideMesosCluster(both);
    expect(argsOf(second)).to.deep.equal([]);
    const rolled = world(both, "Both");
    expect(applied(decideMesosCluster(rolled)), "the leader still needs both").to.include(
      "StatefulSet/mesos-master",
    );
    const leased = world(both, "Lease");
    const moving = decideMesosCluster(leased);
    const moved = { ...settle(leased, moving, pods("new")), cluster: leased.cluster };
    expect(others(decideMesosCluster(moved))).to.include("remove StatefulSet/mesos-master");
  });

  describe("refuses", () => {
    const elected = (): Seen => world(seenOf(specOf("ZooKeeper")), "ZooKeeper");
    const moveTo = (connect: string, path = "/mesos"): Seen =>
      withSpec(
        elected(),
        specOf("ZooKeeper", {
          zookeeper: { external: { connect } },
          masters: { zookeeperPath: path },
        }),
      );
    const refusals: Record<string, { given: () => Seen; message: RegExp }> = {
      "an election elsewhere while masters elect: it would elect two leaders": {
        given: () => moveTo("other:2181/chroot"),
        message: /set masters\.election: Lease, wait until they are, then change it/,
      },
      "another path while masters elect": {
        given: () => moveTo("z1:2181/chroot", "/elsewhere"),
        message: /elected at another place/,
      },
      "ZooKeeper for masters beside the operator": {
        given: () => makeSeen({ spec: { zookeeper: ZK, masters: { election: "ZooKeeper" } } }),
        message: /beside the operator are elected by Lease: set masters\.placement: Dedicated/,
      },
      "a Secret that masters beside the operator could not read": {
        given: () =>
          makeSeen({
            spec: { zookeeper: { external: { connect: "z", authSecretRef: { name: "s" } } } },
          }),
        message: /authSecretRef: masters beside the operator read no Secrets/,
      },
      "a secret election": {
        given: () => seenOf(specOf("ZooKeeper", { masters: { publishMasterInfo: false } })),
        message: /an election by ZooKeeper is public/,
      },
      "an address without a usable path": {
        given: () =>
          seenOf(
            specOf("Lease", {
              zookeeper: { external: { connect: "z1:2181" } },
              masters: { zookeeperPath: "/" },
            }),
          ),
        message: /spec\.zookeeper\.external\.connect: the path is the root/,
      },
      "TLS that the client does not speak": {
        given: () =>
          seenOf(
            specOf("Lease", { zookeeper: { external: { connect: "z", tls: { enabled: true } } } }),
          ),
        message: /spec\.zookeeper\.external\.tls is not available/,
      },
      "a time of sessions that nobody would ask for": {
        given: () =>
          seenOf(
            specOf("Lease", {
              zookeeper: { external: { connect: "z", sessionTimeoutMs: 30_000 } },
            }),
          ),
        message: /sessionTimeoutMs .*is not available/,
      },
      "records in ZooKeeper": {
        given: () => seenOf(specOf("Lease", { masters: { registry: "ZooKeeper" } })),
        message: /spec\.masters\.registry: ZooKeeper is not available/,
      },
    };
    for (const [name, { given, message }] of Object.entries(refusals)) {
      it(name, () => {
        const plan = decideMesosCluster(given());
        expect(plan.actions).to.deep.equal([]);
        expect(conditions(plan)).to.include({ Stalled: "True InvalidSpec" });
        expect(plan.status.message).to.match(message);
      });
    }

    it("no further server of the ensemble that masters know already", () => {
      const plan = decideMesosCluster(moveTo("z2:2181,z3:2181/chroot"));
      expect(argsOf(plan)).to.deep.equal([
        "--election=zookeeper",
        "--zk=zk://z2:2181,z3:2181/chroot/mesos",
      ]);
    });
  });
});
