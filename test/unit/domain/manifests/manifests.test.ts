import { expect } from "chai";
import { fingerprint } from "../../../../src/domain/manifests/fingerprint.ts";
import { heapOption, memoryBytes } from "../../../../src/domain/manifests/pod-defaults.ts";
import { overridePodTemplate } from "../../../../src/domain/manifests/pod-overrides.ts";
import { strategicMerge } from "../../../../src/domain/manifests/strategic-merge.ts";

describe("strategicMerge", () => {
  it("merges containers by name, their environment by name, and replaces other lists", () => {
    const base = {
      containers: [
        { name: "a", args: ["1"], env: [{ name: "X", value: "1" }] },
        { name: "b", image: "b" },
      ],
    };
    const patch = {
      containers: [
        { name: "a", args: ["2"], env: [{ name: "Y", value: "2" }] },
        { name: "c", image: "c" },
      ],
    };
    expect(strategicMerge(base, patch)).to.deep.equal({
      containers: [
        {
          name: "a",
          args: ["2"],
          env: [
            { name: "X", value: "1" },
            { name: "Y", value: "2" },
          ],
        },
        { name: "b", image: "b" },
        { name: "c", image: "c" },
      ],
    });
  });
  it("removes what is null and leaves its arguments alone", () => {
    const base = { a: { b: 1, c: 2 } };
    expect(strategicMerge(base, { a: { b: null } })).to.deep.equal({ a: { c: 2 } });
    expect(base).to.deep.equal({ a: { b: 1, c: 2 } });
  });
});

describe("overridePodTemplate", () => {
  const template = { metadata: { labels: { a: "1" } }, spec: { containers: [{ name: "master" }] } };
  it("puts named fields where they belong, and podTemplate over everything", () => {
    const merged = overridePodTemplate(
      template,
      {
        labels: { team: "x" },
        env: [{ name: "E", value: "1" }],
        nodeSelector: { disk: "ssd" },
        podTemplate: { spec: { nodeSelector: { disk: "hdd" }, hostNetwork: true } },
      },
      "master",
    );
    expect(merged).to.deep.equal({
      metadata: { labels: { a: "1", team: "x" } },
      spec: {
        nodeSelector: { disk: "hdd" },
        hostNetwork: true,
        containers: [{ name: "master", env: [{ name: "E", value: "1" }] }],
      },
    });
  });
  it("changes nothing without overrides", () => {
    expect(overridePodTemplate(template, {}, "master")).to.deep.equal(template);
  });
});

describe("fingerprint", () => {
  it("does not see the order of keys, and sees every value", () => {
    expect(fingerprint({ a: 1, b: [{ c: "x", d: null }] })).to.equal(
      fingerprint({ b: [{ d: null, c: "x" }], a: 1 }),
    );
    const seen = ["x", "y", 1, true, null, ["x"], { x: 1 }].map(fingerprint);
    expect(new Set(seen).size).to.equal(seen.length);
  });
});

describe("memory of containers", () => {
  it("reads quantities", () => {
    expect(["1Gi", "64Mi", "1500k", 1024].map(memoryBytes)).to.deep.equal([
      2 ** 30,
      2 ** 26,
      1_500_000,
      1024,
    ]);
    expect(memoryBytes("250m")).to.equal(undefined);
  });
  it("leaves Node three quarters of the limit", () => {
    expect(heapOption("192Mi")).to.deep.equal([
      { name: "NODE_OPTIONS", value: "--max-old-space-size=144 --max-semi-space-size=8" },
    ]);
    expect(heapOption(undefined)).to.deep.equal([]);
  });
});
