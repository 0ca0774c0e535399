import { expect } from "chai";
import { membersOf } from "../../../../../src/domain/mesos/election/member.ts";
import {
  planPublication,
  type PublicationPlan,
  type PublicationSeen,
} from "../../../../../src/domain/mesos/election/stale-members.ts";

const name = (sequence: number): string => `json.info_${String(sequence).padStart(10, "0")}`;

/** Members by number, with the id in their data; `null`: unreadable. */
function seen(
  ids: Readonly<Record<number, string | null>>,
  parts: Partial<PublicationSeen> = {},
): PublicationSeen {
  return {
    members: Object.entries(ids).map(([sequence, id]) => ({
      member: membersOf([name(Number(sequence))])[0]!,
      masterId: id ?? undefined,
    })),
    published: new Set(["me", "before", "long-before"]),
    masterId: "me",
    own: undefined,
    ...parts,
  };
}

const cases: Record<string, { given: PublicationSeen; want: PublicationPlan }> = {
  "publishes where nobody is": {
    given: seen({}),
    want: { remove: [], publish: true, hiddenBehind: [] },
  },
  "removes all who led before first, and publishes only when they are gone": {
    given: seen({ 3: "before", 4: "long-before" }),
    want: { remove: [name(3), name(4)], publish: false, hiddenBehind: [] },
  },
  "leaves its own znode alone": {
    given: seen({ 5: "me" }, { own: name(5) }),
    want: { remove: [], publish: false, hiddenBehind: [] },
  },
  "removes what an earlier session of its own left": {
    given: seen({ 5: "me", 6: "me" }, { own: name(6) }),
    want: { remove: [name(5)], publish: false, hiddenBehind: [] },
  },
  "publishes again when somebody removed its znode": {
    given: seen({}, { own: name(5) }),
    want: { remove: [], publish: true, hiddenBehind: [] },
  },
  "never touches what is not this cluster's, or cannot be read, and says that it stands before": {
    given: seen({ 1: "upstream", 2: null, 7: "other" }, { own: name(5) }),
    want: { remove: [], publish: true, hiddenBehind: [name(1), name(2), name(7)] },
  },
  "says nothing of others that came later": {
    given: seen({ 5: "me", 7: "other" }, { own: name(5) }),
    want: { remove: [], publish: false, hiddenBehind: [] },
  },
};

describe("planPublication (MES-02)", () => {
  for (const [title, { given, want }] of Object.entries(cases)) {
    it(title, () => {
      expect(planPublication(given)).to.deep.equal(want);
    });
  }
});
