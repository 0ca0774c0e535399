import { expect } from "chai";
import { formatResources } from "../../../../src/domain/resources/format-resources.ts";
import { parseResources } from "../../../../src/domain/resources/parse-resources.ts";
import { parseQuantities } from "../../../../src/domain/resources/quantity.ts";

describe("parseResources", () => {
  const good: Record<string, { text: string; want: string }> = {
    "scalars of three places": { text: "cpus:1.5; mem:0.001", want: "cpus:1.5;mem:0.001" },
    "an explicit star as unreserved": { text: "cpus(*):1", want: "cpus:1" },
    "equal items added up": { text: "cpus:0.1;cpus:0.2", want: "cpus:0.3" },
    "ranges merged and sorted": { text: "ports:[5-9,1-4,20-20]", want: "ports:[1-9,20-20]" },
    "sets without doubles": { text: "gpus_ids:{b,a,b}", want: "gpus_ids:{a,b}" },
    "a stack of reservations": { text: "cpus(a|a/b):1", want: "cpus(a|a/b):1" },
    "a shared volume on a mounted disk": {
      text: "disk(r)[MOUNT:/d,v1:/p]<SHARED>:5",
      want: "disk(r)[MOUNT:/d,v1:/p]<SHARED>:5",
    },
    "revocable beside regular": { text: "cpus{REV}:2;cpus:1", want: "cpus{REV}:2;cpus:1" },
    "nothing of nothing": { text: " ; cpus:0", want: "" },
  };
  for (const [name, { text, want }] of Object.entries(good)) {
    it(`reads ${name}`, () => {
      const parsed = parseResources(text);
      expect(parsed.ok && formatResources(parsed.resources)).to.equal(want);
    });
  }

  for (const item of ["cpus", "cpus:-1", "cpus:x", "ports:[9-1]", "ports:[1", ":1"]) {
    it(`names the item ${item} when it cannot be read`, () => {
      const parsed = parseResources(`mem:1;${item}`);
      expect(parsed.ok ? undefined : parsed.item).to.equal(item);
    });
  }
});

describe("parseQuantities", () => {
  it("keeps zeros, because a limit of zero is a limit", () => {
    expect(parseQuantities("cpus:0;mem:1.5")).to.deep.equal({ cpus: 0, mem: 1500 });
  });

  it("refuses what is not a quantity", () => {
    for (const text of ["cpus", "cpus:-1", "cpus:[1-2]", ":1"]) {
      expect(parseQuantities(text), text).to.equal(undefined);
    }
  });
});
