import { expect } from "chai";
import type { PoolPod, ReadPod } from "../../../../src/domain/admission/pool-pod.ts";
import { needsPin, readPoolPod } from "../../../../src/domain/admission/pool-pod.ts";
import { formatResources } from "../../../../src/domain/resources/format-resources.ts";
import { makeGatedPod, type PodParts } from "../../../support/admission/make-gated-pod.ts";

const rules = { pool: "mesos", defaultRole: "*", extended: { "example.com/fpga": "fpgas" } };
const read = (parts: PodParts): ReadPod => readPoolPod(makeGatedPod(parts), rules);
function poolPod(parts: PodParts): PoolPod {
  const seen = read(parts);
  if (seen.kind === "outside") throw new Error("expected a pod of the pool");
  return seen.pod;
}

describe("readPoolPod", () => {
  const states: Record<string, { given: PodParts; want: PoolPod["state"] }> = {
    "a pod with our gate waits": { given: {}, want: { kind: "waiting" } },
    "a pod without gate or node is admitted where its annotation says": {
      given: { gated: false, annotations: { "orchestrator.io/admitted": "7/m-1-S3" } },
      want: { kind: "admitted", agentId: "m-1-S3" as never },
    },
    "a gate that somebody else removed names no agent": {
      given: { gated: false },
      want: { kind: "admitted" },
    },
    "a pod on a node is placed": {
      given: {
        gated: false,
        nodeName: "n1",
        annotations: { "orchestrator.io/admitted": "7/m-1-S3" },
      },
      want: { kind: "placed", nodeName: "n1", isAdmitted: true },
    },
    "a pod on a node without our annotation is placed, not admitted": {
      given: { gated: false, nodeName: "n1" },
      want: { kind: "placed", nodeName: "n1", isAdmitted: false },
    },
    "a pod that ended is over": {
      given: { gated: false, nodeName: "n1", phase: "Succeeded" },
      want: { kind: "over" },
    },
    "a gated pod that is being deleted is over": {
      given: { deletedAt: "2026-01-01T00:00:01Z" },
      want: { kind: "over" },
    },
    "a running pod that is being deleted still holds its room": {
      given: { gated: false, nodeName: "n1", phase: "Running", deletedAt: "2026-01-01T00:00:01Z" },
      want: { kind: "placed", nodeName: "n1", isAdmitted: false },
    },
  };
  for (const [name, { given, want }] of Object.entries(states)) {
    it(name, () => expect(poolPod(given).state).to.deep.equal(want));
  }

  it("passes by pods of other pools and pods that agents make", () => {
    expect(read({ labels: { "orchestrator.io/pool": "other" } }).kind).to.equal("outside");
    expect(read({ labels: { "orchestrator.io/kind": "task" } }).kind).to.equal("outside");
  });

  it("takes role, request, app and kill selection from spec and annotations", () => {
    const pod = poolPod({
      role: "eng/web",
      cpu: "1500m",
      memory: "100M",
      labels: { "marathon.orchestrator.io/app": "shop" },
      annotations: {
        "marathon.orchestrator.io/version": "v1",
        "orchestrator.io/kill-selection": "OLDEST_FIRST",
      },
      spec: { priority: 7 },
    });
    expect(pod).to.include({
      role: "eng/web",
      appKey: "default/shop",
      appVersion: "v1",
      killSelection: "OLDEST_FIRST",
      priority: 7,
      acceptedRoles: "both",
    });
    expect(formatResources(pod.request)).to.equal("cpus:1.5;mem:96");
  });

  const accepted: Record<string, { text: string; want: string }> = {
    'the role "*" alone means unreserved only': { text: '["*"]', want: "unreserved" },
    "the own role alone means reserved only": { text: '["web"]', want: "reserved" },
    "both mean both": { text: '["*","web"]', want: "both" },
  };
  for (const [name, { text, want }] of Object.entries(accepted)) {
    it(name, () => {
      const annotations = { "orchestrator.io/accepted-roles": text };
      expect(poolPod({ role: "web", annotations }).acceptedRoles).to.equal(want);
    });
  }

  const faults: Record<string, { given: PodParts; want: string }> = {
    "an invalid role": { given: { role: "/web" }, want: "InvalidRole" },
    "a foreign accepted role": {
      given: { role: "web", annotations: { "orchestrator.io/accepted-roles": '["ml"]' } },
      want: "InvalidAcceptedRoles",
    },
    "ports that are no number": {
      given: { annotations: { "orchestrator.io/dynamic-ports": "two" } },
      want: "InvalidDynamicPorts",
    },
    "constraints that are no JSON": {
      given: { annotations: { "orchestrator.io/constraints": "hostname UNIQUE" } },
      want: "InvalidConstraints",
    },
    "a constraint without a known operator": {
      given: { annotations: { "orchestrator.io/constraints": '[["hostname","NEAR","x"]]' } },
      want: "InvalidConstraints",
    },
  };
  for (const [name, { given, want }] of Object.entries(faults)) {
    it(`${name} is a fault that keeps the pod gated`, () => {
      const seen = read(given);
      expect(seen.kind === "faulty" && seen.fault.reason).to.equal(want);
    });
  }

  it("pins pods with constraints or dynamic ports, and no others", () => {
    const constraints = { "orchestrator.io/constraints": '[["hostname","UNIQUE"]]' };
    expect(needsPin(poolPod({}))).to.equal(false);
    expect(needsPin(poolPod({ annotations: constraints }))).to.equal(true);
    expect(needsPin(poolPod({ annotations: { "orchestrator.io/dynamic-ports": "1" } }))).to.equal(
      true,
    );
  });
});
