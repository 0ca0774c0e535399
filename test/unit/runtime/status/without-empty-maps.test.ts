import { expect } from "chai";
import { withoutEmptyMaps } from "../../../../src/runtime/status/without-empty-maps.ts";

describe("withoutEmptyMaps", () => {
  const cases: Record<string, { given: object; want: object }> = {
    "a map whose last key went is left out": { given: { term: 1, tasks: {} }, want: { term: 1 } },
    "a map that only holds empty maps is left out": { given: { a: { b: {} } }, want: {} },
    "empty lists, zeros and elements of lists stay": {
      given: { top: [], list: [{}], agents: { active: 0 } },
      want: { top: [], list: [{}], agents: { active: 0 } },
    },
    "an element of a list loses its empty maps": {
      given: { roles: [{ name: "web", offered: {} }] },
      want: { roles: [{ name: "web" }] },
    },
  };
  for (const [name, { given, want }] of Object.entries(cases)) {
    it(name, () => expect(withoutEmptyMaps(given)).to.deep.equal(want));
  }
});
