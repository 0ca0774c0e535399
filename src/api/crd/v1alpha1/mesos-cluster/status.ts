import { z } from "zod";
import { commonStatus } from "../common/common-status.ts";
import { listOf, mapListOf, mapOf } from "../schema/collections.ts";
import { int } from "../schema/numbers.ts";
import { dateTime, filled, text } from "../schema/text.ts";

const Amounts = mapOf(text(32), 64);

const Leader = z.object({
  pod: text().optional(),
  address: text(512).optional(),
  id: text(128).optional(),
  elected: dateTime().optional(),
});

const MasterMember = z.object({
  pod: filled(),
  role: z.enum(["Leader", "Standby"]),
  ready: z.boolean(),
  revision: text(63).optional(),
});

const RoleStatus = z.object({
  name: filled(255),
  weight: text(32).optional(),
  guarantee: Amounts.optional(),
  limit: Amounts.optional(),
  allocated: Amounts.optional(),
  offered: Amounts.optional(),
  dominantShare: text(32).optional(),
  waitingPods: int().optional(),
});

const FrameworkStatus = z.object({
  id: filled(),
  name: text().optional(),
  roles: listOf(text(255), 64).optional(),
  tasks: int().optional(),
});

/** What became of a Mesos cluster: facts of the operator and, under their own field manager, of the leading master. */
export const MesosClusterStatus = z.object({
  ...commonStatus,
  leader: Leader.optional(),
  term: int().optional(),
  election: z.enum(["Lease", "Both", "ZooKeeper"]).optional(),
  masters: z
    .object({
      desired: int().optional(),
      ready: int().optional(),
      updated: int().optional(),
      members: mapListOf(MasterMember, ["pod"], 16).optional(),
    })
    .optional(),
  agents: z
    .object({
      desired: int().optional(),
      updated: int().optional(),
      registered: int().optional(),
      active: int().optional(),
      draining: int().optional(),
      drained: int().optional(),
      deactivated: int().optional(),
      unreachable: int().optional(),
      gone: int().optional(),
    })
    .optional(),
  frameworks: z
    .object({
      active: int().optional(),
      inactive: int().optional(),
      completed: int().optional(),
      top: listOf(FrameworkStatus, 20).optional(),
    })
    .optional(),
  tasks: mapOf(int(), 32).optional().describe("Counts by state."),
  resources: z
    .object({
      total: Amounts.optional(),
      offered: Amounts.optional(),
      allocated: Amounts.optional(),
      reserved: Amounts.optional(),
    })
    .optional(),
  roles: mapListOf(RoleStatus, ["name"], 100).optional(),
  admission: z
    .object({
      waiting: int().optional(),
      admitted: int().optional(),
      oldestWait: z.enum(["<=1s", "<=10s", "<=60s", ">60s"]).optional(),
    })
    .optional(),
  zookeeper: z
    .object({
      mode: text(32).optional(),
      connect: text(4096).optional(),
      members: listOf(
        z.object({ id: filled(), ready: z.boolean(), role: text(32).optional() }),
        16,
      ).optional(),
      quorum: z.boolean().optional(),
    })
    .optional(),
  maintenance: z
    .object({ active: listOf(text(), 100).optional(), next: text().optional() })
    .optional(),
  endpoints: z.object({ api: text(512).optional(), leader: text(512).optional() }).optional(),
});

export type MesosClusterStatus = z.output<typeof MesosClusterStatus>;
