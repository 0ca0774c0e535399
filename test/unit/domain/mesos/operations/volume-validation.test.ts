import {
  create,
  createDisk,
  destroy,
  destroyDisk,
  dynamic,
  grow,
  providedDisk,
  shrink,
  wire,
} from "../../../../support/mesos/operations.ts";
import { changed, itRefuses, type Refusal } from "../../../../support/mesos/refused-operations.ts";

const PLAIN = ["HIERARCHICAL_ROLE", "RESERVATION_REFINEMENT", "AGENT_OPERATION_FEEDBACK"];

const cases: Record<string, Refusal> = {
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
};

describe("planOperation of volumes and disks (MES-16)", () => {
  itRefuses(cases);
});
