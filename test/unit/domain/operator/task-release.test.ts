import { expect } from "chai";
import {
  TASK_FINALIZER,
  tasksToRelease,
  type TaskPod,
} from "../../../../src/domain/operator/task-release.ts";

const pod = (overrides: Partial<TaskPod>): TaskPod => ({
  namespace: "orchestrator",
  name: "mt-1",
  uid: "u",
  resourceVersion: "1",
  pool: "mesos",
  node: "n1",
  finalizers: [TASK_FINALIZER],
  ...overrides,
});
const WORLD = { clusters: new Set(["orchestrator/mesos"]), nodes: new Set(["n1"]) };

const cases: Record<string, { readonly given: Partial<TaskPod>; readonly want: boolean }> = {
  "keeps the Pod of a living cluster on a living node": { given: {}, want: false },
  "lets go when the cluster is gone": { given: { pool: "former" }, want: true },
  "does not take a namesake in another namespace for its cluster": {
    given: { namespace: "elsewhere" },
    want: true,
  },
  "lets go when the node is gone": { given: { node: "n9" }, want: true },
  "keeps one that has no node yet": { given: { node: "" }, want: false },
  "has nothing to do with Pods that the agent has let go": {
    given: { pool: "former", finalizers: ["other"] },
    want: false,
  },
};

describe("tasksToRelease", () => {
  for (const [name, { given, want }] of Object.entries(cases)) {
    it(name, () => {
      expect(tasksToRelease([pod(given)], WORLD)).to.have.length(want ? 1 : 0);
    });
  }
});
