import { expect } from "chai";
import {
  inexactRole,
  rolesWith,
  strangerToRoles,
} from "../../../../src/adapters/mesos-cluster-config/role-spec.ts";
import type { JsonObject } from "../../../../src/runtime/kube/kube-object.ts";
import type { RoleWrite } from "../../../../src/services/offer-engine/ports.ts";

const WEB = { name: "web", weight: "2", quota: { limits: { cpus: "4" } } };

describe("roles of a MesosCluster as operators change them", () => {
  const cases: Record<string, { owned: JsonObject; writes: RoleWrite[]; want: JsonObject }> = {
    "a first weight": {
      owned: {},
      writes: [{ role: "web", weight: 0.125 }],
      want: { roles: [{ name: "web", weight: "0.125" }] },
    },
    "a weight beside a quota": {
      owned: { roles: [WEB] },
      writes: [{ role: "web", weight: 10 }],
      want: { roles: [{ ...WEB, weight: "10" }] },
    },
    "a quota replaces the one before": {
      owned: { roles: [WEB] },
      writes: [{ role: "web", quota: { guaranteesMilli: { mem: 64_500 }, limitsMilli: {} } }],
      want: { roles: [{ name: "web", weight: "2", quota: { guarantees: { mem: "64.5" } } }] },
    },
    "a quota goes and the weight stays": {
      owned: { roles: [WEB] },
      writes: [{ role: "web", quota: "none" }],
      want: { roles: [{ name: "web", weight: "2" }] },
    },
    "a role of which nothing is left goes": {
      owned: { roles: [{ name: "web", quota: WEB.quota }], maintenance: { windows: [] } },
      writes: [{ role: "web", quota: "none" }],
      want: { maintenance: { windows: [] } },
    },
    "other roles of ours are repeated": {
      owned: { roles: [WEB] },
      writes: [{ role: "ml", weight: 3 }],
      want: { roles: [WEB, { name: "ml", weight: "3" }] },
    },
  };
  for (const [name, { owned, writes, want }] of Object.entries(cases)) {
    it(name, () => expect(rolesWith(owned, writes)).to.deep.equal(want));
  }

  it("takes no weight that three decimals cannot say", () => {
    expect(inexactRole([{ role: "web", weight: 0.1 }])).to.equal(undefined);
    expect(inexactRole([{ role: "web", weight: 1 / 3 }])).to.contain("role 'web'");
  });

  const strangers: Record<string, { live: unknown; quota: RoleWrite["quota"]; want: boolean }> = {
    "is none when the quota is what was asked for": {
      live: { limits: { cpus: "4.0" }, guarantees: {}, mode: "Hard" },
      quota: { guaranteesMilli: {}, limitsMilli: { cpus: 4000 } },
      want: false,
    },
    "is who keeps an amount that nobody asked for": {
      live: { limits: { cpus: "4", mem: "64" } },
      quota: { guaranteesMilli: {}, limitsMilli: { cpus: 4000 } },
      want: true,
    },
    "is who keeps a quota that is to go": {
      live: { guarantees: { cpus: "1" } },
      quota: "none",
      want: true,
    },
    "is none when all of it went": { live: undefined, quota: "none", want: false },
  };
  for (const [name, { live, quota, want }] of Object.entries(strangers)) {
    it(`a stranger ${name}`, () => {
      const fields = { "f:roles": { 'k:{"name":"web"}': { "f:quota": {} } } };
      const stored = {
        metadata: {
          name: "c",
          managedFields: [{ manager: "git", fieldsV1: { "f:spec": fields } }],
        },
        spec: { roles: [{ name: "web", ...(live === undefined ? {} : { quota: live }) }] },
      };
      const writes = [{ role: "web", ...(quota === undefined ? {} : { quota }) }];
      expect(strangerToRoles(stored as never, writes, "us")).to.deep.equal(
        want
          ? { kind: "managedElsewhere", subject: "role 'web'", field: "quota", manager: "git" }
          : undefined,
      );
    });
  }
});
