import { expect } from "chai";
import {
  checkQuota,
  type QuotaRefusal,
  type QuotaRequest,
  type QuotaWorld,
} from "../../../../src/domain/allocator/quota/check-quota.ts";

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
