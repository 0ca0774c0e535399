import { expect } from "chai";
import fc from "fast-check";
import {
  addResources,
  containsResources,
  equalResources,
  subtractResources,
} from "../../../src/domain/resources/arithmetic.ts";
import { formatResources } from "../../../src/domain/resources/format-resources.ts";
import { parseResources, resourcesOf } from "../../../src/domain/resources/parse-resources.ts";
import { fromMilli, toMilli } from "../../../src/domain/resources/quantity.ts";
import { normalizeRanges } from "../../../src/domain/resources/ranges.ts";
import type { MesosResource, Resources } from "../../../src/domain/resources/resource.ts";

const kinds = fc.constantFrom(
  "cpus:",
  "mem:",
  "cpus(r):",
  "cpus(a|a/b):",
  "cpus{REV}:",
  "disk[PATH:/d]:",
);
const scalars = fc
  .tuple(kinds, fc.integer({ min: 1, max: 5_000_000 }))
  .map(([kind, milli]) => resourcesOf(`${kind}${milli / 1000}`)[0] as MesosResource);
const volumes = fc
  .tuple(fc.integer({ min: 1, max: 3 }), fc.boolean())
  .map(
    ([id, shared]) =>
      resourcesOf(`disk(r)[v${id}]${shared ? "<SHARED>" : ""}:5`)[0] as MesosResource,
  );
const bags = fc
  .array(fc.oneof(scalars, volumes), { maxLength: 8 })
  .map((items) => addResources([], items));
const portSets = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 99 }), fc.integer({ min: 0, max: 9 })), {
    maxLength: 5,
  })
  .map((pairs) => normalizeRanges(pairs.map(([begin, more]) => [begin, begin + more])));

function ports(ranges: readonly (readonly [number, number])[]): Resources {
  return addResources([], [{ kind: "ranges", name: "ports", reservations: [], ranges }]);
}

describe("arithmetic of resources", () => {
  it("takes out exactly what was put in: (a + b) − b = a (property 3)", () => {
    fc.assert(
      fc.property(bags, bags, (a, b) => {
        expect(equalResources(subtractResources(addResources(a, b), b), a)).to.equal(true);
      }),
    );
  });

  it("contains both parts of a sum, in either order", () => {
    fc.assert(
      fc.property(bags, bags, (a, b) => {
        expect(containsResources(addResources(a, b), b)).to.equal(true);
        expect(equalResources(addResources(a, b), addResources(b, a))).to.equal(true);
      }),
    );
  });

  it("adds and subtracts ranges as sets of numbers", () => {
    fc.assert(
      fc.property(portSets, portSets, (a, b) => {
        const rest = subtractResources(ports(a), ports(b));
        expect(
          equalResources(addResources(rest, ports(b)), addResources(ports(a), ports(b))),
        ).to.equal(true);
        expect(containsResources(addResources(ports(a), ports(b)), ports(a))).to.equal(true);
      }),
    );
  });

  it("reads back the text it writes", () => {
    fc.assert(
      fc.property(bags, (bag) => {
        const parsed = parseResources(formatResources(bag));
        expect(parsed.ok && equalResources(parsed.resources, bag)).to.equal(true);
      }),
    );
  });

  it("keeps three decimals exact through a hundred thousand operations", () => {
    let bag = resourcesOf("cpus:1000.001");
    const parts = ["cpus:0.1", "cpus:0.7", "cpus:0.001", "cpus:3.333"].map(resourcesOf);
    for (let i = 0; i < 50_000; i += 1) bag = addResources(bag, parts[i % 4] as Resources);
    for (let i = 0; i < 50_000; i += 1) bag = subtractResources(bag, parts[i % 4] as Resources);
    expect(formatResources(bag)).to.equal("cpus:1000.001");
  });

  it("rounds half away from zero at the edge and back without loss", () => {
    fc.assert(
      fc.property(fc.integer({ min: -(2 ** 50), max: 2 ** 50 }), (milli) => {
        expect(toMilli(fromMilli(milli))).to.equal(milli);
      }),
    );
    expect([toMilli(0.0005), toMilli(-0.0005), toMilli(0.00049)]).to.deep.equal([1, -1, 0]);
  });
});
