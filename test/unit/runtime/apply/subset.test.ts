import { expect } from "chai";
import { missingPaths } from "../../../../src/runtime/apply/subset.ts";
import { quantityNanos } from "../../../../src/runtime/apply/quantity.ts";

interface Case {
  readonly desired: unknown;
  readonly live: unknown;
  readonly missing?: readonly string[];
}

const cases: Record<string, Case> = {
  "the same": { desired: { a: 1 }, live: { a: 1 } },
  "defaults that the server added": { desired: { a: 1 }, live: { a: 1, b: 2 } },
  "a value somebody changed": { desired: { a: 1 }, live: { a: 2 }, missing: [".a"] },
  "a value somebody removed": { desired: { a: { b: 1 } }, live: { a: {} }, missing: [".a.b"] },
  "empty values that the server leaves out": {
    desired: { a: {}, b: [], c: "", d: false, e: null, f: { g: {} } },
    live: {},
  },
  "a zero, which is a decision": { desired: { replicas: 0 }, live: {}, missing: [".replicas"] },
  "a quantity in other words": {
    desired: { requests: { cpu: "1000m", memory: "1024Mi" } },
    live: { requests: { cpu: "1", memory: "1Gi" } },
  },
  "another quantity": {
    desired: { limits: { cpu: "1" } },
    live: { limits: { cpu: "1001m" } },
    missing: [".limits.cpu"],
  },
  "a text that only looks like a quantity": {
    desired: { data: { size: "1000m" } },
    live: { data: { size: "1" } },
    missing: [".data.size"],
  },
  "containers of others between ours": {
    desired: { containers: [{ name: "main", image: "a" }] },
    live: { containers: [{ name: "injected" }, { name: "main", image: "a" }] },
  },
  "a container that is another image": {
    desired: { containers: [{ name: "main", image: "a" }] },
    live: { containers: [{ name: "main", image: "b" }] },
    missing: [".containers[main].image"],
  },
  "ports with and without the default protocol": {
    desired: { ports: [{ port: 53, protocol: "UDP" }, { port: 80 }] },
    live: {
      ports: [
        { port: 80, protocol: "TCP" },
        { port: 53, protocol: "UDP" },
      ],
    },
  },
  "an atomic list that grew": {
    desired: { args: ["a"] },
    live: { args: ["a", "b"] },
    missing: [".args"],
  },
  "an atomic list in another order": {
    desired: { args: ["a", "b"] },
    live: { args: ["b", "a"] },
    missing: [".args[0]", ".args[1]"],
  },
  "finalizers of others beside ours": {
    desired: { finalizers: ["ours"] },
    live: { finalizers: ["theirs", "ours"] },
  },
  "another type": { desired: { port: 80 }, live: { port: "80" }, missing: [".port"] },
};

describe("missingPaths", () => {
  for (const [name, { desired, live, missing = [] }] of Object.entries(cases)) {
    it(`finds ${missing.length === 0 ? "nothing" : missing.join(" and ")} missing for ${name}`, () => {
      expect(missingPaths(desired, live, 50)).to.deep.equal(missing);
    });
  }

  it("stops at the number of paths it was given", () => {
    expect(missingPaths({ a: 1, b: 2, c: 3 }, {}, 2)).to.have.length(2);
  });
});

describe("quantityNanos", () => {
  const values: Record<string, bigint | undefined> = {
    "1": 1_000_000_000n,
    "1500m": 1_500_000_000n,
    "1.5": 1_500_000_000n,
    "15e-1": 1_500_000_000n,
    "0.5Ki": 512_000_000_000n,
    "1Gi": 1_073_741_824_000_000_000n,
    "100n": 100n,
    "1E": 10n ** 27n,
    "1e3": 1_000_000_000_000n,
    "-2": -2_000_000_000n,
    "0.0000000001": 1n,
    "": undefined,
    "1x": undefined,
    "1e999": undefined,
    nonsense: undefined,
  };
  for (const [text, nanos] of Object.entries(values)) {
    it(`reads "${text}" as ${nanos === undefined ? "no quantity" : `${nanos} n`}`, () => {
      expect(quantityNanos(text)).to.equal(nanos);
    });
  }
});
