import { expect } from "chai";
import { asId, type AgentId, type OfferId } from "../../../../src/api/ids/ids.ts";
import {
  checkQuota,
  type QuotaRefusal,
  type QuotaRequest,
  type QuotaWorld,
} from "../../../../src/domain/allocator/quota/check-quota.ts";
import {
  offersToRescind,
  type OutstandingOffer,
} from "../../../../src/domain/allocator/quota/quota-rescinds.ts";
import { resourcesOf } from "../../../../src/domain/resources/parse-resources.ts";

describe("checkQuota", () => {
  const cases: Record<
    string,
    {
      request?: Partial<QuotaRequest>;
      world?: Partial<QuotaWorld>;
      want: QuotaRefusal | undefined;
    }
  > = {
    "a guarantee within limit and pool": { want: undefined },
    "a nested role": { request: { role: "a/b" }, want: "nestedRole" },
    "a role off the whitelist": {
      world: { roleWhitelist: ["other"] },
      want: "roleNotWhitelisted",
    },
    "a guarantee above its limit": {
      request: { limits: { cpus: 1 } },
      want: "guaranteeAboveLimit",
    },
    "a value above 1e12": { request: { limits: { cpus: 1e15 + 1 } }, want: "valueTooLarge" },
    "more mem than an EiB": {
      request: { limits: { mem: 2 ** 40 * 1000 + 1000 } },
      want: "valueTooLarge",
    },
    "a limit below what is consumed": {
      world: { consumed: { cpus: 9000 } },
      want: "limitBelowConsumption",
    },
    "the same with force": {
      world: { consumed: { cpus: 9000 }, force: true },
      want: undefined,
    },
    "guarantees that exceed the pool together": {
      world: { guarantees: new Map([["b", { cpus: 9000 }]]) },
      want: "guaranteesAbovePool",
    },
    "a guarantee that replaces the role's own": {
      world: { guarantees: new Map([["a", { cpus: 9000 }]]) },
      want: undefined,
    },
  };
  for (const [name, { request = {}, world = {}, want }] of Object.entries(cases)) {
    it(`answers ${name} with ${want ?? "yes"}`, () => {
      const asked = { role: "a", guarantees: { cpus: 2000 }, limits: { cpus: 4000 }, ...request };
      const seen = {
        guarantees: new Map(),
        consumed: {},
        capacity: { cpus: 10_000 },
        force: false,
        ...world,
      };
      expect(checkQuota(asked, seen)).to.equal(want);
    });
  }
});

describe("offersToRescind", () => {
  const offer = (id: string, role: string, agent: string, text: string): OutstandingOffer => ({
    id: asId<OfferId>(id),
    role,
    agentId: asId<AgentId>(agent),
    resources: resourcesOf(text),
  });

  it("takes back offers of the role and its sub-roles until it is within the limits", () => {
    const offers = [
      offer("o1", "q", "a1", "mem:100"),
      offer("o2", "q/x", "a2", "cpus:2"),
      offer("o3", "q", "a3", "cpus:2"),
      offer("o4", "q", "a4", "cpus:2"),
    ];
    const request = { role: "q", guarantees: {}, limits: { cpus: 3000 } };
    expect(offersToRescind(request, { cpus: 6000 }, offers)).to.deep.equal(["o2", "o3"]);
  });

  it("takes back offers of others by whole agents until the guarantee is covered", () => {
    const offers = [
      offer("o1", "n", "a1", "cpus:1"),
      offer("o2", "n", "a2", "cpus(n):4"),
      offer("o3", "m", "a1", "cpus:1"),
      offer("o4", "n", "a3", "cpus:2"),
      offer("o5", "n", "a4", "cpus:2"),
    ];
    const request = { role: "q", guarantees: { cpus: 4000 }, limits: {} };
    expect(offersToRescind(request, {}, offers)).to.deep.equal(["o1", "o3", "o4"]);
  });
});
