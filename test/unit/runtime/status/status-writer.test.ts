import { expect } from "chai";
import { KINDS } from "../../../../src/runtime/kube/core-kinds.ts";
import type { KubeObject } from "../../../../src/runtime/kube/kube-object.ts";
import { mergeConditions, type Condition } from "../../../../src/runtime/status/condition.ts";
import { StatusWriter } from "../../../../src/runtime/status/status-writer.ts";
import { FakeKube } from "../../../support/kubernetes/fake-kube.ts";
import { VirtualClock } from "../../../support/virtual-clock.ts";

const kind = KINDS.StatefulSet;

describe("StatusWriter", () => {
  let kube: FakeKube;
  let clock: VirtualClock;
  let writer: StatusWriter;
  let live: KubeObject;
  const signal = new AbortController().signal;

  beforeEach(() => {
    kube = new FakeKube();
    clock = new VirtualClock();
    writer = new StatusWriter({ kind, clock, fieldManager: "orchestrator" });
    live = kube.put(kind, { metadata: { name: "a", namespace: "ns" } });
  });
  const write = async (status: object): Promise<string> => {
    const decision = await writer.write(live, status, { kube, signal });
    return decision.kind === "later" ? `later ${decision.afterMs}` : decision.kind;
  };
  const ready = (status: "True" | "False"): object => ({
    conditions: [{ type: "Ready", status, reason: "AllReady", message: "" }],
  });

  it("writes first, and nothing while the meaning stays the same", async () => {
    expect(await write({ tasks: 1 })).to.equal("write");
    expect(await write({ tasks: 1 })).to.equal("same");
    expect(kube.all(kind)[0]).to.have.nested.property("status.tasks", 1);
  });

  it("writes nothing when the live status says it already", async () => {
    live = { ...live, status: { tasks: 1 } } as KubeObject;
    expect(await write({ tasks: 1 })).to.equal("same");
    expect(kube.calls).to.deep.equal([]);
  });

  it("writes at most once in ten seconds", async () => {
    await write({ tasks: 1 });
    await clock.advance(4_000);
    expect(await write({ tasks: 2 })).to.equal("later 6000");
    await clock.advance(6_000);
    expect(await write({ tasks: 2 })).to.equal("write");
  });

  for (const [what, before, after] of [
    ["Ready", ready("True"), ready("False")],
    ["the phase", { phase: "Pending" }, { phase: "Ready" }],
    ["the leader", { leader: { name: "a" } }, { leader: { name: "b" } }],
    ["the observed generation", { observedGeneration: 200 }, { observedGeneration: 201 }],
  ] as const) {
    it(`writes at once when ${what} changes`, async () => {
      await write(before);
      expect(await write(after)).to.equal("write");
    });
  }

  it("leaves numbers that moved by less than a hundredth for five minutes", async () => {
    await write({ allocated: { cpus: 1_000 } });
    await clock.advance(60_000);
    expect(await write({ allocated: { cpus: 1_009 } })).to.equal("later 240000");
    expect(await write({ allocated: { cpus: 1_010 } })).to.equal("write");
  });

  it("never brings a deleted object back, nor writes to its namesake", async () => {
    kube.remove(kind, "ns/a");
    kube.put(kind, { metadata: { name: "a", namespace: "ns" } });
    const error = await write({ tasks: 1 }).catch((caught: unknown) => caught);
    expect(error).to.have.property("code", "KUBE_CONFLICT");
  });
});

describe("mergeConditions", () => {
  const condition = (
    status: "True" | "False",
    reason = "AllReady",
  ): Omit<Condition, "lastTransitionTime"> => ({
    type: "Ready",
    status,
    reason,
    message: "",
  });
  const nowMs = Date.UTC(2026, 10, 21, 13, 9, 12, 345);
  const before = { ...condition("True"), lastTransitionTime: "2026-01-01T00:00:00Z" };

  it("keeps the transition time while the status stays, whatever the reason says", () => {
    const [merged] = mergeConditions([before], [condition("True", "Other")], nowMs);
    expect(merged).to.include({ reason: "Other", lastTransitionTime: "2026-01-01T00:00:00Z" });
  });

  it("sets the transition time in whole seconds when the status flips", () => {
    const [merged] = mergeConditions([before], [condition("False")], nowMs);
    expect(merged?.lastTransitionTime).to.equal("2026-11-21T13:09:12Z");
  });

  it("cuts messages at 1,024 characters", () => {
    const long = { ...condition("True"), message: "x".repeat(2_000) };
    expect(mergeConditions([], [long], nowMs)[0]?.message).to.have.length(1_024);
  });
});
