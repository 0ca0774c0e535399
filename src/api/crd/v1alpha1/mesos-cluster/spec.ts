import { z } from "zod";
import { commonSpec } from "../common/common-spec.ts";
import { Monitoring, securityFields } from "../common/security.ts";
import { mapListOf, mapOf } from "../schema/collections.ts";
import { decimal, int } from "../schema/numbers.ts";
import type { Rule } from "../schema/rules.ts";
import { withRules } from "../schema/rules.ts";
import { filled } from "../schema/text.ts";
import { Admission, Frameworks } from "./admission.ts";
import { Agents } from "./agents.ts";
import { Allocation } from "./allocation.ts";
import { Maintenance } from "./maintenance.ts";
import { Masters } from "./masters.ts";
import { Roles } from "./roles.ts";
import { ZooKeeper } from "./zookeeper.ts";

const rate = z.number().min(0).max(1e9);
const Principal = z.object({
  name: filled(),
  limits: mapOf(decimal(), 16).prefault({}),
  qps: rate.optional(),
  capacity: int(1).optional(),
});

const Security = z.object({
  ...securityFields,
  principals: mapListOf(Principal, ["name"], 500).prefault([]),
  rateLimitDefault: z.object({ qps: rate, capacity: int(1).optional() }).optional(),
});

const Fields = z.object({
  clusterName: filled()
    .optional()
    .describe("Cluster name that Mesos shows; default: the object's."),
  advertisedVersion: z
    .string()
    .max(32)
    .regex(/^[0-9]+\.[0-9]+\.[0-9]+$/)
    .default("1.11.0")
    .describe("Mesos version that clients are told."),
  image: filled(512).optional().describe("Default: the operator's own."),
  masters: Masters.prefault({}),
  agents: Agents.prefault({}),
  zookeeper: ZooKeeper.optional(),
  roles: Roles.prefault([]),
  allocation: Allocation.prefault({}),
  admission: Admission.prefault({}),
  frameworks: Frameworks.prefault({}),
  maintenance: Maintenance.prefault({}),
  security: Security.prefault({}),
  monitoring: Monitoring.prefault({}),
  ...commonSpec,
});

type Fields = z.output<typeof Fields>;

const needsZooKeeper = (
  rule: string,
  field: string,
  asks: (masters: Fields["masters"]) => boolean,
): Rule<Fields> => ({
  rule: `has(self.zookeeper) || !(${rule})`,
  message: `${field} needs zookeeper`,
  reason: "FieldValueRequired",
  fieldPath: ".zookeeper",
  holds: (spec) => spec.zookeeper !== undefined || !asks(spec.masters),
});

/** What a person asks of a Mesos cluster. */
export const MesosClusterSpec = withRules(Fields, [
  needsZooKeeper(
    "self.masters.election == 'ZooKeeper'",
    "masters.election: ZooKeeper",
    ({ election }) => election === "ZooKeeper",
  ),
  needsZooKeeper(
    "self.masters.registry == 'ZooKeeper'",
    "masters.registry: ZooKeeper",
    ({ registry }) => registry === "ZooKeeper",
  ),
  needsZooKeeper(
    "has(self.masters.publishMasterInfo) && self.masters.publishMasterInfo",
    "masters.publishMasterInfo",
    ({ publishMasterInfo }) => publishMasterInfo === true,
  ),
  {
    rule: "self.masters.service.type == 'ClusterIP' || (self.security.authentication.mode == 'Required' && self.security.tls.mode != 'Off')",
    message:
      "a Service reachable from outside needs security.authentication.mode: Required and security.tls",
    reason: "FieldValueForbidden",
    fieldPath: ".masters.service.type",
    holds: ({ masters, security }) =>
      masters.service.type === "ClusterIP" ||
      (security.authentication.mode === "Required" && security.tls.mode !== "Off"),
  },
]);

export type MesosClusterSpec = z.output<typeof MesosClusterSpec>;
/** As a person writes it: defaults may be left out. */
export type MesosClusterSpecInput = z.input<typeof MesosClusterSpec>;
