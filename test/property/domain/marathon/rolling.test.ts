import fc from "fast-check";
import { expect } from "chai";
import {
  advanceRolling,
  igniteRolling,
  minHealthyOf,
  restartNumbers,
  type RollingEvent,
} from "../../../../src/domain/marathon/deployment/rolling.ts";
import { rolloutNumbers } from "../../../../src/domain/marathon/deployment/rollout-numbers.ts";

const share = fc.integer({ min: 0, max: 20 }).map((twentieth) => twentieth / 20);
const settings = fc.record({
  instances: fc.integer({ min: 1, max: 50 }),
  minimumHealthCapacity: share,
  maximumOverCapacity: share,
  resident: fc.boolean(),
});

/**
 * Argo's canary without steps in small turns: new Pods up to n + maxSurge, old ones down as long as n − maxUnavailable are
 * available; one new Pod becomes ready per turn, in the order that `picks` chooses.
 */
function simulateArgo(
  instances: number,
  { maxSurge, maxUnavailable }: { readonly maxSurge: number; readonly maxUnavailable: number },
): { readonly minAvailable: number; readonly maxTotal: number; readonly isDone: boolean } {
  let old = instances;
  let starting = 0;
  let ready = 0;
  let minAvailable = instances;
  let maxTotal = instances;
  for (let turn = 0; turn < 10 * instances + 10; turn += 1) {
    const room = instances + maxSurge - (old + starting + ready);
    starting += Math.max(0, Math.min(instances - starting - ready, room));
    maxTotal = Math.max(maxTotal, old + starting + ready);
    old -= Math.max(0, Math.min(old, old + ready - (instances - maxUnavailable)));
    minAvailable = Math.min(minAvailable, old + ready);
    if (ready === instances && old === 0) return { minAvailable, maxTotal, isDone: true };
    if (starting > 0) {
      starting -= 1;
      ready += 1;
    }
  }
  return { minAvailable, maxTotal, isDone: false };
}

describe("EXT-MAR-01 rolling upgrades", () => {
  it("by Argo with our numbers never go below minHealthy nor above n + maxSurge, and end", () => {
    fc.assert(
      fc.property(settings, ({ instances, minimumHealthCapacity, maximumOverCapacity }) => {
        const numbers = rolloutNumbers(instances, minimumHealthCapacity, maximumOverCapacity);
        const { minAvailable, maxTotal, isDone } = simulateArgo(instances, numbers);
        expect(isDone, "ends").to.equal(true);
        expect(minAvailable).to.be.at.least(minHealthyOf(instances, minimumHealthCapacity));
        expect(maxTotal).to.be.at.most(instances + numbers.maxSurge);
      }),
      { numRuns: 2_000 },
    );
  });

  it("by Marathon's algorithm hold both bounds for any order of events, and end", () => {
    fc.assert(
      fc.property(settings, fc.infiniteStream(fc.nat(2)), (given, picks) => {
        const { instances } = given;
        const input = { ...given, old: { healthy: instances, unhealthy: 0 } };
        const { minHealthy, maxCapacity } = restartNumbers(input);
        let step = igniteRolling(input);
        let killing = step.kill;
        let starting = step.start;
        let isDone = step.done;
        const events = picks[Symbol.iterator]();
        for (let turn = 0; !isDone && turn < 20 * instances + 20; turn += 1) {
          const healthyOld = step.state.oldActive - killing;
          const healthy = healthyOld + step.state.newReady;
          const persistentSlack = given.resident ? 1 : 0;
          expect(healthy).to.be.at.least(minHealthy - persistentSlack);
          expect(step.state.oldActive + step.state.started).to.be.at.most(
            Math.max(maxCapacity, instances),
          );
          const pick = Number(events.next().value);
          const possible: RollingEvent[] = [
            ...(killing > 0 ? (["oldGone"] as const) : []),
            ...(starting > 0 ? (["newReady"] as const) : []),
          ];
          const event = possible[pick % Math.max(1, possible.length)];
          expect(event, "something can happen").to.not.equal(undefined);
          step = advanceRolling(step.state, event!);
          killing += step.kill - (event === "oldGone" ? 1 : 0);
          starting += step.start - (event === "newReady" ? 1 : 0);
          isDone = step.done;
        }
        expect(isDone, "ends").to.equal(true);
      }),
      { numRuns: 1_000 },
    );
  });
});
