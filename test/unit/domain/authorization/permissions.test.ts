import { expect } from "chai";
import type { OfferOperation } from "../../../../src/api/mesos/offer.ts";
import type { MasterCall } from "../../../../src/api/mesos/operator-call.ts";
import type { Resource } from "../../../../src/api/mesos/resource.ts";
import { permissionsOfCall } from "../../../../src/domain/authorization/call-permissions.ts";
import type { Permission } from "../../../../src/domain/authorization/may-do.ts";
import {
  lackingText,
  permissionsOfOperation,
} from "../../../../src/domain/authorization/resource-permissions.ts";
import { makeFramework } from "../../../support/mesos/builders.ts";

const disk = (resource: Partial<Resource>): Resource => ({
  name: "disk",
  type: "SCALAR",
  scalar: { value: 1 },
  ...resource,
});
const reserved = (...path: readonly (readonly [role: string, principal?: string])[]): Resource =>
  disk({
    reservations: path.map(([role, principal]) => ({
      role,
      type: "DYNAMIC" as const,
      ...(principal === undefined ? {} : { principal }),
    })),
  });
const volume = (role: string, principal: string): Resource => ({
  ...reserved([role]),
  disk: { persistence: { id: "v", principal } },
});
const shown = (permissions: readonly Permission[]): string[] =>
  permissions.map(({ action, object }) => `${action} ${object ?? "ANY"}`);

const operations: Record<string, readonly [OfferOperation, readonly string[]]> = {
  "a RESERVE once per role": [
    {
      type: "RESERVE",
      reserve: { resources: [reserved(["a"]), reserved(["a"]), reserved(["b"])] },
    },
    ["reserve_resources a", "reserve_resources b"],
  ],
  "a RESERVE in the old form": [
    { type: "RESERVE", reserve: { resources: [disk({ role: "a", reservation: {} })] } },
    ["reserve_resources a"],
  ],
  "a RESERVE of other reservations: what leads there": [
    {
      type: "RESERVE",
      reserve: {
        source: [reserved(["a"], ["a/x", "p"])],
        resources: [reserved(["a"], ["a/y"], ["a/y/z"])],
      },
    },
    ["unreserve_resources p", "reserve_resources a/y", "reserve_resources a/y/z"],
  ],
  "an UNRESERVE by who reserved last": [
    { type: "UNRESERVE", unreserve: { resources: [reserved(["a", "p"], ["a/b", "q"])] } },
    ["unreserve_resources q"],
  ],
  "an UNRESERVE of what nobody claims: for all": [
    { type: "UNRESERVE", unreserve: { resources: [reserved(["a"])] } },
    ["unreserve_resources ANY"],
  ],
  "a CREATE by the role of the volume": [
    { type: "CREATE", create: { volumes: [volume("a", "p")] } },
    ["create_volumes a"],
  ],
  "a DESTROY by who created the volume": [
    { type: "DESTROY", destroy: { volumes: [volume("a", "p")] } },
    ["destroy_volumes p"],
  ],
  "a DESTROY of no volume: for all": [
    { type: "DESTROY", destroy: { volumes: [reserved(["a"])] } },
    ["destroy_volumes ANY"],
  ],
  "a GROW_VOLUME": [
    { type: "GROW_VOLUME", grow_volume: { volume: volume("a", "p"), addition: reserved(["a"]) } },
    ["resize_volumes a"],
  ],
  "a SHRINK_VOLUME": [
    { type: "SHRINK_VOLUME", shrink_volume: { volume: volume("a", "p"), subtract: { value: 1 } } },
    ["resize_volumes a"],
  ],
  "a CREATE_DISK by what it becomes": [
    { type: "CREATE_DISK", create_disk: { source: reserved(["a"]), target_type: "BLOCK" } },
    ["create_block_disks a"],
  ],
  "a DESTROY_DISK by what it is": [
    {
      type: "DESTROY_DISK",
      destroy_disk: { source: { ...reserved(["a"]), disk: { source: { type: "MOUNT" } } } },
    },
    ["destroy_mount_disks a"],
  ],
};

const agent_id = { value: "S1" };
const calls: readonly (readonly [MasterCall, readonly string[]])[] = [
  [{ type: "TEARDOWN", teardown: { framework_id: { value: "f1" } } }, ["teardown_frameworks p"]],
  [{ type: "TEARDOWN", teardown: { framework_id: { value: "f2" } } }, []],
  [{ type: "MARK_AGENT_GONE", mark_agent_gone: { agent_id } }, ["mark_agents_gone ANY"]],
  [{ type: "DRAIN_AGENT", drain_agent: { agent_id } }, ["drain_agents ANY"]],
  [{ type: "DEACTIVATE_AGENT", deactivate_agent: { agent_id } }, ["deactivate_agents ANY"]],
  [{ type: "REACTIVATE_AGENT", reactivate_agent: { agent_id } }, ["reactivate_agents ANY"]],
  [
    {
      type: "UPDATE_WEIGHTS",
      update_weights: {
        weight_infos: [
          { role: "a", weight: 1 },
          { role: "b", weight: 2 },
        ],
      },
    },
    ["update_weights a", "update_weights b"],
  ],
  [{ type: "UPDATE_QUOTA", update_quota: { quota_configs: [{ role: "a" }] } }, ["update_quotas a"]],
  [{ type: "SET_QUOTA", set_quota: { quota_request: { role: "a" } } }, ["update_quotas a"]],
  [{ type: "REMOVE_QUOTA", remove_quota: { role: "a" } }, ["update_quotas a"]],
  [
    { type: "UPDATE_MAINTENANCE_SCHEDULE", update_maintenance_schedule: { schedule: {} } },
    ["update_maintenance_schedules ANY"],
  ],
  [{ type: "START_MAINTENANCE", start_maintenance: {} }, ["start_maintenances ANY"]],
  [{ type: "STOP_MAINTENANCE", stop_maintenance: {} }, ["stop_maintenances ANY"]],
  [{ type: "READ_FILE", read_file: { path: "/master/log", offset: 0 } }, ["access_mesos_logs ANY"]],
  [
    {
      type: "SET_LOGGING_LEVEL",
      set_logging_level: { level: 1, duration: { nanoseconds: 1 } },
    },
    ["set_log_level ANY"],
  ],
  [
    { type: "RESERVE_RESOURCES", reserve_resources: { agent_id, resources: [reserved(["a"])] } },
    ["reserve_resources a"],
  ],
  [
    {
      type: "UNRESERVE_RESOURCES",
      unreserve_resources: { agent_id, resources: [reserved(["a", "p"])] },
    },
    ["unreserve_resources p"],
  ],
  [
    { type: "CREATE_VOLUMES", create_volumes: { agent_id, volumes: [volume("a", "p")] } },
    ["create_volumes a"],
  ],
  [
    { type: "DESTROY_VOLUMES", destroy_volumes: { agent_id, volumes: [volume("a", "p")] } },
    ["destroy_volumes p"],
  ],
  [{ type: "GET_STATE" }, []],
];

describe("what a change asks permission for (SEC-05, SEC-08)", () => {
  for (const [name, [operation, wanted]] of Object.entries(operations)) {
    it(`asks of ${name}`, () => {
      expect(shown(permissionsOfOperation(operation))).to.deep.equal(wanted);
    });
  }

  it("asks of every call of operators", () => {
    const framework = makeFramework({ principal: "p" });
    const frameworks = new Map([[framework.id, framework]]);
    for (const [call, wanted] of calls) {
      expect(shown(permissionsOfCall(call, { frameworks })), call.type).to.deep.equal(wanted);
    }
  });

  it("names what is lacking as Mesos does", () => {
    const text = (permission: Permission): string => lackingText(permission);
    expect(text({ action: "reserve_resources", object: "a" })).to.equal(
      'Not authorized to perform action RESERVE_RESOURCES on object {"value":"a"}',
    );
    expect(text({ action: "create_volumes", object: undefined })).to.equal(
      "Not authorized to perform action CREATE_VOLUME on ANY object",
    );
  });
});
