import { expect } from "chai";
import { leadingMember, membersOf } from "../../../../../src/domain/mesos/election/member.ts";

const cases: Record<string, { given: readonly string[]; want: string | undefined }> = {
  "nobody where there is no child": { given: [], want: undefined },
  "the lowest number, in whatever order they are told": {
    given: ["json.info_0000000007", "json.info_0000000003", "json.info_0000000012"],
    want: "json.info_0000000003",
  },
  "a binary member of an old master that came first": {
    given: ["json.info_0000000003", "info_0000000002"],
    want: "info_0000000002",
  },
  "nobody where only the replicated log is": { given: ["log_replicas"], want: undefined },
  "no label-less node of a very old master": {
    given: ["0000000001", "json.info_0000000003"],
    want: "json.info_0000000003",
  },
  "no other software's node": {
    given: ["lock_0000000001", "json.info_x", "json.info_", "xjson.info_0000000001", "config"],
    want: undefined,
  },
  "a number that has wrapped": {
    given: ["json.info_2147483647", "json.info_-2147483648", "json.info_-000000007"],
    want: "json.info_-2147483648",
  },
  "JSON before binary where both have one number": {
    given: ["info_0000000001", "json.info_0000000001"],
    want: "json.info_0000000001",
  },
};

describe("leadingMember (MES-02)", () => {
  for (const [name, { given, want }] of Object.entries(cases)) {
    it(`elects ${name}`, () => {
      expect(leadingMember(given)?.name).to.equal(want);
      expect(leadingMember([...given].reverse())?.name).to.equal(want);
    });
  }

  it("lists the members in the order in which they would lead", () => {
    const children = ["json.info_0000000010", "log_replicas", "json.info_0000000009"];
    expect(membersOf(children)).to.deep.equal([
      { name: "json.info_0000000009", format: "json", sequence: 9 },
      { name: "json.info_0000000010", format: "json", sequence: 10 },
    ]);
  });
});
