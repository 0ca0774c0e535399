import { expect } from "chai";
import { asId } from "../../../../src/api/ids/ids.ts";
import {
  type LendingAgent,
  type Loan,
  planReclaim,
  type PodNeed,
  type ReclaimInput,
} from "../../../../src/domain/mesos/plan-reclaim.ts";

/** `name@since:cpus` */
function loan(text: string): Loan<string> {
  const [user = "", since = "", cpus = ""] = text.split(/[@:]/);
  return { user, sinceMs: Number(since), amounts: { cpus: Number(cpus) } };
}

function agent(id: string, free: number, ...loans: string[]): LendingAgent<string> {
  return { agentId: asId(id), free: { cpus: free }, loans: loans.map(loan) };
}

function pod(cpus: number, ...nodes: string[]): PodNeed {
  const mayRunOn = (id: string): boolean => nodes.length === 0 || nodes.includes(id);
  return { request: { cpus }, mayRunOn };
}

describe("planReclaim (MES-42)", () => {
  const cases: Record<string, [Partial<ReclaimInput<string>>, string[]]> = {
    "takes nothing back when nothing is missing": [{ agents: [agent("x", 0, "a@1:4")] }, []],
    "takes the newest loan that is enough": [
      { agents: [agent("x", 0, "old@1:4", "new@2:4")], missing: { cpus: 2 } },
      ["new"],
    ],
    "prefers the agent on which fewer have to go": [
      { agents: [agent("x", 0, "a@9:1", "b@8:1"), agent("y", 0, "c@1:2")], missing: { cpus: 2 } },
      ["c"],
    ],
    "goes on to other agents when one is not enough": [
      { agents: [agent("x", 0, "a@1:1"), agent("y", 0, "b@2:1")], missing: { cpus: 2 } },
      ["b", "a"],
    ],
    "leaves loans of other resources alone": [
      { agents: [agent("x", 0, "a@1:4")], missing: { gpus: 1 } },
      [],
    ],
    "stops at the budget": [
      {
        agents: [agent("x", 0, "a@1:2"), agent("y", 0, "b@2:2")],
        missing: { cpus: 4 },
        budget: { cpus: 3 },
      },
      ["b"],
    ],
    "takes a part of what an agent would have to give back when the budget ends there": [
      {
        agents: [agent("x", 0, "a@1:2", "b@2:2")],
        missing: { cpus: 4 },
        budget: { cpus: 3 },
      },
      ["b"],
    ],
    "takes one loan that is larger than the budget when nothing was taken lately": [
      {
        agents: [agent("x", 0, "a@1:9")],
        missing: { cpus: 1 },
        budget: { cpus: 3 },
        isFirst: true,
      },
      ["a"],
    ],
    "takes none that is larger than the budget otherwise": [
      { agents: [agent("x", 0, "a@1:9")], missing: { cpus: 1 }, budget: { cpus: 3 } },
      [],
    ],
    "makes room for a pod where the fewest go, counting what is free there": [
      { agents: [agent("x", 1, "a@1:2", "b@2:2"), agent("y", 3, "c@3:2")], pods: [pod(5)] },
      ["c"],
    ],
    "looks only at agents that the pod may run on": [
      { agents: [agent("x", 1, "a@1:4"), agent("y", 3, "c@3:4")], pods: [pod(5, "x")] },
      ["a"],
    ],
    "takes nothing back for a pod that all loans of no agent are enough for": [
      { agents: [agent("x", 0, "a@1:2"), agent("y", 0, "c@3:2")], pods: [pod(3)] },
      [],
    ],
    "takes nothing back for a pod that fits already": [
      { agents: [agent("x", 5, "a@1:2")], pods: [pod(5)] },
      [],
    ],
    "names no more than it may at once": [
      { agents: [agent("x", 0, "a@1:1", "b@2:1")], missing: { cpus: 2 }, victimsMax: 1 },
      ["b", "a"],
    ],
    "stops between agents when it has named enough": [
      {
        agents: [agent("x", 0, "a@1:1"), agent("y", 0, "b@2:1")],
        missing: { cpus: 2 },
        victimsMax: 1,
      },
      ["b"],
    ],
    "does not give the same room to two pods": [
      { agents: [agent("x", 0, "a@1:2", "b@2:2")], pods: [pod(2), pod(2)] },
      ["b", "a"],
    ],
  };
  for (const [name, [input, victims]] of Object.entries(cases)) {
    it(name, () => {
      const nothing = {
        agents: [],
        missing: {},
        pods: [],
        budget: { cpus: 100 },
        isFirst: false,
        victimsMax: 10,
      };
      expect(planReclaim({ ...nothing, ...input })).to.deep.equal(victims);
    });
  }
});
