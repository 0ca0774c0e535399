import { expect } from "chai";
import type { OfferOperation } from "../../../../../src/api/mesos/offer.ts";
import type { Resource } from "../../../../../src/api/mesos/resource.ts";
import type { OperationContext } from "../../../../../src/domain/mesos/operations/operation-context.ts";
import { planOperation } from "../../../../../src/domain/mesos/operations/operation-plan.ts";
import { formatResources } from "../../../../../src/domain/resources/format-resources.ts";
import { resourcesOf } from "../../../../../src/domain/resources/parse-resources.ts";
import {
  create,
  createDisk,
  destroy,
  destroyDisk,
  dynamic,
  grow,
  providedDisk,
  reserve,
  shrink,
  unreserve,
  wire,
  withId,
} from "../../../../support/mesos/operations.ts";

const CAPABLE = [
  "HIERARCHICAL_ROLE",
  "RESERVATION_REFINEMENT",
  "RESIZE_VOLUME",
  "AGENT_OPERATION_FEEDBACK",
];
const framework = { id: "f", role: "web", roles: ["web"], capabilities: new Set([]) };

interface Case {
  readonly operation: OfferOperation;
  readonly error: string;
  readonly context?: Partial<OperationContext>;
  /** Asked by an operator. */
  readonly byOperator?: boolean;
}

function verdict({ operation, context = {}, byOperator = false }: Omit<Case, "error">): string {
  const available = [...resourcesOf("cpus:4;disk:100"), ...dynamic("cpus(web):4;disk(web)[v:d]:9")];
  const plan = planOperation(operation, available, {
    agentId: "S0",
    agentCapabilities: CAPABLE,
    makesVolumes: true,
    ...(byOperator ? {} : { framework }),
    checkpointed: dynamic("cpus(web):4;disk(web)[v:d]:9"),
    used: [],
    ...context,
  });
  return plan.ok ? "" : plan.error;
}

function changed(operation: OfferOperation, parts: Partial<Resource>): OfferOperation {
  const change = (list: readonly Resource[]): Resource[] =>
    list.map((resource) => ({ ...resource, ...parts }));
  return {
    ...operation,
    ...(operation.reserve && { reserve: { resources: change(operation.reserve.resources ?? []) } }),
    ...(operation.create && { create: { volumes: change(operation.create.volumes ?? []) } }),
  };
}

const PLAIN = ["HIERARCHICAL_ROLE", "RESERVATION_REFINEMENT", "AGENT_OPERATION_FEEDBACK"];
const cases: Record<string, Case> = {
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
  "a volume without DiskInfo": {
    operation: create("disk(web):1"),
    error: "Not a persistent volume: Resource disk(web):1 does not have DiskInfo",
  },
  "a volume on unreserved disk": {
    operation: create("disk[v:d]:1"),
    error:
      "Invalid resources: Invalid DiskInfo: Persistent volumes cannot be created from " +
      "unreserved resources",
  },
  "a volume without a place in the container": {
    operation: create("disk(web)[v]:1"),
    error:
      "Invalid resources: Invalid DiskInfo: Expecting 'volume' to be set for persistent volume",
  },
  "a volume with a bad id": {
    operation: changed(create("disk(web)[v:d]:1"), {
      disk: { persistence: { id: "a/b" }, volume: { container_path: "d", mode: "RW" } },
    }),
    error:
      "Invalid resources: Invalid DiskInfo: Invalid persistence ID for persistent volume: " +
      "'a/b' contains invalid characters",
  },
  "a volume that may not be written": {
    operation: changed(create("disk(web)[v:d]:1"), {
      disk: { persistence: { id: "w" }, volume: { container_path: "d", mode: "RO" } },
    }),
    error: "Not a persistent volume: Read-only persistent volume not supported",
  },
  "a volume that exists": {
    operation: create("disk(web)[v:d]:1"),
    error: "Persistence ID 'v' is not unique",
  },
  "a shared volume of a framework that knows none": {
    operation: create("disk(web)[w:d]<SHARED>:1"),
    error:
      "Create volume operation for 'disk(web)[w:d]<SHARED>:1' has been attempted by framework 'f' " +
      "with no SHARED_RESOURCES capability",
  },
  "a volume without the principal of the framework": {
    operation: create("disk(web)[w:d]:1"),
    context: { principal: "p" },
    error:
      "Create volume operation attempted by principal 'p', but there is a volume in the operation " +
      "with no principal set in 'disk.persistence'",
  },
  "a volume on an agent that cannot mount one": {
    operation: create("disk(web)[w:d]:1"),
    context: { makesVolumes: false },
    error: "Agent S0 does not make persistent volumes: its launcher cannot mount them yet",
  },
  "the end of a volume nobody knows": {
    operation: destroy("disk(web)[w:d]:9"),
    error: "Persistent volumes not found",
  },
  "the end of a volume in use": {
    operation: destroy("disk(web)[v:d]:9"),
    context: { used: dynamic("disk(web)[v:d]:9") },
    error: "Persistent volumes in use",
  },
  "a volume that grows by nothing": {
    operation: {
      type: "GROW_VOLUME",
      grow_volume: {
        volume: wire("disk(web)[v:d]:9")[0]!,
        addition: { name: "disk", type: "SCALAR", scalar: { value: 0 } },
      },
    },
    error: "The size of 'GrowVolume.addition' field must be greater than zero",
  },
  "a volume that grows by another kind of disk": {
    operation: grow("disk(web)[v:d]:9", "disk:1"),
    error: "Incompatible resources in the 'GrowVolume.volume' and 'GrowVolume.addition' fields",
  },
  "a shared volume that grows": {
    operation: grow("disk(web)[v:d]<SHARED>:9", "disk(web):1"),
    error: "Growing a shared persistent volume is not supported",
  },
  "a volume that grows on an agent that cannot": {
    operation: grow("disk(web)[v:d]:9", "disk(web):1"),
    context: { agentCapabilities: PLAIN },
    error: "Volume disk(web)[v:d]:9 cannot be grown on an agent without RESIZE_VOLUME capability",
  },
  "a volume that shrinks by nothing": {
    operation: shrink("disk(web)[v:d]:9", 0),
    error: "Value of 'ShrinkVolume.subtract' must be greater than zero",
  },
  "a volume that shrinks to nothing": {
    operation: shrink("disk(web)[v:d]:9", 9),
    error:
      "Value of 'ShrinkVolume.subtract' must be smaller than the size of 'ShrinkVolume.volume'",
  },
  "a volume on a disk of its own that shrinks": {
    operation: shrink("disk(web)[MOUNT:/d,v:d]:9", 1),
    error: "Shrinking a volume on a MOUNT disk is not supported",
  },
  "a volume that shrinks on an agent that cannot": {
    operation: shrink("disk(web)[v:d]:9", 1),
    context: { agentCapabilities: PLAIN },
    error: "Volume disk(web)[v:d]:9 cannot be shrunk on an agent without RESIZE_VOLUME capability",
  },
  "a disk made of one that has no provider": {
    operation: createDisk({ name: "disk", type: "SCALAR", scalar: { value: 1 } }),
    error: "'source' is not managed by a resource provider",
  },
  "a disk made of one that is not raw": {
    operation: createDisk(providedDisk("MOUNT")),
    error: "'source' is not a RAW disk resource",
  },
  "a disk without a profile": {
    operation: createDisk(providedDisk("RAW")),
    error: "'target_profile' must be set when 'source' has no profile",
  },
  "the end of a disk that is no volume of a storage system": {
    operation: destroyDisk(providedDisk("MOUNT")),
    error: "'source' is not backed by a CSI volume",
  },
  "feedback from an agent that gives none": {
    operation: withId(reserve("cpus(web):1"), "op"),
    context: { agentCapabilities: ["HIERARCHICAL_ROLE"] },
    error:
      "Operation requested feedback, but agent S0 does not have the required " +
      "AGENT_OPERATION_FEEDBACK capability",
  },
  "an operation without its body": {
    operation: { type: "CREATE" },
    error: "Expecting 'create' to be present",
  },
  "no operation at all": { operation: {}, error: "Unknown offer operation" },
};

describe("planOperation (MES-16)", () => {
  for (const [name, { error, ...asked }] of Object.entries(cases)) {
    it(`refuses ${name}`, () => {
      expect(verdict(asked)).to.equal(error);
    });
  }

  it("fills in the role of the offers, and keeps out what is allocated to another", () => {
    expect(verdict({ operation: reserve("cpus(web):1") })).to.equal("");
    const strange = {
      type: "UNRESERVE" as const,
      unreserve: {
        resources: wire("cpus(web):1").map((it) => ({ ...it, allocation_info: { role: "db" } })),
      },
    };
    expect(verdict({ operation: strange })).to.contain("does not contain cpus(web):1");
  });

  it("follows the body of its type alone, whatever others come along", () => {
    const smuggled = { ...unreserve("cpus(web):1"), ...reserve("cpus(web):1000") };
    const operation: OfferOperation = { ...smuggled, type: "UNRESERVE" };
    const plan = planOperation(operation, dynamic("cpus(web):4"), {
      agentId: "S0",
      agentCapabilities: CAPABLE,
      makesVolumes: true,
      framework,
      checkpointed: dynamic("cpus(web):4"),
      used: [],
    });
    if (!plan.ok) throw new Error(plan.error);
    expect(formatResources(plan.operation.conversion.converted)).to.equal("cpus:1");
    expect(Object.keys(plan.operation.info)).to.deep.equal(["type", "unreserve"]);
  });

  it("lets an operator reserve again what is reserved", () => {
    const operation: OfferOperation = {
      type: "RESERVE",
      reserve: { source: wire("cpus(web):2"), resources: wire("cpus(db):2") },
    };
    expect(verdict({ operation, byOperator: true })).to.equal("");
  });
});
