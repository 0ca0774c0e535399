import { expect } from "chai";
import type { AppPod } from "../../../../src/domain/marathon/status/app-pod.ts";
import { CheckSlots } from "../../../../src/services/app-prober/check-slots.ts";
import { ProbedInstance } from "../../../../src/services/app-prober/probed-instance.ts";
import { makeApp, makePod } from "../../../support/marathon/make-app.ts";

const app = makeApp({
  portDefinitions: [{ port: 0, name: "http-api" }],
  healthChecks: [{ protocol: "HTTP" }, { protocol: "TCP" }],
  readinessChecks: [{}],
});
const STARTED = "2026-01-01T00:00:00Z";
const gates = (instance: ProbedInstance): string[] =>
  instance.gates().map(({ type, status, reason }) => `${type.split("/")[1]!} ${status} ${reason}`);

function withCondition(type: string, status: string): AppPod {
  const pod = makePod();
  return { ...pod, status: { ...pod.status, conditions: [{ type, status, reason: "Before" }] } };
}

describe("an instance that the operator checks", () => {
  it("has no gate before all checks of a purpose have answered", () => {
    const instance = new ProbedInstance(app, makePod(), STARTED, false);
    const [first, second] = instance.checks;
    instance.record(first!, { passed: true }, 0);
    expect(gates(instance)).to.deep.equal([]);
    instance.record(second!, { passed: true }, 0);
    expect(gates(instance)).to.deep.equal(["health True ChecksPassed"]);
  });

  it("is unhealthy when one check fails, and says which and why", () => {
    const instance = new ProbedInstance(app, makePod(), STARTED, false);
    const [first, second] = instance.checks;
    instance.record(first!, { passed: true }, 0);
    instance.record(second!, { passed: false, cause: "refused" }, 0);
    expect(gates(instance)).to.deep.equal(["health False CheckFailed"]);
    expect(instance.gates()[0]?.message).to.equal("healthChecks[1]: refused");
  });

  it("waits for its readiness check only when a deployment started it", () => {
    const awaited = new ProbedInstance(app, makePod(), STARTED, false);
    expect(awaited.checks[2]?.isOver).to.equal(false);
    awaited.record(awaited.checks[2]!, { passed: true }, 0);
    expect(awaited.checks[2]?.isOver).to.equal(true);
    expect(gates(awaited)).to.deep.equal(["ready True ChecksPassed"]);
    const replaced = new ProbedInstance(app, makePod(), STARTED, true);
    expect(replaced.checks[2]?.isOver).to.equal(true);
    expect(gates(replaced)).to.deep.equal(["ready True NotAwaited"]);
  });

  it("keeps what was known before the operator restarted until there is a new result", () => {
    const pod = withCondition("marathon.orchestrator.io/health", "True");
    const instance = new ProbedInstance(app, pod, STARTED, false);
    expect(gates(instance)).to.deep.equal(["health True Before"]);
    expect(instance.isOutdated()).to.equal(false);
  });
});

describe("CheckSlots", () => {
  it("lets so many run at once and the rest in the order they came", async () => {
    const slots = new CheckSlots(2);
    const order: number[] = [];
    const ends: (() => void)[] = [];
    const all = [1, 2, 3, 4].map((n) =>
      slots.run(async () => {
        order.push(n);
        await new Promise<void>((resolve) => ends.push(resolve));
      }),
    );
    await Promise.resolve();
    expect(order).to.deep.equal([1, 2]);
    expect(slots.waiting).to.equal(2);
    while (order.length < 4 || ends.length > 0) {
      ends.shift()?.();
      await Promise.resolve();
    }
    await Promise.all(all);
    expect(order).to.deep.equal([1, 2, 3, 4]);
  });
});
