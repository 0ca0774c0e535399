import { expect } from "chai";
import {
  decideMarathonApp,
  type MarathonAppAction,
  type MarathonAppPlan,
} from "../../../../src/domain/marathon/decide/decide-marathon-app.ts";
import type { MarathonAppSeen } from "../../../../src/domain/marathon/decide/marathon-app-seen.ts";
import type { LiveRollout } from "../../../../src/domain/marathon/status/rollout-state.ts";
import { makePod, makeSeen } from "../../../support/marathon/make-app.ts";

type ApplyAction = Extract<MarathonAppAction, { kind: "apply" }>;

const kinds = (plan: MarathonAppPlan): string[] =>
  plan.actions.map((action) =>
    action.kind === "apply" ? `apply ${action.manifest.kind}` : action.kind,
  );
const condition = (plan: MarathonAppPlan, type: string) =>
  plan.status.conditions.find((each) => each.type === type);
const reason = (plan: MarathonAppPlan, type: string): string | undefined =>
  condition(plan, type)?.reason;

/** The Rollout as the API server and Argo's controller would have it after the plan was applied. */
function applied(plan: MarathonAppPlan, status: LiveRollout["status"] = {}): LiveRollout {
  const action = plan.actions.find(
    (each): each is ApplyAction => each.kind === "apply" && each.manifest.kind === "Rollout",
  )!;
  const { metadata, spec } = action.manifest;
  return {
    metadata: { ...metadata, uid: "uid-rollout", resourceVersion: "7", generation: 3 },
    spec: spec as LiveRollout["spec"],
    status: { observedGeneration: "3", phase: "Healthy", replicas: 2, ...status },
  } as LiveRollout;
}

/** A converged app: everything was applied, recorded and rolled out. */
function settled(spec: object = {}, overrides: Partial<MarathonAppSeen> = {}): MarathonAppSeen {
  const before = makeSeen({ instances: 2, ...spec }, overrides);
  const plan = decideMarathonApp(before);
  const record = plan.actions.find((each) => each.kind === "recordVersion")!;
  return {
    ...before,
    nowMs: before.nowMs + 60_000,
    rollout: applied(plan),
    pods: [makePod({ name: "web-1" }), makePod({ name: "web-2" })],
    versions: [{ record: record.record, spec: record.spec }],
  };
}

describe("decideMarathonApp", () => {
  it("makes a Service, a Rollout, a budget and a record of the version, in this order", () => {
    const plan = decideMarathonApp(makeSeen({ instances: 2 }));
    expect(kinds(plan)).to.deep.equal([
      "apply Service",
      "apply Rollout",
      "apply PodDisruptionBudget",
      "recordVersion",
    ]);
    expect(plan.status.version).to.equal("2026-01-01T00:00:00.000Z");
    expect(reason(plan, "Ready")).to.equal("Deploying");
  });

  it("asks for the very same objects once they are there, whenever it looks", () => {
    const seen = settled();
    const first = decideMarathonApp(seen);
    const later = decideMarathonApp({ ...seen, nowMs: seen.nowMs + 3_600_000 });
    expect(later).to.deep.equal(first);
    const rollout = first.actions.find(
      (each): each is ApplyAction => each.kind === "apply" && each.manifest.kind === "Rollout",
    );
    expect(rollout?.manifest.spec).to.deep.equal(seen.rollout?.spec);
    expect(kinds(first)).to.not.include("recordVersion");
    expect(reason(first, "Ready")).to.equal("Running");
  });

  it("gives a scaled app a new version and keeps the date of its configuration", () => {
    const seen = settled();
    const scaled: MarathonAppSeen = {
      ...seen,
      object: { ...seen.object, spec: { ...seen.object.spec, instances: 5 } },
    };
    const { status } = decideMarathonApp(scaled);
    expect(status.versionInfo).to.deep.equal({
      lastConfigChangeAt: "2026-01-01T00:00:00.000Z",
      lastScalingAt: "2026-01-01T00:01:00.000Z",
    });
    expect(status.deployments).to.have.length(1);
  });

  it("keeps the way constraints are enforced while a configuration lives", () => {
    const constraints = [["rack", "LIKE", "r1"]];
    const seen = settled({ constraints }, { labelsOnEveryNode: new Set(["rack"]) });
    const joined = decideMarathonApp({ ...seen, labelsOnEveryNode: new Set() });
    expect(joined.status.version).to.equal("2026-01-01T00:00:00.000Z");
    expect(joined.status.deployments).to.equal(undefined);
  });

  const stalled: Readonly<
    Record<string, { readonly seen: MarathonAppSeen; readonly reason: string }>
  > = {
    "an older app with the same id": {
      seen: makeSeen({}, { duplicateOf: "older" }),
      reason: "DuplicateId",
    },
    "a broken rule": {
      seen: makeSeen({ constraints: [["hostname", "NEAR"]] }),
      reason: "InvalidSpec",
    },
    "no cluster to join": { seen: makeSeen({}, { cluster: undefined }), reason: "NoSuchCluster" },
    "a child's name held by somebody else": {
      seen: makeSeen({}, { rollout: { metadata: { name: "web" } } }),
      reason: "NameCollision",
    },
    "a persistent volume": {
      seen: makeSeen({
        container: {
          type: "MESOS",
          volumes: [{ containerPath: "data", mode: "RW", persistent: { size: 1 } }],
        },
      }),
      reason: "InvalidSpec",
    },
    "a field that can only be dropped, with strict": {
      seen: makeSeen({ executor: "/my/executor", strict: true }),
      reason: "InvalidSpec",
    },
  };
  for (const [name, given] of Object.entries(stalled)) {
    it(`changes nothing and is stalled for ${name}`, () => {
      const plan = decideMarathonApp(given.seen);
      expect(plan.actions).to.deep.equal([]);
      expect(reason(plan, "Stalled")).to.equal(given.reason);
      expect(plan.status.phase).to.equal("Stalled");
    });
  }

  it("changes no child while it is paused, and says so", () => {
    const plan = decideMarathonApp(makeSeen({ paused: true }));
    expect(plan.actions).to.deep.equal([]);
    expect(reason(plan, "ReconciliationPaused")).to.equal("Paused");
  });

  it("does nothing at all to an unmanaged app", () => {
    const plan = decideMarathonApp(makeSeen({ management: "Unmanaged" }));
    expect(plan.actions).to.deep.equal([]);
    expect(condition(plan, "Ready")).to.include({ status: "Unknown", reason: "Unmanaged" });
  });

  it("gives children no owner with deletionPolicy Orphan, and takes orphans back", () => {
    const plan = decideMarathonApp(makeSeen({ deletionPolicy: "Orphan" }));
    const rollout = applied(plan);
    expect(rollout.metadata.ownerReferences).to.deep.equal([]);
    expect(reason(decideMarathonApp(makeSeen({}, { rollout })), "Stalled")).to.equal(undefined);
  });

  it("is not done with an orphan before that has its owner", () => {
    const seen = settled();
    const { ownerReferences: _gone, ...metadata } = seen.rollout!.metadata;
    const orphan = { ...seen, rollout: { ...seen.rollout, metadata } };
    expect(reason(decideMarathonApp(seen), "Ready")).to.equal("Running");
    expect(reason(decideMarathonApp(orphan), "Ready")).to.equal("Deploying");
  });

  it("names fields beyond Marathon's that nothing acts on yet", () => {
    const plan = decideMarathonApp(makeSeen({ healing: { mode: "Relaunch" } }));
    expect(plan.status.fidelity?.items?.map(({ field }) => field)).to.include("healing");
    expect(reason(plan, "Mapped")).to.equal("FieldsDropped");
  });

  it("waits for the unfinished change of an app it depends on, but not when nothing changes", () => {
    const dependencies = [{ id: "/db", name: "db", isSettled: false }];
    const waiting = decideMarathonApp(makeSeen({ dependencies: ["/db"] }, { dependencies }));
    expect(waiting.actions).to.deep.equal([]);
    expect(reason(waiting, "Ready")).to.equal("WaitingForDependencies");
    const seen = settled(
      { dependencies: ["/db"] },
      { dependencies: [{ ...dependencies[0]!, isSettled: true }] },
    );
    expect(reason(decideMarathonApp({ ...seen, dependencies }), "Ready")).to.equal("Running");
  });

  it("says why instances wait, in Marathon's words", () => {
    const seen = settled();
    const unschedulable = "0/4 nodes are available: 4 Insufficient cpu.";
    const pods = [
      makePod(),
      makePod({ name: "web-2", phase: "Pending", nodeName: undefined, unschedulable }),
    ];
    const plan = decideMarathonApp({ ...seen, pods });
    expect(reason(plan, "Ready")).to.equal("WaitingForResources");
    expect(plan.status.queue).to.include({ reason: "InsufficientCpus", message: unschedulable });
    const gated = decideMarathonApp({ ...seen, pods: [makePod({ isGated: true })] });
    expect(gated.status.queue?.message).to.contain("engine");
  });

  it("a finished rollout stays finished when an instance fails later", () => {
    const seen = settled();
    const finished = decideMarathonApp(seen).status;
    const object = {
      ...seen.object,
      status: {
        ...finished,
        conditions: finished.conditions.map((c) => ({ ...c, lastTransitionTime: "" })),
      },
    };
    const degraded = {
      ...seen,
      object,
      rollout: { ...seen.rollout!, status: { observedGeneration: "3", phase: "Progressing" } },
      pods: [makePod()],
    } as MarathonAppSeen;
    const plan = decideMarathonApp(degraded);
    expect(plan.status.deployments).to.equal(undefined);
    expect(reason(plan, "Ready")).to.equal("Unhealthy");
  });

  describe("a deployment waits for tasks that were told to end", () => {
    const endBy = "2026-01-01T00:01:20.000Z";
    const seen = settled();
    const ending: MarathonAppSeen = {
      ...seen,
      pods: [...seen.pods, makePod({ name: "web-0", deletedAt: endBy })],
    };
    const leftMs = Date.parse(endBy) - seen.nowMs;

    it("although the Rollout is healthy, and looks again when they may count as lost", () => {
      const plan = decideMarathonApp(ending);
      expect(plan.status.deployments).to.have.length(1);
      expect(condition(plan, "Deploying")?.message).to.equal("waits until 1 task has ended");
      expect(plan.requeueAfterMs).to.equal(leftMs + 60_000);
    });

    it("until they are gone, have ended, or are a minute late on a lost node", () => {
      const late = { ...ending, nowMs: seen.nowMs + leftMs + 60_000 };
      const ended = makePod({ name: "web-0", deletedAt: endBy, phase: "Failed" });
      for (const over of [seen, late, { ...seen, pods: [...seen.pods, ended] }]) {
        const plan = decideMarathonApp(over);
        expect(plan.status.deployments).to.equal(undefined);
        expect(plan).to.not.have.property("requeueAfterMs");
      }
    });

    it("and not for those of later, when it is over", () => {
      const finished = decideMarathonApp(seen).status;
      const conditions = finished.conditions.map((c) => ({ ...c, lastTransitionTime: "" }));
      const object = { ...seen.object, status: { ...finished, conditions } };
      const plan = decideMarathonApp({ ...ending, object });
      expect(plan.status.deployments).to.equal(undefined);
      expect(condition(plan, "Deploying")).to.include({ status: "False", message: "" });
    });
  });

  it("shows an aborted rollout and a missed deadline as stalled", () => {
    const seen = settled();
    const aborted = {
      ...seen.rollout!,
      status: { ...seen.rollout!.status, abort: true, phase: "Degraded" },
    };
    expect(reason(decideMarathonApp({ ...seen, rollout: aborted }), "Stalled")).to.equal(
      "RolloutAborted",
    );
    const stuck = {
      ...seen.rollout!,
      status: {
        ...seen.rollout!.status,
        phase: "Degraded",
        conditions: [{ type: "Progressing", status: "False", reason: "ProgressDeadlineExceeded" }],
      },
    };
    expect(reason(decideMarathonApp({ ...seen, rollout: stuck }), "Stalled")).to.equal(
      "ProgressDeadlineExceeded",
    );
  });

  it("takes over the number that somebody wrote into the Rollout", () => {
    const seen = settled();
    const rollout = { ...seen.rollout!, spec: { ...seen.rollout!.spec, replicas: 7 } };
    const plan = decideMarathonApp({ ...seen, rollout });
    expect(plan.actions).to.have.length(1);
    const [adopt] = plan.actions;
    expect(adopt?.kind === "adopt" && adopt.spec.instances).to.equal(7);
    const ours = { ...seen.object, spec: { ...seen.object.spec, instances: 3 } };
    expect(kinds(decideMarathonApp({ ...seen, object: ours, rollout }))).to.include(
      "apply Rollout",
    );
  });

  it("opens the service ports nobody else uses and keeps those it has", () => {
    const fresh = decideMarathonApp(makeSeen({}, { usedServicePorts: new Set([10_000, 10_001]) }));
    expect(fresh.status.servicePorts).to.deep.equal([10_002]);
    const seen = makeSeen({}, { usedServicePorts: new Set([10_000]) });
    const object = { ...seen.object, status: { servicePorts: [10_050] } };
    expect(decideMarathonApp({ ...seen, object }).status.servicePorts).to.deep.equal([10_050]);
  });

  it("MAR-10 leaves Argo's selector alone once it is there (blue-green)", () => {
    const spec = { rollout: { strategy: "BlueGreen" } };
    const first = decideMarathonApp(makeSeen(spec));
    const services = (plan: MarathonAppPlan) =>
      plan.actions.filter(
        (a): a is ApplyAction => a.kind === "apply" && a.manifest.kind === "Service",
      );
    expect(services(first).map(({ manifest }) => manifest.metadata.name)).to.deep.equal([
      "web",
      "web-preview",
    ]);
    expect(services(first)[0]).to.include({ force: false });
    const live = {
      metadata: { name: "web", ownerReferences: [{ uid: "uid-web", controller: true }] },
      spec: { selector: { "rollouts-pod-template-hash": "abc" } },
    };
    const second = services(decideMarathonApp(makeSeen(spec, { services: [live] })));
    expect(second[0]?.manifest.spec).to.not.have.property("selector");
    expect(second[1]?.manifest.spec).to.have.property("selector");
  });
});
