import { expect } from "chai";
import type { Resource } from "../../../../src/api/mesos/resource.ts";
import { readResources, writeResources } from "../../../../src/domain/mesos/wire-resources.ts";
import { equalResources } from "../../../../src/domain/resources/arithmetic.ts";
import { formatResources } from "../../../../src/domain/resources/format-resources.ts";
import { resourcesOf } from "../../../../src/domain/resources/parse-resources.ts";

const scalar = (overrides: Partial<Resource>): Resource => ({
  name: "cpus",
  type: "SCALAR",
  scalar: { value: 1 },
  ...overrides,
});

describe("wire resources", () => {
  const texts: Record<string, string> = {
    "plain amounts": "cpus:1.5;mem:64;ports:[31000-31002,31005-31005]",
    "a static reservation": "cpus(web):2",
    "a volume and an exclusive disk": "disk(web)[v1:/data]:10;disk[MOUNT:/d]:5",
    "revocable cpus": "cpus{REV}:1",
  };
  for (const [name, text] of Object.entries(texts)) {
    for (const refined of [true, false]) {
      it(`gives back ${name} in the ${refined ? "new" : "old"} format`, () => {
        const read = readResources(writeResources(resourcesOf(text), { refined }));
        expect(read.ok && equalResources(read.resources, resourcesOf(text))).to.equal(true);
      });
    }
  }

  it("never shows refined reservations in the old format", () => {
    const resources = resourcesOf("cpus(a|a/b):1;mem:5");
    expect(writeResources(resources, { refined: false }).map(({ name }) => name)).to.deep.equal([
      "mem",
    ]);
  });

  it("has no role in the new format and always one in the old", () => {
    const resources = resourcesOf("cpus:1");
    expect(writeResources(resources, { refined: true })[0]).not.to.have.property("role");
    expect(writeResources(resources, { refined: false })[0]).to.have.property("role", "*");
  });

  const faults: Record<string, Resource> = {
    "both formats at once": scalar({
      role: "a",
      reservations: [{ role: "a", type: "STATIC" }],
    }),
    "a dynamic reservation to *": scalar({ reservation: {} }),
    "a value of another type": scalar({ type: "RANGES" }),
    "a value that is not finite": scalar({ scalar: { value: Infinity } }),
    "a range that runs backwards": {
      name: "ports",
      type: "RANGES",
      ranges: { range: [{ begin: 5, end: 1 }] },
    },
    "a reservation without role": scalar({ reservations: [{ type: "STATIC" }] }),
  };
  for (const [name, resource] of Object.entries(faults)) {
    it(`refuses ${name}`, () => expect(readResources([resource]).ok).to.equal(false));
  }

  it("adds up what is alike", () => {
    const read = readResources([scalar({}), scalar({ scalar: { value: 0.5 } })]);
    expect(read.ok && formatResources(read.resources)).to.equal("cpus:1.5");
  });
});
