import { expect } from "chai";
import { otherManagerOf, ownedSpec } from "../../../../src/runtime/apply/owned-part.ts";
import type { JsonObject, KubeObject } from "../../../../src/runtime/kube/kube-object.ts";

const entry = (manager: string, spec: JsonObject, operation: "Apply" | "Update" = "Apply") => ({
  manager,
  operation,
  fieldsV1: { "f:spec": spec },
});

/** `web` is ours in weight and one limit; the rest of it, and `db`, belong to Git. */
const OBJECT = {
  metadata: {
    name: "c",
    managedFields: [
      entry("ours", {
        ".": {},
        "f:roles": {
          'k:{"name":"api"}': { ".": {}, "f:name": {} },
          'k:{"name":"web"}': {
            ".": {},
            "f:name": {},
            "f:weight": {},
            "f:quota": { "f:limits": { "f:cpus": {} } },
          },
        },
        "f:finalizers": { 'v:"a"': {} },
        "f:gone": { "f:field": {} },
      }),
      entry("git", {
        "f:roles": {
          'k:{"name":"db"}': { ".": {}, "f:name": {}, "f:weight": {} },
          'k:{"name":"web"}': { "f:quota": { "f:limits": { "f:mem": {} } } },
        },
      }),
      { ...entry("ours", { "f:paused": {} }), operation: "Update" as const },
    ],
  },
  spec: {
    paused: true,
    roles: [
      { name: "db", weight: "1" },
      { name: "web", weight: "2", quota: { limits: { cpus: "4", mem: "64" }, mode: "Hard" } },
      { name: "api", weight: "1.0" },
    ],
    finalizers: ["a", "b"],
  },
} as unknown as KubeObject;

describe("what a manager applied of a spec", () => {
  it("is found in keyed lists, maps and sets, with the values and in the order it has now", () => {
    expect(ownedSpec(OBJECT, "ours")).to.deep.equal({
      roles: [{ name: "web", weight: "2", quota: { limits: { cpus: "4" } } }, { name: "api" }],
      finalizers: ["a"],
    });
  });

  it("is nothing for somebody who never applied", () => {
    expect(ownedSpec(OBJECT, "nobody")).to.deep.equal({});
    expect(ownedSpec({ metadata: { name: "c" } }, "ours")).to.deep.equal({});
  });

  it("names who else has a say over a field", () => {
    const steps = ["f:roles", 'k:{"name":"web"}', "f:quota"];
    expect(otherManagerOf(OBJECT, steps, "ours")).to.equal("git");
    expect(otherManagerOf(OBJECT, steps, "git")).to.equal("ours");
    expect(otherManagerOf(OBJECT, ["f:nothing"], "ours")).to.equal(undefined);
  });
});
