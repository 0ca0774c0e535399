import { expect } from "chai";
import { ACL_ACTIONS } from "../../../../src/domain/authorization/acl-actions.ts";
import { parseAcls, parseAclsText } from "../../../../src/domain/authorization/parse-acls.ts";

const ANY = { type: "ANY" };

const refusals: Record<string, readonly [given: unknown, path: string, message: RegExp]> = {
  "what is no object": [[], "", /must be an object/],
  "a permissive that is no boolean": [{ permissive: "yes" }, "permissive", /true or false/],
  "an action nobody knows, where Mesos would let it pass": [
    { run_task: [] },
    "run_task",
    /unknown action/,
  ],
  "actions that are no list": [{ run_tasks: {} }, "run_tasks", /must be a list/],
  "an entry that is no object": [{ run_tasks: ["root"] }, "run_tasks[0]", /must be an object/],
  "an object of another action": [
    {
      run_tasks: [
        { principals: ANY, users: ANY },
        { principals: ANY, roles: ANY },
      ],
    },
    "run_tasks[1].roles",
    /unknown field; run_tasks has principals and users/,
  ],
  "an entry without principals": [
    { run_tasks: [{ users: ANY }] },
    "run_tasks[0].principals",
    /missing/,
  ],
  "an entry without objects": [
    { run_tasks: [{ principals: ANY }] },
    "run_tasks[0].users",
    /missing/,
  ],
  "a type nobody knows": [
    { run_tasks: [{ principals: { type: "ALL" }, users: ANY }] },
    "run_tasks[0].principals.type",
    /ANY, NONE or SOME/,
  ],
  "an entity that says nothing": [
    { run_tasks: [{ principals: {}, users: ANY }] },
    "run_tasks[0].principals.values",
    /at least one text/,
  ],
  "values that are no texts": [
    { run_tasks: [{ principals: { values: [1] }, users: ANY }] },
    "run_tasks[0].principals.values",
    /at least one text/,
  ],
  "a misspelled field of an entity": [
    { run_tasks: [{ principals: { value: ["a"] }, users: ANY }] },
    "run_tasks[0].principals.value",
    /unknown field/,
  ],
  "names for what has none": [
    { view_flags: [{ principals: ANY, flags: { values: ["port"] } }] },
    "view_flags[0].flags",
    /type must be either NONE or ANY/,
  ],
};

describe("parseAcls (SEC-05)", () => {
  for (const [name, [given, path, message]] of Object.entries(refusals)) {
    it(`refuses ${name}, with its place`, () => {
      const parsed = parseAcls(given);
      if (parsed.ok) throw new Error("expected a refusal");
      expect(parsed.path).to.equal(path);
      expect(parsed.message).to.match(message);
    });
  }

  it("refuses text that is not JSON", () => {
    expect(parseAclsText("acls")).to.deep.equal({ ok: false, path: "", message: "is not JSON" });
  });

  it("is permissive unless it is told otherwise", () => {
    expect(parseAcls({})).to.deep.equal({ ok: true, acls: { permissive: true, entries: {} } });
  });

  it("reads every action with its object", () => {
    for (const [action, object] of Object.entries(ACL_ACTIONS)) {
      const given = { [action]: [{ principals: { values: ["p"] }, [object]: { type: "NONE" } }] };
      expect(parseAcls(given), action).to.deep.equal({
        ok: true,
        acls: {
          permissive: true,
          entries: {
            [action]: [{ principals: { type: "SOME", values: ["p"] }, objects: { type: "NONE" } }],
          },
        },
      });
    }
  });
});
