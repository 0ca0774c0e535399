import { expect } from "chai";
import { readWeights } from "../../../../src/domain/mesos/weight-requests.ts";

const REQUEST = "Failed to validate update weights request JSON";

describe("UPDATE_WEIGHTS (MES-15)", () => {
  const cases: Record<string, { role: string; weight: number; want: string | undefined }> = {
    "a role of the cluster": { role: "web", weight: 0.5, want: undefined },
    "the default role": { role: "*", weight: 2, want: undefined },
    "a name with blanks around it": { role: " web ", weight: 2, want: undefined },
    "a role the cluster does not admit": {
      role: "other",
      weight: 1,
      want: `${REQUEST}: Unknown role 'other'`,
    },
    "a name that is no role": {
      role: "a//b",
      weight: 1,
      want: `${REQUEST}: Invalid role 'a//b': Role 'a//b' cannot contain two adjacent slashes`,
    },
    "a weight of zero": {
      role: "web",
      weight: 0,
      want: `${REQUEST} for role 'web': Invalid weight '0': Weights must be positive`,
    },
    "a negative weight": {
      role: "web",
      weight: -2.5,
      want: `${REQUEST} for role 'web': Invalid weight '-2.5': Weights must be positive`,
    },
  };
  for (const [name, { role, weight, want }] of Object.entries(cases)) {
    it(`${want === undefined ? "takes" : "refuses"} ${name}`, () => {
      const read = readWeights([{ role, weight }], ["web"]);
      expect(read.ok ? undefined : read.error).to.equal(want);
      if (read.ok) expect(read.weights).to.deep.equal([{ role: role.trim(), weight }]);
    });
  }
});
