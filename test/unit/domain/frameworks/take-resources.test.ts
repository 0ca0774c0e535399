import { expect } from "chai";
import { takeResources } from "../../../../src/domain/frameworks/take-resources.ts";
import { equalResources } from "../../../../src/domain/resources/arithmetic.ts";
import { formatResources } from "../../../../src/domain/resources/format-resources.ts";
import { resourcesOf } from "../../../../src/domain/resources/parse-resources.ts";

interface Row {
  readonly offered: string;
  readonly wanted: string;
  /** Undefined: not enough. */
  readonly taken?: string;
}

const rows: Record<string, Row> = {
  "plain wishes come from what is plain": {
    offered: "cpus:4;mem:64;cpus(r):4",
    wanted: "cpus:3;mem:64",
    taken: "cpus:3;mem:64",
  },
  "a plain wish goes on in what is reserved to the role": {
    offered: "cpus:1;cpus(r):4",
    wanted: "cpus:3",
    taken: "cpus:1;cpus(r):2",
  },
  "ports are cut likewise": {
    offered: "ports:[1-3];ports(r):[4-9]",
    wanted: "ports:[3-5]",
    taken: "ports:[3-3];ports(r):[4-5]",
  },
  "sets too": { offered: "zones:{a,b}", wanted: "zones:{b}", taken: "zones:{b}" },
  "a reserved wish is met by that reservation only": { offered: "cpus:4", wanted: "cpus(r):1" },
  "too little is nothing at all": { offered: "cpus:4;mem:63", wanted: "cpus:1;mem:64" },
  "a name that is not offered": { offered: "cpus:4", wanted: "gpus:1" },
  "volumes are not taken for plain disk": { offered: "disk(r)[v1:/d]:100", wanted: "disk:50" },
  "revocable cpus are not taken for regular ones": { offered: "cpus{REV}:4", wanted: "cpus:1" },
  "a volume is had by asking for it": {
    offered: "disk(r)[v1:/d]:100",
    wanted: "disk(r)[v1:/d]:100",
    taken: "disk(r)[v1:/d]:100",
  },
  "two wishes of one name do not use the same thing twice": {
    offered: "ports:[1-2]",
    wanted: "ports:[1-1];ports:[1-2]",
    taken: "ports:[1-2]",
  },
};

describe("takeResources (MES-01)", () => {
  for (const [name, { offered, wanted, taken }] of Object.entries(rows)) {
    it(name, () => {
      const got = takeResources(resourcesOf(offered), resourcesOf(wanted));
      if (taken === undefined) expect(got).to.equal(undefined);
      else {
        expect(equalResources(got ?? [], resourcesOf(taken)), formatResources(got ?? [])).to.equal(
          true,
        );
      }
    });
  }
});
