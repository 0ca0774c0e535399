import { expect } from "chai";
import { asId, type AgentId, type KubeUid } from "../../../../src/api/ids/ids.ts";
import { CountedPods } from "../../../../src/domain/admission/book/counted-pods.ts";
import { groupFields } from "../../../../src/domain/admission/book/group-spread.ts";
import { AgentTable } from "../../../../src/domain/admission/rules/agent-table.ts";
import { makeRuledNode } from "../../../support/admission/make-gated-pod.ts";

const agentOf = (name: string): AgentId => asId<AgentId>(name);
function makeTable(zones: Readonly<Record<string, string>>): AgentTable {
  const table = new AgentTable();
  for (const [hostname, zone] of Object.entries(zones)) {
    table.putNode(makeRuledNode(hostname));
    table.putAgent({ agentId: agentOf(hostname), hostname, attributes: { zone } });
  }
  return table;
}

describe("the spread of GROUP_BY", () => {
  const table = makeTable({ n1: "a", n2: "a", n3: "b" });

  it("looks at the fields of GROUP_BY and at no others", () => {
    const constraints = [
      ["zone", "GROUP_BY"],
      ["hostname", "UNIQUE"],
      ["rack", "GROUP_BY", "2"],
    ];
    expect([...groupFields({ constraints })]).to.deep.equal(["zone", "rack"]);
  });

  it("ranks an agent by how many pods share its value, wherever they are", () => {
    const counted = new CountedPods(table);
    counted.put(asId<KubeUid>("p1"), agentOf("n1"));
    const ranks = ["n1", "n2", "n3"].map((name) =>
      counted.rank(new Set(["zone"]), agentOf(name), [agentOf("n1")]),
    );
    expect(ranks).to.deep.equal([2, 2, 0]);
  });

  it("adds the ranks of several fields", () => {
    const counted = new CountedPods(table);
    counted.put(asId<KubeUid>("p1"), agentOf("n1"));
    const fields = new Set(["zone", "hostname"]);
    expect(counted.rank(fields, agentOf("n1"), [])).to.equal(2);
    expect(counted.rank(fields, agentOf("n2"), [])).to.equal(1);
  });
});
