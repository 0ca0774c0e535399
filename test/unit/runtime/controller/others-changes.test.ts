import { expect } from "chai";
import { OthersChanges } from "../../../../src/runtime/controller/others-changes.ts";
import { objectKey, type KubeObject } from "../../../../src/runtime/kube/kube-object.ts";

const KEY = objectKey("ns", "a");

/** An object as a watch brings it or a write is answered with it. */
const at = (resourceVersion: string, more: Partial<KubeObject["metadata"]> = {}): KubeObject => ({
  metadata: { name: "c", namespace: "ns", uid: "u", resourceVersion, ...more },
});
const going = (resourceVersion: string): KubeObject =>
  at(resourceVersion, { deletionTimestamp: "2026-11-21T00:00:00Z" });

describe("OthersChanges", () => {
  let others: OthersChanges;
  beforeEach(() => {
    others = new OthersChanges();
    others.take(KEY);
  });

  const rows: Record<string, { readonly happens: () => void; readonly byOthers: boolean }> = {
    "nothing at all": { happens: () => undefined, byOthers: false },
    "a change by somebody": { happens: () => others.brought(KEY, at("7")), byOthers: true },
    "our write, brought after its answer": {
      happens: () => {
        others.wrote(KEY, at("7"));
        others.brought(KEY, at("7"));
      },
      byOthers: false,
    },
    "our write, brought before its answer": {
      happens: () => {
        others.brought(KEY, at("7"));
        others.wrote(KEY, at("7"));
      },
      byOthers: false,
    },
    "our write, brought after the next question": {
      happens: () => {
        others.wrote(KEY, at("7"));
        others.take(KEY);
        others.brought(KEY, at("7"));
      },
      byOthers: false,
    },
    "our write, and a change on top of it": {
      happens: () => {
        others.wrote(KEY, at("7"));
        others.brought(KEY, at("7"));
        others.brought(KEY, at("8"));
      },
      byOthers: true,
    },
    "our deletion, on its way and done": {
      happens: () => {
        others.deleted(KEY, at("7"));
        others.brought(KEY, going("8"));
        others.brought(KEY, going("9"));
      },
      byOthers: false,
    },
    "somebody else's deletion": { happens: () => others.brought(KEY, going("8")), byOthers: true },
    "more changes than one look can be the cause of": {
      happens: () => {
        for (let version = 0; version < 1000; version += 1) {
          others.wrote(KEY, at(String(version)));
          others.brought(KEY, at(String(version)));
        }
      },
      byOthers: true,
    },
  };
  for (const [name, { happens, byOthers }] of Object.entries(rows)) {
    it(`${byOthers ? "sees others in" : "sees nobody else in"} ${name}`, () => {
      happens();
      expect(others.take(KEY)).to.equal(byOthers);
      expect(others.take(KEY), "asked again").to.equal(false);
    });
  }

  it("remembers nothing of a key that nobody works on, as on a standby", () => {
    const key = objectKey("ns", "b");
    const ours = new OthersChanges();
    ours.brought(key, at("7"));
    expect(ours.take(key), "the first answer").to.equal(true);
    expect(ours.take(key)).to.equal(false);
  });
});
