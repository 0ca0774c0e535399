import { expect } from "chai";
import { isRecentGo } from "../../cluster/binaries/go-toolchain.ts";
import { decideTier, type MachineFacts, type TierDecision } from "../../cluster/tier.ts";

const capable: MachineFacts = {
  platform: "linux",
  isRoot: true,
  canIsolate: true,
  hasCgroups: true,
  missingPackages: [],
  hasApt: true,
};

describe("decideTier", () => {
  const cases: Record<string, { given: Partial<MachineFacts>; want: TierDecision }> = {
    "a capable machine gets real nodes": {
      given: {},
      want: { tier: "nodes", reasons: ["root, container runtime and network tools are there"] },
    },
    "missing packages are no obstacle where apt can bring them": {
      given: { missingPackages: ["runc", "socat"] },
      want: { tier: "nodes", reasons: ["will be installed: runc socat"] },
    },
    "missing packages are one where it cannot": {
      given: { missingPackages: ["runc"], hasApt: false },
      want: { tier: "control-plane", reasons: ["real nodes need: runc"] },
    },
    "an ordinary user gets a control plane": {
      given: { isRoot: false, canIsolate: false },
      want: { tier: "control-plane", reasons: ["real nodes need root"] },
    },
    "another system gets a control plane": {
      given: { platform: "darwin", isRoot: false, canIsolate: false, hasCgroups: false },
      want: {
        tier: "control-plane",
        reasons: ["real nodes need Linux, this is darwin", "real nodes need root"],
      },
    },
    "root in a locked container gets a control plane": {
      given: { canIsolate: false },
      want: {
        tier: "control-plane",
        reasons: ["real nodes need the right to make namespaces and links"],
      },
    },
    "nothing runs without Go": {
      given: { goProblem: "Go is missing" },
      want: { reasons: ["Go is missing"] },
    },
  };
  for (const [name, { given, want }] of Object.entries(cases)) {
    it(name, () => {
      expect(decideTier({ ...capable, ...given })).to.deep.equal(want);
    });
  }
});

describe("isRecentGo", () => {
  const cases: Record<string, boolean> = {
    "go1.26.8": true,
    "go1.27rc1": true,
    "go2.0": true,
    "go1.25.9": false,
    "go1.3": false,
    "devel +abc": false,
  };
  for (const [version, want] of Object.entries(cases)) {
    it(`${want ? "accepts" : "refuses"} ${version}`, () => {
      expect(isRecentGo(version)).to.equal(want);
    });
  }
});
