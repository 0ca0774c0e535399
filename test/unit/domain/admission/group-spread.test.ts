import { expect } from "chai";
import { asId, type AgentId } from "../../../../src/api/ids/ids.ts";
import {
  countGroups,
  groupFields,
  groupRank,
} from "../../../../src/domain/admission/book/group-spread.ts";
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
    expect(groupFields({ constraints })).to.deep.equal(["zone", "rack"]);
  });

  it("ranks an agent by how many pods share its value, wherever they are", () => {
    const counts = countGroups(["zone"], [agentOf("n1"), agentOf("n1")], table);
    expect(["n1", "n2", "n3"].map((name) => groupRank(counts, agentOf(name), table))).to.deep.equal(
      [2, 2, 0],
    );
  });

  it("adds the ranks of several fields", () => {
    const counts = countGroups(["zone", "hostname"], [agentOf("n1")], table);
    expect(groupRank(counts, agentOf("n1"), table)).to.equal(2);
    expect(groupRank(counts, agentOf("n2"), table)).to.equal(1);
  });
});
