import { expect } from "chai";
import type { OfferOperation } from "../../../../../src/api/mesos/offer.ts";
import { reserve, unreserve, wire } from "../../../../support/mesos/operations.ts";
import {
  changed,
  framework,
  itRefuses,
  type Refusal,
  verdict,
} from "../../../../support/mesos/refused-operations.ts";

const cases: Record<string, Refusal> = {
  "a reservation of nothing": {
    operation: reserve(""),
    error: "Invalid resources: Resources cannot be empty",
  },
  "a reservation that is none": {
    operation: reserve("cpus:1"),
    error: "Resource cpus:1 is not dynamically reserved",
  },
  "a static reservation": {
    operation: changed(reserve("cpus(web):1"), {
      reservations: [{ role: "web", type: "STATIC" }],
    }),
    error: "Resource cpus(web):1 is not dynamically reserved",
  },
  "a reservation to another role than the offers'": {
    operation: reserve("cpus(db):1"),
    error:
      "A reserve operation was attempted for a resource with role 'db', but the resource was " +
      "allocated to role 'web'",
  },
  "a reservation for a role the framework left": {
    operation: reserve("cpus(web):1"),
    context: { framework: { ...framework, roles: ["db"] } },
    error:
      "A reserve operation was attempted for a resource allocated to role 'web', but the " +
      "framework only has roles '{ db }'",
  },
  "a reservation of what is not offered": {
    operation: reserve("cpus(web):5"),
    error:
      "Invalid RESERVE operation: cpus:4;disk:100;cpus(web):4;disk(web)[v:d]:9 does not contain cpus:5",
  },
  "a reservation without the principal of the framework": {
    operation: reserve("cpus(web):1"),
    context: { principal: "p" },
    error:
      "A reserve operation was attempted by principal 'p', but there is a reserved resource in " +
      "the request with no principal set",
  },
  "a reservation with another principal": {
    operation: changed(reserve("cpus(web):1"), {
      reservations: [{ role: "web", type: "DYNAMIC", principal: "q" }],
    }),
    context: { principal: "p" },
    error:
      "A reserve operation was attempted by authenticated principal 'p', which does not match a " +
      "reserved resource in the request with principal 'q'",
  },
  "a reservation by a framework that names a source": {
    operation: {
      type: "RESERVE",
      reserve: { source: wire("cpus(web):1"), resources: wire("cpus(web):1") },
    },
    error: "'Reserve.source' is for operators: frameworks reserve what they were offered",
  },
  "a hierarchical role on an agent that knows none": {
    operation: reserve("cpus(web|web/a):1"),
    context: {
      framework: { ...framework, role: "web/a", roles: ["web/a"] },
      agentCapabilities: [],
    },
    error:
      "Resource cpus(web|web/a):1 with reservation for hierarchical role 'web/a' cannot be " +
      "reserved on an agent without HIERARCHICAL_ROLE capability",
  },
  "a refined reservation on an agent that knows none": {
    operation: reserve("cpus(web|web/a):1"),
    context: {
      framework: { ...framework, role: "web/a", roles: ["web/a"] },
      agentCapabilities: ["HIERARCHICAL_ROLE"],
    },
    error:
      "Resource cpus(web|web/a):1 with reservation refinement cannot be reserved on an agent " +
      "without RESERVATION_REFINEMENT capability",
  },
  "a refinement to a role that is not below": {
    operation: reserve("cpus(db|web):1"),
    error:
      "Resource cpus(db|web):1 is invalid: role 'web' is not a descendant of 'db', which it refines",
  },
  "a reservation of revocable resources": {
    operation: changed(reserve("cpus(web):1"), { revocable: {} }),
    error:
      "Invalid resources: Invalid ReservationInfo: Dynamically reserved resource " +
      "cpus(web){REV}:1 cannot be created from revocable resources",
  },
  "a part of a GPU": {
    operation: reserve("gpus(web):0.5"),
    error:
      "Invalid resources: Invalid 'gpus' resource: The 'gpus' resource must be an unsigned integer",
  },
  "resources of a provider and others": {
    operation: {
      type: "RESERVE",
      reserve: {
        resources: [
          ...wire("cpus(web):1"),
          ...wire("mem(web):1").map((it) => ({ ...it, provider_id: { value: "p" } })),
        ],
      },
    },
    error: "Invalid resources: Some resources have a resource provider and some do not",
  },
  "an operator's reservation of allocated resources": {
    operation: changed(reserve("cpus(web):1"), { allocation_info: { role: "web" } }),
    byOperator: true,
    error:
      "A reserve operation was attempted with an allocated resource, but the operator API only " +
      "allows reservations to be made to unallocated resources",
  },
  "a re-reservation of other quantities": {
    operation: {
      type: "RESERVE",
      reserve: { source: wire("cpus(web):2"), resources: wire("cpus(db):1") },
    },
    byOperator: true,
    error:
      "Source and target resources should refer to identical resource quantities: cpus:2 vs. cpus:1",
  },
  "a re-reservation from two reservations": {
    operation: {
      type: "RESERVE",
      reserve: { source: wire("cpus(web):1;cpus(db):1"), resources: wire("cpus(x):2") },
    },
    byOperator: true,
    error: "Invalid source: Mixed reservations are not supported",
  },
  "the end of no reservation": {
    operation: unreserve("cpus:1"),
    error: "Resource cpus:1 is not dynamically reserved",
  },
  "the end of the reservation of a volume": {
    operation: unreserve("disk(web)[v:d]:9"),
    error:
      "A dynamically reserved persistent volume disk(web)[v:d]:9 cannot be unreserved directly. " +
      "Please destroy the persistent volume first then unreserve the resource",
  },
};

describe("planOperation of reservations (MES-16)", () => {
  itRefuses(cases);

  it("lets an operator reserve again what is reserved", () => {
    const operation: OfferOperation = {
      type: "RESERVE",
      reserve: { source: wire("cpus(web):2"), resources: wire("cpus(db):2") },
    };
    expect(verdict({ operation, byOperator: true })).to.equal("");
  });
});
