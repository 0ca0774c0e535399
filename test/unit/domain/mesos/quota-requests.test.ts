import { expect } from "chai";
import type { QuotaConfig, QuotaRequest } from "../../../../src/api/mesos/quota.ts";
import {
  type QuotaFacts,
  readQuotaConfigs,
  readQuotaRequest,
} from "../../../../src/domain/mesos/quota-requests.ts";

const amounts = (given: Record<string, number>): NonNullable<QuotaConfig["guarantees"]> =>
  Object.fromEntries(Object.entries(given).map(([name, value]) => [name, { value }]));
const config = (
  role: string,
  guarantees: Record<string, number>,
  limits: Record<string, number> = {},
): QuotaConfig => ({ role, guarantees: amounts(guarantees), limits: amounts(limits) });

/** 10 cpus, of which `db` is guaranteed 4; `web` uses 2. */
const FACTS: QuotaFacts = {
  rolesAllowed: [],
  quotas: new Map([["db", { guarantees: { cpus: 4000 }, limits: { cpus: 4000 } }]]),
  consumed: (role) => (role === "web" ? { cpus: 2000, mem: 64_500 } : {}),
  capacity: { cpus: 10_000, mem: 1_024_000 },
};

describe("UPDATE_QUOTA (MES-14)", () => {
  const cases: Record<
    string,
    { given: QuotaConfig[]; facts?: Partial<QuotaFacts>; force?: true; want: string }
  > = {
    "a guarantee that fits": { given: [config("web", { cpus: 6 })], want: "ok" },
    "a role that is not on the whitelist": {
      given: [config("web", { cpus: 1 })],
      facts: { rolesAllowed: ["db"] },
      want: "Invalid QuotaConfig: 'web' is not on the roles whitelist",
    },
    "a nested role": {
      given: [config("web/a", { cpus: 1 })],
      want: "Updating quota on nested role 'web/a' is not supported yet",
    },
    "a name that is no role": {
      given: [config("-web", {})],
      want: "Invalid QuotaConfig: Invalid 'QuotaConfig.role': Role '-web' cannot have a component that begins with '-'",
    },
    "a guarantee above its limit": {
      given: [config("web", { mem: 65, cpus: 2.5 }, { cpus: 2, mem: 65 })],
      want: "Invalid QuotaConfig: 'QuotaConfig.guarantees' {'cpus': 2.5, 'mem': 65} is not contained within the 'QuotaConfig.limits' {'cpus': 2, 'mem': 65}",
    },
    "more than a trillion": {
      given: [config("web", {}, { ports: 1e12 + 1 })],
      want: "Invalid QuotaConfig: Invalid 'QuotaConfig.limits': {'ports': 1000000000001} is invalid: values greater than 1 trillion (1000000000000) are not supported",
    },
    "more mem than an exabyte": {
      given: [config("web", { mem: 2 ** 40 + 1 })],
      want: "Invalid QuotaConfig: Invalid 'QuotaConfig.guarantees': {'mem': 1099511627777} is invalid: values greater than 1 exabyte (1099511627776) are not supported",
    },
    "a negative value": {
      given: [config("web", { cpus: -1 })],
      want: "Invalid QuotaConfig: Invalid guarantee configuration {'cpus': -1}: Negative values not allowed",
    },
    "a limit below what is used": {
      given: [config("web", {}, { cpus: 0.5, mem: 2048 })],
      want: "Invalid QuotaConfig: Role 'web' is already consuming 'cpus:2; mem:64.5'; this is more than the requested limits 'cpus:0.5; mem:2048' (use 'force' flag to bypass this check)",
    },
    "a limit below what is used, forced": {
      given: [config("web", {}, { cpus: 0.5 })],
      force: true,
      want: "ok",
    },
    "guarantees above the pool": {
      given: [config("web", { cpus: 7 })],
      want: "Invalid QuotaConfig: total quota guarantees 'cpus:11' exceed cluster capacity 'cpus:10; mem:1024' (use 'force' flag to bypass this check)",
    },
    "guarantees above the pool, forced": {
      given: [config("web", { cpus: 7 })],
      force: true,
      want: "ok",
    },
    "a guarantee that another of the same call makes room for": {
      given: [config("web", { cpus: 9 }), config("db", { cpus: 1 })],
      want: "ok",
    },
    "one wrong of two": {
      given: [config("web", { cpus: 1 }), config("db/x", { cpus: 1 })],
      want: "Updating quota on nested role 'db/x' is not supported yet",
    },
  };
  for (const [name, { given, facts, force = false, want }] of Object.entries(cases)) {
    it(`${want === "ok" ? "takes" : "refuses"} ${name}`, () => {
      const read = readQuotaConfigs(given, force, { ...FACTS, ...facts });
      expect(read.ok ? "ok" : read.error).to.equal(want);
      if (!read.ok) expect(read.status).to.equal(400);
    });
  }
});

describe("SET_QUOTA", () => {
  const cpus = (value: number): NonNullable<QuotaRequest["guarantee"]> => [
    { name: "cpus", type: "SCALAR", scalar: { value } },
  ];
  const invalid = "Failed to validate set quota request: ";
  const cases: Record<string, { given: QuotaRequest; want: readonly [number, string] | "ok" }> = {
    "a role without quota": { given: { role: "web", guarantee: cpus(1) }, want: "ok" },
    "no role": {
      given: { guarantee: cpus(1) },
      want: [400, `${invalid}QuotaInfo must specify a role`],
    },
    "no guarantee": {
      given: { role: "web" },
      want: [400, `${invalid}QuotaInfo with empty 'guarantee'`],
    },
    "a reserved resource": {
      given: {
        role: "web",
        guarantee: [{ name: "cpus", type: "SCALAR", scalar: { value: 1 }, role: "db" }],
      },
      want: [400, `${invalid}QuotaInfo must not contain any ReservationInfo`],
    },
    ports: {
      given: { role: "web", guarantee: [{ name: "ports", type: "RANGES" }] },
      want: [400, `${invalid}QuotaInfo must not include non-scalar resources`],
    },
    "a resource twice": {
      given: { role: "web", guarantee: [...cpus(1), ...cpus(2)] },
      want: [400, `${invalid}QuotaInfo contains duplicate resource name 'cpus'`],
    },
    "a role that has quota": {
      given: { role: "db", guarantee: cpus(1) },
      want: [400, `${invalid}Cannot set quota for role 'db' which already has quota`],
    },
    "a nested role": {
      given: { role: "web/a", guarantee: cpus(1) },
      want: [400, "Setting quota on nested role 'web/a' is not supported yet"],
    },
    "more than there is": {
      given: { role: "web", guarantee: cpus(7) },
      want: [
        409,
        "Quota guarantees overcommit the cluster (use 'force' to bypass this check): Total quota guarantees 'cpus:11' exceed cluster capacity 'cpus:10; mem:1024'",
      ],
    },
    "more than there is, forced": {
      given: { role: "web", guarantee: cpus(7), force: true },
      want: "ok",
    },
  };
  for (const [name, { given, want }] of Object.entries(cases)) {
    it(`${want === "ok" ? "takes" : "refuses"} ${name}`, () => {
      const read = readQuotaRequest(given, FACTS);
      expect(read.ok ? "ok" : [read.status, read.error]).to.deep.equal(want);
    });
  }

  it("makes the guarantee the limit", () => {
    const read = readQuotaRequest({ role: "web", guarantee: cpus(1.5) }, FACTS);
    expect(read.ok && read.quotas).to.deep.equal([
      { role: "web", guarantees: { cpus: 1500 }, limits: { cpus: 1500 } },
    ]);
  });
});
