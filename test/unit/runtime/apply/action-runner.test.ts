import { expect } from "chai";
import { OperatingError } from "../../../../src/api/errors/operating-error.ts";
import { ActionRunner } from "../../../../src/runtime/apply/action-runner.ts";
import { APPLIED_HASH } from "../../../../src/runtime/apply/decide-apply.ts";
import type { KubeAction } from "../../../../src/runtime/apply/kube-action.ts";
import { previewActions } from "../../../../src/runtime/apply/preview.ts";
import { KINDS } from "../../../../src/runtime/kube/core-kinds.ts";
import type { KubeObject } from "../../../../src/runtime/kube/kube-object.ts";
import { FakeKube } from "../../../support/kubernetes/fake-kube.ts";
import { RecordingMeter } from "../../../support/recording-meter.ts";

const kind = KINDS.ConfigMap;
const desired = (value: string, name = "a"): KubeObject =>
  ({ metadata: { name, namespace: "ns" }, data: { value } }) as KubeObject;

describe("ActionRunner", () => {
  let kube: FakeKube;
  let meter: RecordingMeter;
  let runner: ActionRunner;
  const signal = new AbortController().signal;
  const live = (): KubeObject | undefined => kube.all(kind)[0];
  const applyOf = (value: string): KubeAction => {
    const known = live();
    return {
      kind: "apply",
      target: kind,
      desired: desired(value),
      ...(known === undefined ? {} : { live: known }),
    };
  };
  const run = (...actions: readonly KubeAction[]) => runner.run(actions, { kube, signal });

  beforeEach(() => {
    kube = new FakeKube();
    meter = new RecordingMeter();
    runner = new ActionRunner(meter);
  });

  it("creates, then asks for nothing while the object stays as it was applied", async () => {
    expect(await run(applyOf("1"))).to.deep.equal({ kind: "applied", writes: 1 });
    expect(live()?.metadata.annotations).to.have.property(APPLIED_HASH);
    expect(await run(applyOf("1"))).to.deep.equal({ kind: "applied", writes: 0 });
    expect(kube.calls).to.have.length(1);
  });

  it("applies again when we want something else, and when somebody else changed it", async () => {
    await run(applyOf("1"));
    expect(await run(applyOf("2"))).to.deep.equal({ kind: "applied", writes: 1 });
    kube.put(kind, { ...live()!, data: { value: "theirs" } } as KubeObject);
    expect(await run(applyOf("2"))).to.deep.equal({ kind: "applied", writes: 1 });
    expect(live()).to.have.nested.property("data.value", "2");
  });

  it("does not repeat an apply that changed nothing", async () => {
    kube.put(kind, { ...desired("1"), data: { value: "1" } } as KubeObject);
    const stubborn: KubeObject = { ...live()!, data: { other: "1" } } as KubeObject;
    const action: KubeAction = {
      kind: "apply",
      target: kind,
      desired: desired("1"),
      live: stubborn,
    };
    await run(action);
    const again = { ...action, live: { ...stubborn, metadata: live()!.metadata } };
    await run(again);
    await run(again);
    expect(kube.calls).to.have.length(2);
    expect(meter.value("orchestrator_apply_noop_total")).to.equal(1);
  });

  it("stops at the first action that fails", async () => {
    kube.intercept = ({ name }) => {
      if (name === "bad") throw new OperatingError("KUBE_FORBIDDEN", "no");
    };
    const action = (name: string): KubeAction => ({
      kind: "apply",
      target: kind,
      desired: desired("1", name),
    });
    const outcome = await run(action("good"), action("bad"), action("never"));
    expect(outcome).to.have.property("kind", "failed");
    expect(kube.all(kind).map(({ metadata }) => metadata.name)).to.deep.equal(["good"]);
  });

  it("is stale when the object that should be deleted has changed", async () => {
    const seen = kube.put(kind, desired("1"));
    kube.put(kind, desired("2"));
    const outcome = await run({ kind: "delete", target: kind, live: seen });
    expect(outcome).to.have.property("kind", "stale");
    expect(kube.all(kind)).to.have.length(1);
  });

  it("shows what a plan would do without doing it", async () => {
    const existing = kube.put(kind, desired("1", "b"));
    const plan: readonly KubeAction[] = [
      { kind: "apply", target: kind, desired: desired("1") },
      { kind: "apply", target: kind, desired: desired("2", "b"), live: existing },
      { kind: "delete", target: kind, live: existing },
    ];
    const before = JSON.stringify(kube.all(kind));
    expect(await previewActions(plan, { kube, signal })).to.deep.equal([
      { target: "ConfigMap ns/a", action: "Create", changedPaths: [], restartsPods: false },
      {
        target: "ConfigMap ns/b",
        action: "Update",
        changedPaths: [".data.value", ".metadata.annotations"],
        restartsPods: false,
      },
      { target: "ConfigMap ns/b", action: "Delete", changedPaths: [], restartsPods: false },
    ]);
    expect(JSON.stringify(kube.all(kind))).to.equal(before);
  });
});
