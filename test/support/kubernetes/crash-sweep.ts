import { OperatingError } from "../../../src/api/errors/operating-error.ts";
import type { FakeCall, FakeKube } from "./fake-kube.ts";

export interface SweepScenario<R> {
  /** A new world for one run. */
  readonly setUp: () => { readonly kube: FakeKube };
  /** Runs the process under test until it is quiet, or until it "crashes" (a write throws). */
  readonly run: (kube: FakeKube) => Promise<void>;
  /** The objects that count, in an order of their own. */
  readonly result: (kube: FakeKube) => R;
}

export interface SweepOutcome<R> {
  /** Where the process was stopped, e.g. `before write 3 (apply StatefulSet)`. */
  readonly crash: string;
  readonly result: R;
}

const WRITES: ReadonlySet<FakeCall["verb"]> = new Set(["create", "apply", "patch", "delete"]);

/**
 * Runs a scenario without a crash, and then once for every write with the process stopped before it and once with it stopped after
 * it (the answer is lost); each time it is started again and left alone.
 * @returns the undisturbed result first, then one outcome per position.
 */
export async function sweepCrashes<R>(scenario: SweepScenario<R>): Promise<{
  readonly undisturbed: R;
  readonly outcomes: readonly SweepOutcome<R>[];
}> {
  const calm = scenario.setUp().kube;
  await scenario.run(calm);
  const writes = calm.calls.filter(({ verb }) => WRITES.has(verb)).length;
  const outcomes: SweepOutcome<R>[] = [];
  for (let position = 1; position <= writes; position += 1) {
    for (const moment of ["before", "after"] as const) {
      const { kube } = scenario.setUp();
      const crash = crashAt(kube, position, moment);
      await scenario.run(kube).catch(() => undefined);
      kube.intercept = undefined;
      kube.interceptAnswer = undefined;
      await scenario.run(kube);
      outcomes.push({ crash: crash(), result: scenario.result(kube) });
    }
  }
  return { undisturbed: scenario.result(calm), outcomes };
}

function crashAt(kube: FakeKube, position: number, moment: "before" | "after"): () => string {
  let seen = 0;
  let where = `${moment} write ${position} (never reached)`;
  let down = false;
  const stop = (call: FakeCall): void => {
    if (!WRITES.has(call.verb)) return;
    if (!down && ++seen === position) {
      down = true;
      where = `${moment} write ${position} (${call.verb} ${call.kind})`;
    }
    // A process that is gone writes nothing more.
    if (down) throw new OperatingError("KUBE_UNAVAILABLE", "the process is gone");
  };
  if (moment === "before") kube.intercept = stop;
  else {
    kube.interceptAnswer = stop;
    kube.intercept = (call) => {
      if (down && WRITES.has(call.verb)) {
        throw new OperatingError("KUBE_UNAVAILABLE", "the process is gone");
      }
    };
  }
  return () => where;
}
