import { expect } from "chai";
import { cacheKey, type BuildInputs } from "../../cluster/binaries/cache-key.ts";
import { binaryUnits, findUnit, unitsOfGroup } from "../../cluster/binaries/units.ts";

const inputs: BuildInputs = {
  unit: findUnit("kubernetes"),
  moduleFiles: { "go.mod": "module m", "go.sum": "sum" },
  goVersion: "go1.26.8",
  platform: "linux/amd64",
};

describe("cacheKey", () => {
  it("is the same for the same inputs, whatever the order of the files", () => {
    const turned = { ...inputs, moduleFiles: { "go.sum": "sum", "go.mod": "module m" } };
    expect(cacheKey(turned)).to.equal(cacheKey(inputs));
  });

  it("is a folder name that begins with the unit", () => {
    expect(cacheKey(inputs)).to.match(/^kubernetes-[0-9a-f]{16}$/);
  });

  const changes: Record<string, Partial<BuildInputs>> = {
    "go.mod": { moduleFiles: { ...inputs.moduleFiles, "go.mod": "module n" } },
    "go.sum": { moduleFiles: { ...inputs.moduleFiles, "go.sum": "" } },
    "the Go version": { goVersion: "go1.27.0" },
    "the platform": { platform: "linux/arm64" },
    "the linker flags": { unit: { ...inputs.unit, ldflags: "" } },
    "the set of binaries": { unit: { ...inputs.unit, binaries: [] } },
    "the set of assets": { unit: { ...inputs.unit, assets: [] } },
  };
  for (const [what, change] of Object.entries(changes)) {
    it(`changes with ${what}`, () => {
      expect(cacheKey({ ...inputs, ...change })).not.to.equal(cacheKey(inputs));
    });
  }
});

describe("binaryUnits", () => {
  it("names every binary and every unit once", () => {
    const names = binaryUnits.flatMap((unit) => unit.binaries.map(({ name }) => name));
    expect(new Set(names).size).to.equal(names.length);
    expect(new Set(binaryUnits.map(({ id }) => id)).size).to.equal(binaryUnits.length);
  });

  it("pins every version that is not pinned by a go.mod", () => {
    const versions = binaryUnits.flatMap(({ source }) =>
      source.kind === "install" ? [source.version] : [],
    );
    expect(versions.every((version) => /^v\d+\.\d+\.\d+$/.test(version))).to.equal(true);
  });

  it("has the control plane, the node and its DNS in the core", () => {
    expect(unitsOfGroup("core").map(({ id }) => id)).to.deep.equal([
      "kubernetes",
      "kwok",
      "coredns",
    ]);
  });
});
