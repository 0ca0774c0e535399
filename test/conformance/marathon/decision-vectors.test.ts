import { expect } from "chai";
import { dnsName, kubeName } from "../../../src/domain/marathon/app/app-path.ts";
import { parseLabelSelector } from "../../../src/domain/marathon/app/label-selector.ts";
import {
  acceptsConstraint,
  type ConstraintAgent,
} from "../../../src/domain/marathon/constraints/accepts.ts";
import {
  nextDelayNanos,
  type Backoff,
} from "../../../src/domain/marathon/deployment/launch-delay.ts";
import { planSteps, type PlannedApp } from "../../../src/domain/marathon/deployment/plan-steps.ts";
import {
  advanceRolling,
  igniteRolling,
  maxCapacityOf,
  minHealthyOf,
  restartNumbers,
  scaledBy,
  type RollingEvent,
  type RollingInput,
} from "../../../src/domain/marathon/deployment/rolling.ts";
import {
  pdbMinAvailable,
  rolloutNumbers,
} from "../../../src/domain/marathon/deployment/rollout-numbers.ts";
import {
  planScaling,
  type ScaleInput,
} from "../../../src/domain/marathon/deployment/scale-down.ts";
import { labelEnv } from "../../../src/domain/marathon/task/label-env.ts";
import { portEnv, type EnvPort } from "../../../src/domain/marathon/task/port-env.ts";
import { probeTimings } from "../../../src/domain/marathon/task/probe-timing.ts";
import { HealthCheck } from "../../../src/api/marathon/checks.ts";
import { readMarathonVectors, titleOf, type VectorCase } from "../../support/marathon/vectors.ts";

interface TraceStep {
  readonly event: "ignite" | RollingEvent;
  readonly kill: number;
  readonly start: number;
}

function replayTrace(vector: VectorCase): void {
  let current = igniteRolling(vector["in"] as RollingInput);
  (vector["steps"] as TraceStep[]).forEach((step, i) => {
    if (step.event !== "ignite") current = advanceRolling(current.state, step.event);
    const { kill, start, done } = current;
    expect({ kill, start }, `step ${i + 1}`).to.deep.equal({ kill: step.kill, start: step.start });
    expect(done, `done after step ${i + 1}`).to.equal(i + 1 === vector["doneAfter"]);
  });
}

type TimedInstance = Omit<ScaleInput["instances"][number], "sinceMs"> & { readonly since: string };

function replayScaling(vector: VectorCase): void {
  const given = vector["in"] as Omit<ScaleInput, "instances"> & { instances: TimedInstance[] };
  const instances = given.instances.map(({ since, ...rest }) => ({
    ...rest,
    sinceMs: Date.parse(since),
  }));
  const plan = planScaling({ ...given, instances });
  const out = vector["out"] as { kill: string[]; start: number };
  expect(plan.kill).to.have.members(out.kill);
  expect(plan.start).to.equal(out.start);
}

function replayBackoff(vector: VectorCase): void {
  const given = vector["in"] as Backoff & { failures: number };
  const delays: number[] = [];
  for (let i = 0, last: number | undefined; i < given.failures; i += 1) {
    last = nextDelayNanos(given, last);
    delays.push(last / 1e6);
  }
  expect(delays).to.deep.equal(vector["outMs"]);
}

function replaySelector(vector: VectorCase): void {
  const selector = parseLabelSelector(vector["selector"] as string);
  if (vector["error"] !== undefined) {
    expect(selector.kind).to.equal("refused");
    return;
  }
  if (selector.kind !== "ok") throw new Error(selector.message);
  const labels = vector["labels"] as Record<string, string>[];
  expect(labels.map((each) => selector.matches(each))).to.deep.equal(vector["match"]);
}

function replayPercent(vector: VectorCase): void {
  const functions = { minHealthy: minHealthyOf, maxCapacity: maxCapacityOf, scaleBy: scaledBy };
  const compute = functions[vector["kind"] as keyof typeof functions];
  const { instances, factor, out } = vector as unknown as Record<string, number>;
  expect(compute(instances!, factor!)).to.equal(out);
}

function replayNumbers(vector: VectorCase): void {
  const given = vector as unknown as Record<string, number>;
  const { instances, minimumHealthCapacity, maximumOverCapacity } = given;
  expect({
    ...rolloutNumbers(instances!, minimumHealthCapacity!, maximumOverCapacity!),
    pdbMinAvailable: pdbMinAvailable(instances!, minimumHealthCapacity!) ?? null,
  }).to.deep.equal(vector["out"]);
}

function replayConstraint(vector: VectorCase): void {
  const given = vector["in"] as {
    constraint: string[];
    placed: ConstraintAgent[];
    agent: ConstraintAgent;
  };
  expect(acceptsConstraint(given.constraint, given.placed, given.agent)).to.equal(vector["accept"]);
}

function replayPlan(vector: VectorCase): void {
  const order = (steps: readonly (readonly { action: string; app: string }[])[]): string[][] =>
    steps.map((step) => step.map(({ action, app }) => `${action} ${app}`).sort());
  const steps = planSteps(vector["original"] as PlannedApp[], vector["target"] as PlannedApp[]);
  expect(order(steps)).to.deep.equal(order(vector["steps"] as never));
}

function replayLabelEnv(vector: VectorCase): void {
  const { MARATHON_APP_LABELS: names, ...env } = labelEnv(vector["labels"] as never);
  const { MARATHON_APP_LABELS: wanted, ...rest } = vector["env"] as Record<string, string>;
  expect(env).to.deep.equal(rest);
  expect(new Set(names?.split(" "))).to.deep.equal(new Set(wanted?.split(" ")));
}

const replays: Readonly<Record<string, (vector: VectorCase) => void>> = {
  restartStrategy: ({ in: given, out }) => {
    const { current, ...rest } = given as RollingInput & { current: RollingInput["old"] };
    expect(restartNumbers({ ...rest, old: current })).to.deep.equal(out);
  },
  rollingTrace: replayTrace,
  percent: replayPercent,
  rolloutNumbers: replayNumbers,
  constraint: replayConstraint,
  scaleDown: replayScaling,
  backoff: replayBackoff,
  labelSelector: replaySelector,
  planSteps: replayPlan,
  portEnv: ({ requested, hostPorts, env }) =>
    void expect(portEnv(requested as EnvPort[], hostPorts as never)).to.deep.equal(env),
  labelEnv: replayLabelEnv,
  kubeName: ({ id, taken, name }) =>
    void expect(kubeName(id as string, taken as boolean)).to.equal(name),
  dnsName: ({ id, name }) => void expect(dnsName(id as string)).to.equal(name),
  probes: ({ in: given, out }) =>
    void expect(probeTimings(HealthCheck.parse(given))).to.deep.equal(out),
};

/** Replayed by app-vectors.test.ts. */
const ELSEWHERE = ["normalize", "validate", "update"];
/** Scheduled jobs (marathon.md 10) are a later release. */
const NOT_BUILT = ["schedule"];

describe("Marathon vectors: decisions", () => {
  const sets = readMarathonVectors();

  it("knows every set of the file", () => {
    const known = [...Object.keys(replays), ...ELSEWHERE, ...NOT_BUILT];
    expect(Object.keys(sets).filter((set) => !known.includes(set))).to.deep.equal([]);
  });

  for (const [set, replay] of Object.entries(replays)) {
    describe(set, () => {
      for (const vector of sets[set] ?? []) it(titleOf(vector), () => replay(vector));
    });
  }
});
