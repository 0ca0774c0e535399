import { expect } from "chai";
import { FrameworkInfo } from "../../../../src/api/mesos/framework-info.ts";
import { decodeJson } from "../../../../src/api/mesos/json-decode.ts";
import { encodeJson } from "../../../../src/api/mesos/json-encode.ts";
import { Filters } from "../../../../src/api/mesos/offer.ts";
import { Resource } from "../../../../src/api/mesos/resource.ts";
import { TaskInfo } from "../../../../src/api/mesos/task.ts";
import { TaskStatus } from "../../../../src/api/mesos/task-status.ts";

describe("decodeJson", () => {
  const cases: Record<string, { given: unknown; want: unknown }> = {
    "ignores fields it does not know": {
      given: { user: "u", name: "n", nonsense: 1 },
      want: { ok: true, value: { user: "u", name: "n" } },
    },
    "takes null as unset, also where a field is required or repeated": {
      given: { user: "u", name: null, roles: null },
      want: { ok: false, error: "Missing required fields: name" },
    },
    "reads numbers and booleans from text": {
      given: { user: "u", name: "n", failover_timeout: "3.5", checkpoint: "true" },
      want: { ok: true, value: { user: "u", name: "n", failover_timeout: 3.5, checkpoint: true } },
    },
    "reads infinite doubles": {
      given: { user: "u", name: "n", failover_timeout: "Infinity" },
      want: { ok: true, value: { user: "u", name: "n", failover_timeout: Infinity } },
    },
    "takes a lone object as a list of one": {
      given: { user: "u", name: "n", capabilities: { type: "MULTI_ROLE" } },
      want: { ok: true, value: { user: "u", name: "n", capabilities: [{ type: "MULTI_ROLE" }] } },
    },
    "takes an unknown enum name as unset": {
      given: { user: "u", name: "n", capabilities: [{ type: "TELEPATHY" }] },
      want: { ok: true, value: { user: "u", name: "n", capabilities: [{}] } },
    },
    "refuses a number where text belongs": {
      given: { user: 1, name: "n" },
      want: { ok: false, error: "Not expecting a JSON number for field 'user'" },
    },
    "refuses a list where one value belongs": {
      given: { user: ["u"], name: "n" },
      want: { ok: false, error: "Not expecting a JSON array for field 'user'" },
    },
    "refuses text that is no number": {
      given: { user: "u", name: "n", failover_timeout: "soon" },
      want: {
        ok: false,
        error: "Failed to parse 'soon' as a JSON number for field 'failover_timeout'",
      },
    },
    "refuses what is no object": {
      given: [1],
      want: { ok: false, error: "Expecting a JSON object" },
    },
  };
  for (const [name, { given, want }] of Object.entries(cases)) {
    it(name, () => expect(decodeJson(FrameworkInfo, given)).to.deep.equal(want));
  }

  it("names every missing field by its path, with indexes", () => {
    const raw = { name: "t", agent_id: {}, resources: [{ type: "SCALAR" }] };
    expect(decodeJson(TaskInfo, raw)).to.deep.equal({
      ok: false,
      error: "Missing required fields: task_id, agent_id.value, resources[0].name",
    });
  });

  it("refuses bytes that are no base64", () => {
    const raw = { task_id: { value: "t" }, state: "TASK_RUNNING", uuid: "?" };
    expect(decodeJson(TaskStatus, raw)).to.deep.equal({
      ok: false,
      error: "Failed to base64 decode bytes field 'uuid': Invalid input",
    });
  });

  it("keeps keys of maps that look like object members", () => {
    const raw = JSON.parse('{"user":"u","name":"n","offer_filters":{"__proto__":{}}}') as unknown;
    const decoded = decodeJson(FrameworkInfo, raw);
    expect(decoded.ok && Object.keys(decoded.value.offer_filters ?? {})).to.deep.equal([
      "__proto__",
    ]);
  });
});

describe("encodeJson", () => {
  it("writes defaults that are unset and leaves empty lists out", () => {
    expect(encodeJson(FrameworkInfo, { user: "u", name: "n", roles: [] })).to.equal(
      '{"user":"u","name":"n","failover_timeout":0,"checkpoint":false}',
    );
    expect(encodeJson(Filters, {})).to.equal('{"refuse_seconds":5}');
  });

  it("never invents the deprecated role", () => {
    const cpus: Resource = { name: "cpus", type: "SCALAR", scalar: { value: 0.1 } };
    expect(encodeJson(Resource, cpus)).to.equal(
      '{"name":"cpus","type":"SCALAR","scalar":{"value":0.1}}',
    );
  });

  it("is pure ASCII on one line", () => {
    const info = { user: "ü", name: "line\nbreak 😀 \u007f" };
    expect(encodeJson(FrameworkInfo, info)).to.include(
      '"user":"\\u00fc","name":"line\\nbreak \\ud83d\\ude00 \\u007f"',
    );
  });
});
