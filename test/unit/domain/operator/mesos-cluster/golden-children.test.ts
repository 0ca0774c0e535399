import { expect } from "chai";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { env } from "node:process";
import { stringify } from "yaml";
import type { MesosClusterSpecInput } from "../../../../../src/api/crd/v1alpha1/mesos-cluster/spec.ts";
import { decideMesosCluster } from "../../../../../src/domain/operator/mesos-cluster/decide.ts";
import { makeSeen } from "../../../../support/mesos-cluster/make-seen.ts";

const FOLDER = join(import.meta.dirname, "../../../../support/mesos-cluster/golden");
/** Set it to write the files anew; then read the difference: a changed pod template restarts pods on upgrade. */
const UPDATES = env.ORCHESTRATOR_UPDATE_GOLDENS === "1";

const SCENARIOS: Readonly<Record<string, MesosClusterSpecInput>> = {
  sidecar: {},
  "dedicated-three": { masters: { placement: "Dedicated" } },
  "dedicated-one-without-agents": {
    masters: { placement: "Dedicated", replicas: 1 },
    agents: { enabled: false },
    security: { networkPolicy: { enabled: false } },
  },
  "with-overrides": {
    clusterName: "production",
    image: "registry.example/orchestrator:2",
    masters: {
      placement: "Dedicated",
      spread: "Hard",
      resources: { requests: { cpu: 1, memory: "1Gi" }, limits: { memory: "2Gi" } },
      nodeSelector: { pool: "infra" },
      service: { port: 80, annotations: { "example.com/team": "platform" } },
    },
    agents: {
      resources: "cpus:16;mem:65536",
      reserve: { cpus: "500m", memoryMiB: 512 },
      attributes: { static: { rack: "r1" } },
      tolerations: [{ key: "dedicated", operator: "Exists" }],
      env: [{ name: "MESOS_LOG_LEVEL", value: "debug" }],
      flags: { cgroups_enable_cfs: "true" },
      podTemplate: { spec: { hostNetwork: true } },
    },
    security: { networkPolicy: { from: [{ namespaceSelector: { matchLabels: { a: "b" } } }] } },
  },
};

function render(spec: MesosClusterSpecInput): string {
  const { actions } = decideMesosCluster(makeSeen({ spec }));
  return actions
    .flatMap((action) => (action.kind === "apply" ? [action.child.manifest] : []))
    .map((manifest) => stringify(manifest, { aliasDuplicateObjects: false, lineWidth: 0 }))
    .join("---\n");
}

describe("children of a MesosCluster", () => {
  for (const [name, spec] of Object.entries(SCENARIOS)) {
    it(`are, byte for byte, those of golden/${name}.yaml`, () => {
      const path = join(FOLDER, `${name}.yaml`);
      const text = render(spec);
      if (UPDATES) writeFileSync(path, text);
      expect(text).to.equal(readFileSync(path, "utf8"));
    });
  }

  it("keep the pod templates of an unchanged spec when the operator is another release", () => {
    const templates = (version: string): string => {
      const seen = makeSeen({ spec: { masters: { placement: "Dedicated" } } });
      const { actions } = decideMesosCluster({
        ...seen,
        operator: { ...seen.operator, version },
      });
      const found = actions.flatMap((action) => {
        if (action.kind !== "apply") return [];
        const { template } = (action.child.manifest.spec ?? {}) as { template?: object };
        return template === undefined ? [] : [template];
      });
      expect(found).to.have.length(2);
      return JSON.stringify(found);
    };
    expect(templates("9.9.9")).to.equal(templates("1.2.3"));
  });
});
