import { expect } from "chai";
import { selectsLabels } from "../../../../src/domain/admission/rules/label-selector.ts";

const labels = { team: "web", tier: "gold" };
const cases: Record<string, { given: Parameters<typeof selectsLabels>[0]; want: boolean }> = {
  "an empty selector selects everything": { given: {}, want: true },
  "equal labels are selected": { given: { matchLabels: { team: "web" } }, want: true },
  "other labels are not": { given: { matchLabels: { team: "ml" } }, want: false },
  "In lists values": {
    given: { matchExpressions: [{ key: "tier", operator: "In", values: ["gold", "silver"] }] },
    want: true,
  },
  "DoesNotExist asks for absence": {
    given: { matchExpressions: [{ key: "tier", operator: "DoesNotExist" }] },
    want: false,
  },
  "all parts must hold": {
    given: {
      matchLabels: { team: "web" },
      matchExpressions: [{ key: "tier", operator: "NotIn", values: ["gold"] }],
    },
    want: false,
  },
};

describe("selectsLabels", () => {
  for (const [name, { given, want }] of Object.entries(cases)) {
    it(name, () => expect(selectsLabels(given, labels)).to.equal(want));
  }
});
