import { expect } from "chai";
import type { OfferOperation } from "../../../../../src/api/mesos/offer.ts";
import {
  applyCheckpointed,
  convertCheckpointed,
  isCheckpointed,
  rememberUsed,
} from "../../../../../src/domain/mesos/operations/checkpointed-resources.ts";
import { conversionOf, reversed } from "../../../../../src/domain/mesos/operations/conversion.ts";
import { equalResources } from "../../../../../src/domain/resources/arithmetic.ts";
import { formatResources } from "../../../../../src/domain/resources/format-resources.ts";
import { resourcesOf } from "../../../../../src/domain/resources/parse-resources.ts";
import {
  create,
  destroy,
  dynamic,
  grow,
  reserve,
  shrink,
  unreserve,
  wire,
} from "../../../../support/mesos/operations.ts";

describe("what operations take and make (MES-16)", () => {
  const cases: Record<string, readonly [OfferOperation, string, string]> = {
    "a reservation": [reserve("cpus(web):1"), "cpus:1", "cpus(web):1"],
    "a refined reservation": [reserve("cpus(a|a/b):1"), "cpus(a):1", "cpus(a|a/b):1"],
    "its end": [unreserve("cpus(a|a/b):1"), "cpus(a|a/b):1", "cpus(a):1"],
    "reserved ports": [reserve("ports(web):[80-81]"), "ports:[80-81]", "ports(web):[80-81]"],
    "another reservation of the same": [
      {
        type: "RESERVE",
        reserve: { source: wire("cpus(a):1"), resources: wire("cpus(b):1") },
      },
      "cpus(a):1",
      "cpus(b):1",
    ],
    "a volume": [create("disk(web)[v:data]:9"), "disk(web):9", "disk(web)[v:data]:9"],
    "a volume on a disk of its own": [
      create("disk(web)[MOUNT:/d,v:data]:9"),
      "disk(web)[MOUNT:/d]:9",
      "disk(web)[MOUNT:/d,v:data]:9",
    ],
    "a shared volume": [
      create("disk(web)[v:data]<SHARED>:9"),
      "disk(web):9",
      "disk(web)[v:data]<SHARED>:9",
    ],
    "its end, too": [destroy("disk(web)[v:data]:9"), "disk(web)[v:data]:9", "disk(web):9"],
    "a larger volume": [
      grow("disk(web)[v:data]:9", "disk(web):3"),
      "disk(web)[v:data]:9;disk(web):3",
      "disk(web)[v:data]:12",
    ],
    "a smaller volume": [
      shrink("disk(web)[v:data]:9", 4),
      "disk(web)[v:data]:9",
      "disk(web)[v:data]:5;disk(web):4",
    ],
  };
  for (const [name, [operation, consumed, converted]] of Object.entries(cases)) {
    it(`converts for ${name}`, () => {
      const made = conversionOf(operation);
      expect(formatResources(made.consumed)).to.equal(consumed);
      expect(formatResources(made.converted)).to.equal(converted);
      expect(reversed(reversed(made))).to.deep.equal(made);
    });
  }
});

describe("reservations and volumes that an agent has (MES-16)", () => {
  const INVENTORY = resourcesOf("cpus:4;mem:1000;disk:100;ports:[80-89];cpus(static):2");
  const cases: Record<string, readonly [string, string]> = {
    nothing: ["", "cpus:4;mem:1000;disk:100;ports:[80-89];cpus(static):2"],
    "a part": ["cpus(web):1", "cpus:3;mem:1000;disk:100;ports:[80-89];cpus(static):2;cpus(web):1"],
    "more than is there": [
      "cpus(web):3;cpus(db):3",
      "mem:1000;disk:100;ports:[80-89];cpus(static):2;cpus(web):3;cpus(db):1",
    ],
    "ports of which some are gone": [
      "ports(web):[88-95]",
      "cpus:4;mem:1000;disk:100;ports:[80-87];cpus(static):2;ports(web):[88-89]",
    ],
    "a volume": [
      "disk(web)[v:data]:40",
      "cpus:4;mem:1000;disk:60;ports:[80-89];cpus(static):2;disk(web)[v:data]:40",
    ],
    "a volume that does not fit any more": [
      "disk(web)[v:data]:140",
      "cpus:4;mem:1000;disk:100;ports:[80-89];cpus(static):2",
    ],
    "what it does not have at all": [
      "gpus(web):1",
      "cpus:4;mem:1000;disk:100;ports:[80-89];cpus(static):2",
    ],
  };
  for (const [name, [checkpointed, total]] of Object.entries(cases)) {
    it(`takes ${name} out of the inventory`, () => {
      const made = applyCheckpointed(INVENTORY, dynamic(checkpointed));
      expect(
        equalResources(made, made.length === 0 ? [] : mixed(total)),
        formatResources(made),
      ).to.equal(true);
    });
  }

  /** Static where the inventory is, dynamic where an operation made it. */
  const mixed = (text: string): ReturnType<typeof dynamic> =>
    text
      .split(";")
      .flatMap((part) => (part.includes("(static)") ? resourcesOf(part) : dynamic(part)));

  it("refines a static reservation", () => {
    const [refined] = resourcesOf("cpus(static|static/a):1");
    expect(formatResources(applyCheckpointed(INVENTORY, refined ? [refined] : []))).to.contain(
      "cpus(static):1;cpus(static|static/a):1",
    );
  });

  it("remembers what an operation made and forgets what one took", () => {
    const first = convertCheckpointed([], conversionOf(reserve("cpus(web):2;disk(web):9")));
    const second = convertCheckpointed(first, conversionOf(create("disk(web)[v:data]:9")));
    const third = convertCheckpointed(second, conversionOf(unreserve("cpus(web):1")));
    expect(formatResources(third)).to.equal("cpus(web):1;disk(web)[v:data]:9");
    expect(resourcesOf("cpus(web):1;cpus:1").some(isCheckpointed)).to.equal(false);
  });

  it("adds what is used and nobody remembers, once", () => {
    const used = dynamic("cpus(web):2;mem:10");
    const once = rememberUsed(dynamic("cpus(web):1"), used);
    expect(formatResources(once)).to.equal("cpus(web):2");
    expect(formatResources(rememberUsed(once, used))).to.equal("cpus(web):2");
  });
});
