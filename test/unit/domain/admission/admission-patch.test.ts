import { expect } from "chai";
import type { AgentId } from "../../../../src/api/ids/ids.ts";
import { asId } from "../../../../src/api/ids/ids.ts";
import type { PatchOperation } from "../../../../src/domain/admission/admission-patch.ts";
import { admissionPatch } from "../../../../src/domain/admission/admission-patch.ts";
import { deletionCost } from "../../../../src/domain/admission/deletion-cost.ts";
import { readPoolPod } from "../../../../src/domain/admission/pool-pod.ts";
import { resourcesOf } from "../../../../src/domain/resources/parse-resources.ts";
import { makeGatedPod, type PodParts } from "../../../support/admission/make-gated-pod.ts";

const NOW_MS = Date.UTC(2026, 0, 1);

function patchOf(parts: PodParts, charged: string): readonly PatchOperation[] {
  const read = readPoolPod(makeGatedPod(parts), { pool: "mesos", defaultRole: "*", extended: {} });
  const resources = resourcesOf(charged);
  if (read.kind !== "pool") throw new Error("expected a pod of the pool");
  return admissionPatch(read.pod, {
    agentId: asId<AgentId>("m-S0"),
    hostnameLabel: "node-a.example",
    resources,
    term: 4,
    nowMs: NOW_MS,
  });
}

describe("admissionPatch", () => {
  it("opens the gate of a pod without constraints and adds no node selector of ours", () => {
    expect(patchOf({ resourceVersion: "42" }, "cpus:1;mem:32")).to.deep.equal([
      { op: "replace", path: "/metadata/resourceVersion", value: "42" },
      { op: "remove", path: "/spec/schedulingGates/0" },
      {
        op: "add",
        path: "/metadata/annotations",
        value: { "orchestrator.io/admitted": "4/m-S0" },
      },
    ]);
  });

  it("leaves other gates alone", () => {
    const gates = [{ name: "example.com/budget" }, { name: "orchestrator.io/admission" }];
    const patch = patchOf({ spec: { schedulingGates: gates } }, "cpus:1;mem:32");
    expect(patch[1]).to.deep.equal({ op: "remove", path: "/spec/schedulingGates/1" });
  });

  it("pins a pod with constraints beside the selector it has", () => {
    const annotations = { "orchestrator.io/constraints": '[["hostname","UNIQUE"]]' };
    const patch = patchOf(
      { annotations, spec: { nodeSelector: { disk: "ssd" } } },
      "cpus:1;mem:32",
    );
    expect(patch).to.deep.include({
      op: "add",
      path: "/spec/nodeSelector/kubernetes.io~1hostname",
      value: "node-a.example",
    });
  });

  it("writes the chosen ports, in ascending order, each and all", () => {
    const annotations = { "orchestrator.io/dynamic-ports": "2" };
    const patch = patchOf({ annotations }, "cpus:1;mem:32;ports:[31000-31000,31005-31005]");
    const added = Object.fromEntries(patch.map(({ path, value }) => [path, value]));
    expect(added).to.include({
      "/metadata/annotations/marathon.orchestrator.io~1port.0": "31000",
      "/metadata/annotations/marathon.orchestrator.io~1port.1": "31005",
      "/metadata/annotations/marathon.orchestrator.io~1ports": "31000,31005",
    });
    expect(added["/spec/nodeSelector"]).to.deep.equal({
      "kubernetes.io/hostname": "node-a.example",
    });
  });

  it("says that the room is lent where it is charged as revocable (MES-42)", () => {
    const patch = patchOf({}, "cpus{REV}:1;mem{REV}:32");
    expect(patch.at(-1)?.value).to.deep.equal({
      "orchestrator.io/admitted": "4/m-S0",
      "orchestrator.io/borrowed": "true",
    });
  });

  it("writes the deletion cost of the kill selection", () => {
    const annotations = { "orchestrator.io/kill-selection": "YOUNGEST_FIRST" };
    expect(patchOf({ annotations }, "cpus:1;mem:32")).to.deep.include({
      op: "add",
      path: "/metadata/annotations/controller.kubernetes.io~1pod-deletion-cost",
      value: "-67225600",
    });
  });
});

describe("deletionCost", () => {
  it("makes the youngest cheapest for YOUNGEST_FIRST and the oldest for OLDEST_FIRST", () => {
    expect(deletionCost("YOUNGEST_FIRST", NOW_MS)).to.be.greaterThan(
      deletionCost("YOUNGEST_FIRST", NOW_MS + 1000),
    );
    expect(deletionCost("OLDEST_FIRST", NOW_MS)).to.be.lessThan(
      deletionCost("OLDEST_FIRST", NOW_MS + 1000),
    );
  });
});
