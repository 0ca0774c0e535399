import { expect } from "chai";
import { decideMesosCluster } from "../../../../../src/domain/operator/mesos-cluster/decide.ts";
import { makeNode, makeSeen, type SeenInput } from "../../../../support/mesos-cluster/make-seen.ts";
import { conditions } from "../../../../support/mesos-cluster/read-plan.ts";

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
  ...Object.fromEntries(
    Object.entries({
      agent_order: "foo",
      allocation_seed: "-1",
      allocation_trigger: "",
      authenticate_agents: "yes",
      roles: "web,/ml",
      root_submissions: "no",
      share_counts_idle_reservations: "1",
    }).map(([flag, text]): [string, Refusal] => [
      `a value of ${flag} that cannot be read`,
      {
        given: { spec: { masters: { flags: { [flag]: text } } } },
        reason: "InvalidSpec",
        message: new RegExp(`^spec\\.masters\\.flags\\.${flag}: give `),
      },
    ]),
  ),
  "authentication that it could not give": {
    given: {
      spec: {
        security: {
          authentication: { oidc: { issuer: "https://issuer.example", audience: "mesos" } },
        },
      },
    },
    reason: "InvalidSpec",
    message: /spec\.security\.authentication\.oidc is not available/,
  },
  "client certificates that it could not check": {
    given: { spec: { security: { authentication: { clientCertificates: true } } } },
    reason: "InvalidSpec",
    message: /spec\.security\.authentication\.clientCertificates is not available/,
  },
  "credentials that nobody could give": {
    given: {
      spec: {
        security: { authentication: { mode: "Required", serviceAccountTokens: false } },
      },
    },
    reason: "InvalidSpec",
    message: /name a credentialsSecretRef, or set serviceAccountTokens: true/,
  },
  "agents that could not register": {
    given: {
      spec: {
        security: {
          authentication: {
            mode: "Required",
            serviceAccountTokens: false,
            credentialsSecretRef: { name: "people" },
          },
        },
      },
    },
    reason: "InvalidSpec",
    message: /agents have no other credentials/,
  },
  "a realm that asks perhaps": {
    given: { spec: { masters: { flags: { authenticate_http_readonly: "yes" } } } },
    reason: "InvalidSpec",
    message: /spec\.masters\.flags\.authenticate_http_readonly: give true or false/,
  },
  "ACLs that cannot be read, with the place": {
    given: {
      spec: {
        security: {
          authorization: {
            acls: { run_tasks: [{ principals: { type: "ANY" }, user: { type: "ANY" } }] },
          },
        },
      },
    },
    reason: "InvalidSpec",
    message: /spec\.security\.authorization\.acls\.run_tasks\[0\]\.user: unknown field/,
  },
  "a principal that could never call": {
    given: { spec: { security: { principals: [{ name: "marathon", qps: 0 }] } } },
    reason: "InvalidSpec",
    message: /spec\.security\.principals\[marathon\]\.qps: must be above 0/,
  },
  "an audit that would be kept for another time than none": {
    given: { spec: { security: { audit: { retentionDays: 30 } } } },
    reason: "InvalidSpec",
    message: /spec\.security\.audit\.retentionDays is not available/,
  },
  "a path of ZooKeeper that nobody writes": {
    given: { spec: { masters: { zookeeperPath: "/prod" } } },
    reason: "InvalidSpec",
    message: /spec\.masters\.zookeeperPath without spec\.zookeeper is not available/,
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
  "maintenance at times that nobody can read": {
    given: {
      spec: {
        maintenance: {
          windows: [
            {
              name: "w",
              machines: [{ hostname: "n1" }],
              schedule: "0 3 * * Someday",
              durationSeconds: 60,
            },
          ],
        },
      },
    },
    reason: "InvalidSpec",
    message:
      /spec\.maintenance\.windows: w: "0 3 \* \* Someday" is no cron schedule of five fields/,
  },
  "time for machines to be left before their maintenance": {
    given: {
      spec: {
        maintenance: {
          windows: [
            {
              name: "w",
              machines: [{ hostname: "n1" }],
              start: "2030-01-01T00:00:00Z",
              graceSeconds: 60,
            },
          ],
        },
      },
    },
    reason: "InvalidSpec",
    message: /spec\.maintenance\.windows\[\]\.graceSeconds is not available/,
  },
  "a part that this release does not have": {
    given: { spec: { zookeeper: { managed: {} } } },
    reason: "InvalidSpec",
    message: /spec\.zookeeper\.managed is not available/,
  },
};

describe("decideMesosCluster on what it cannot do", () => {
  for (const [name, { given, reason, message }] of Object.entries(refusals)) {
    it(`refuses ${name}`, () => {
      const plan = decideMesosCluster(makeSeen(given));
      expect(plan.actions).to.deep.equal([]);
      expect(conditions(plan)).to.include({ Stalled: `True ${reason}` });
      expect(plan.status.message).to.match(message);
      expect(plan.status.phase).to.equal("Stalled");
    });
  }

  const accepted: Record<string, SeenInput> = {
    "authentication, ACLs and rates as they are served": {
      spec: {
        masters: { flags: { authenticate_http_readonly: "false" } },
        security: {
          authentication: { mode: "Required", credentialsSecretRef: { name: "people" } },
          authorization: { acls: { permissive: false } },
          principals: [{ name: "marathon", qps: 10 }],
          rateLimitDefault: { qps: 5, capacity: 50 },
        },
      },
    },
    "no tokens, where agents are not asked who they are": {
      spec: {
        masters: { flags: { authenticate_agents: "false" } },
        security: {
          authentication: {
            mode: "Required",
            serviceAccountTokens: false,
            credentialsSecretRef: { name: "people" },
          },
          authorization: { aclsConfigMapRef: { name: "acls" } },
        },
      },
    },
  };
  for (const [name, given] of Object.entries(accepted)) {
    it(`takes ${name} (SEC-01, SEC-05)`, () => {
      expect(conditions(decideMesosCluster(makeSeen(given)))["Stalled"]).not.to.match(/^True/);
    });
  }

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
});
