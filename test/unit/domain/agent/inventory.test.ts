import { expect } from "chai";
import { computeInventory, type InventoryRules } from "../../../../src/domain/agent/inventory.ts";
import type { KubeNode } from "../../../../src/domain/agent/kube-pod.ts";
import { formatResources } from "../../../../src/domain/resources/format-resources.ts";
import { makePod } from "../../../support/agent/builders.ts";

const NODE: KubeNode = {
  metadata: { name: "node-1" },
  status: { allocatable: { cpu: "8", memory: "16Gi", "ephemeral-storage": "100Gi", pods: "10" } },
};
const RULES: InventoryRules = {
  pool: "mesos",
  defaultRole: "*",
  reserve: {},
  ports: [[31_000, 31_005]],
  extended: {},
  fixed: {},
};
const POOL = { "orchestrator.io/pool": "mesos" };
const total = (pods: ReturnType<typeof makePod>[], rules = RULES): string =>
  formatResources(computeInventory(NODE, pods, rules).total);

describe("computeInventory", () => {
  const FULL = "cpus:8;mem:16384;disk:102400;ports:[31000-31005]";

  it("MES-38 offers what an empty node can allocate", () => expect(total([])).to.equal(FULL));

  it("takes off what outside pods ask for", () => {
    expect(total([makePod({ requests: ["500m/1Gi"] })])).to.equal(
      "cpus:7.5;mem:15360;disk:102400;ports:[31000-31005]",
    );
  });

  it("counts pods of another pool as outside", () => {
    const pod = makePod({ labels: { "orchestrator.io/pool": "other" } });
    expect(total([pod])).to.contain("cpus:7;");
  });

  it("takes nothing off for pods of the pool, the master books them", () => {
    expect(total([makePod({ labels: POOL })])).to.equal(FULL);
  });

  it("takes nothing off for pods that have ended", () => {
    expect(total([makePod({ phase: "Succeeded" }), makePod({ phase: "Failed" })])).to.equal(FULL);
  });

  it("keeps the reserve back and never goes below zero", () => {
    const rules = { ...RULES, reserve: { cpus: 7_500, mem: 99_999_000 } };
    expect(total([makePod({ requests: ["1/0"] })], rules)).to.equal(
      "disk:102400;ports:[31000-31005]",
    );
  });

  it("MES-07 leaves out host ports that outside pods hold", () => {
    const ports = [{ hostPort: 31_002 }, { hostPort: 80 }];
    const pod = makePod({ requests: [], spec: { containers: [{ name: "c", ports }] } });
    expect(total([pod])).to.contain("ports:[31000-31001,31003-31005]");
  });

  it("lets a flag stand for what the node allocates", () => {
    expect(total([], { ...RULES, fixed: { cpus: 4_000 } })).to.contain("cpus:4;");
  });

  it("counts Pod slots and reports pool pods with role and request, task pods not", () => {
    const pods = [
      makePod({ name: "a", labels: POOL, annotations: { "orchestrator.io/role": "web" } }),
      makePod({ name: "t", labels: { ...POOL, "orchestrator.io/kind": "task" } }),
      makePod({ name: "o" }),
    ];
    const seen = computeInventory(NODE, pods, RULES);
    expect(seen.podSlots).to.equal(7);
    expect(
      seen.poolPods.map(({ uid, role, requests }) => [uid, role, formatResources(requests)]),
    ).to.eql([["uid-a", "web", "cpus:1;mem:1024"]]);
  });
});
