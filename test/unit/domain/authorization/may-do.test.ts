import { expect } from "chai";
import fc from "fast-check";
import {
  ACL_ACTIONS,
  type AclAction,
  isAclAction,
  UNNAMED_OBJECTS,
} from "../../../../src/domain/authorization/acl-actions.ts";
import type { Acls } from "../../../../src/domain/authorization/acls.ts";
import { mayDo } from "../../../../src/domain/authorization/may-do.ts";
import { aclsOf } from "../../../support/mesos/acls.ts";

interface Row {
  readonly acls: unknown;
  /** Principal, action, object. */
  readonly asks: readonly [string | undefined, AclAction, string?];
  readonly allowed: boolean;
}

const ANY = { type: "ANY" };
const NONE = { type: "NONE" };
const some = (...values: string[]): object => ({ values });

const rows: Record<string, Row> = {
  "what no entry is about, while permissive": {
    acls: {},
    asks: ["ops", "run_tasks", "root"],
    allowed: true,
  },
  "what no entry is about, while not": {
    acls: { permissive: false },
    asks: ["ops", "run_tasks", "root"],
    allowed: false,
  },
  "what an entry names": {
    acls: { permissive: false, run_tasks: [{ principals: some("ops"), users: some("root") }] },
    asks: ["ops", "run_tasks", "root"],
    allowed: true,
  },
  "another object than the entry names": {
    acls: { permissive: false, run_tasks: [{ principals: some("ops"), users: some("root") }] },
    asks: ["ops", "run_tasks", "web"],
    allowed: false,
  },
  "what is forbidden to all": {
    acls: { run_tasks: [{ principals: NONE, users: some("root") }] },
    asks: ["ops", "run_tasks", "root"],
    allowed: false,
  },
  "nothing at all to one": {
    acls: { run_tasks: [{ principals: some("ops"), users: NONE }] },
    asks: ["ops", "run_tasks", "web"],
    allowed: false,
  },
  "what a later entry would forbid: the first that matches decides": {
    acls: {
      run_tasks: [
        { principals: some("ops"), users: ANY },
        { principals: NONE, users: some("root") },
      ],
    },
    asks: ["ops", "run_tasks", "root"],
    allowed: true,
  },
  "what an earlier entry forbids": {
    acls: {
      run_tasks: [
        { principals: NONE, users: some("root") },
        { principals: some("ops"), users: ANY },
      ],
    },
    asks: ["ops", "run_tasks", "root"],
    allowed: false,
  },
  "somebody unknown, by an entry for all": {
    acls: { permissive: false, run_tasks: [{ principals: ANY, users: ANY }] },
    asks: [undefined, "run_tasks", "root"],
    allowed: true,
  },
  "somebody unknown, by an entry for one: it does not match": {
    acls: { permissive: false, run_tasks: [{ principals: some("ops"), users: ANY }] },
    asks: [undefined, "run_tasks", "root"],
    allowed: false,
  },
  "everything, by an entry for some: it does not match": {
    acls: { permissive: false, update_weights: [{ principals: ANY, roles: some("web") }] },
    asks: ["ops", "update_weights"],
    allowed: false,
  },
  "a role below the one with %": {
    acls: { permissive: false, register_frameworks: [{ principals: ANY, roles: some("eng/%") }] },
    asks: ["ops", "register_frameworks", "eng/web/blue"],
    allowed: true,
  },
  "the role itself that has %": {
    acls: { permissive: false, register_frameworks: [{ principals: ANY, roles: some("eng/%") }] },
    asks: ["ops", "register_frameworks", "eng"],
    allowed: false,
  },
  "a role whose name only begins alike": {
    acls: { permissive: false, register_frameworks: [{ principals: ANY, roles: some("eng/%") }] },
    asks: ["ops", "register_frameworks", "engines/web"],
    allowed: false,
  },
  "% where objects are no roles: a name like any other": {
    acls: { permissive: false, run_tasks: [{ principals: ANY, users: some("a/%") }] },
    asks: ["ops", "run_tasks", "a/b"],
    allowed: false,
  },
};

describe("mayDo (SEC-05, SEC-07, SEC-08)", () => {
  for (const [name, { acls, asks, allowed }] of Object.entries(rows)) {
    it(`${allowed ? "allows" : "denies"} ${name}`, () => {
      expect(mayDo(aclsOf(acls), ...asks)).to.equal(allowed);
    });
  }

  it("allows everything without ACLs", () => {
    expect(mayDo(undefined, undefined, "mark_agents_gone")).to.equal(true);
  });

  it("allows and denies each action", () => {
    for (const [action, objects] of Object.entries(ACL_ACTIONS)) {
      if (!isAclAction(action)) throw new Error(action);
      const isNamed = !UNNAMED_OBJECTS.has(objects);
      const given = isNamed ? some("this") : ANY;
      const acls = aclsOf({
        permissive: false,
        [action]: [{ principals: some("ops"), [objects]: given }],
      });
      const object = isNamed ? "this" : undefined;
      expect(mayDo(acls, "ops", action, object), action).to.equal(true);
      expect(mayDo(acls, "dev", action, object), action).to.equal(false);
      if (isNamed) expect(mayDo(acls, "ops", action, "that"), action).to.equal(false);
    }
  });

  const entity = fc.oneof(
    fc.constantFrom({ type: "ANY" as const }, { type: "NONE" as const }),
    fc.record({
      type: fc.constant("SOME" as const),
      values: fc.uniqueArray(fc.constantFrom("a", "b", "c"), { minLength: 1 }),
    }),
  );
  const entries = fc.array(fc.record({ principals: entity, objects: entity }), { maxLength: 4 });

  it("is not changed by entries behind the one that decides, nor by those of other actions", () => {
    fc.assert(
      fc.property(
        entries,
        entries,
        fc.constantFrom("a", "b"),
        fc.boolean(),
        (first, more, who, permissive) => {
          const decisive = [
            ...first,
            { principals: { type: "ANY" as const }, objects: { type: "ANY" as const } },
          ];
          const short: Acls = { permissive, entries: { run_tasks: decisive } };
          const long: Acls = {
            permissive: !permissive,
            entries: { run_tasks: [...decisive, ...more], view_tasks: more },
          };
          expect(mayDo(long, who, "run_tasks", "b")).to.equal(mayDo(short, who, "run_tasks", "b"));
        },
      ),
    );
  });
});
