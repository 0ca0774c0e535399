import { expect } from "chai";
import {
  decideMasterRoll,
  MASTER_READY_GRACE_MS,
} from "../../../../../src/domain/operator/mesos-cluster/decide-master-roll.ts";
import type { RollingSet } from "../../../../../src/domain/operator/mesos-cluster/roll.ts";
import { makePod, NOW_MS } from "../../../../support/mesos-cluster/make-seen.ts";

const set = (pods: RollingSet["pods"], rest: Partial<RollingSet> = {}): RollingSet => ({
  pods,
  desired: 3,
  target: "new",
  onTrial: true,
  nowMs: NOW_MS,
  ...rest,
});
const old = (ordinal: number) => makePod({ name: `m-master-${ordinal}` });
const fresh = (ordinal: number) => makePod({ name: `m-master-${ordinal}`, revision: "new" });
const starting = (ordinal: number, ageMs: number) =>
  makePod({
    name: `m-master-${ordinal}`,
    revision: "new",
    ready: false,
    createdMs: NOW_MS - ageMs,
  });

interface Case {
  readonly given: RollingSet;
  readonly leader?: string;
  readonly want: { readonly kind: string; readonly pods?: readonly string[] };
}

const cases: Record<string, Case> = {
  "waits until the StatefulSet has seen its template": {
    given: set([old(0), old(1), old(2)], { target: undefined }),
    leader: "m-master-0",
    want: { kind: "waiting" },
  },
  "takes the standby with the highest ordinal first": {
    given: set([old(0), old(1), old(2)]),
    leader: "m-master-1",
    want: { kind: "replace", pods: ["m-master-2"] },
  },
  "takes the next standby when the first is back": {
    given: set([old(0), old(1), fresh(2)]),
    leader: "m-master-1",
    want: { kind: "replace", pods: ["m-master-0"] },
  },
  "takes the leader last": {
    given: set([fresh(0), old(1), fresh(2)]),
    leader: "m-master-1",
    want: { kind: "replace", pods: ["m-master-1"] },
  },
  "waits while another master is coming up": {
    given: set([old(0), old(1), starting(2, 5_000)]),
    leader: "m-master-0",
    want: { kind: "waiting" },
  },
  "waits while another master is going": {
    given: set([old(0), old(1), { ...old(2), deleting: true }]),
    leader: "m-master-0",
    want: { kind: "waiting" },
  },
  "waits while no leader is known": {
    given: set([old(0), old(1), old(2)]),
    want: { kind: "waiting" },
  },
  "replaces an outdated master that is not ready without waiting for it": {
    given: set([old(0), { ...old(1), ready: false }, old(2)]),
    leader: "m-master-0",
    want: { kind: "replace", pods: ["m-master-1"] },
  },
  "gives up on a template whose first pod is not ready in time": {
    given: set([old(0), old(1), starting(2, MASTER_READY_GRACE_MS + 1)]),
    leader: "m-master-0",
    want: { kind: "failed" },
  },
  "never gives up on a template that ran everywhere before": {
    given: set([fresh(0), fresh(1), starting(2, MASTER_READY_GRACE_MS + 1)], { onTrial: false }),
    leader: "m-master-0",
    want: { kind: "waiting" },
  },
  "is done when all run the target and are ready": {
    given: set([fresh(0), fresh(1), fresh(2)]),
    leader: "m-master-0",
    want: { kind: "rolled" },
  },
  "rolls a single master": {
    given: set([old(0)], { desired: 1 }),
    leader: "m-master-0",
    want: { kind: "replace", pods: ["m-master-0"] },
  },
};

describe("decideMasterRoll", () => {
  for (const [name, { given, leader, want }] of Object.entries(cases)) {
    it(name, () => {
      const step = decideMasterRoll(given, leader);
      const pods = step.kind === "replace" ? step.pods.map((pod) => pod.name) : undefined;
      expect({ kind: step.kind, ...(pods === undefined ? {} : { pods }) }).to.deep.equal(want);
    });
  }

  it("comes back when the pod that is coming up would be late", () => {
    const step = decideMasterRoll(set([old(0), old(1), starting(2, 20_000)]), "m-master-0");
    expect(step).to.include({ kind: "waiting", afterMs: 101_000 });
  });
});
