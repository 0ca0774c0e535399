import { z } from "zod";
import { SecretRef } from "../common/references.ts";
import { ContainerResources } from "../common/pod-overrides.ts";
import { int, quantity } from "../schema/numbers.ts";
import type { CelRule } from "../schema/rules.ts";
import { presenceFixed, withRules, withTransitionRules } from "../schema/rules.ts";
import { choice, cron, filled, objectName, text } from "../schema/text.ts";

const HOST = "[A-Za-z0-9._-]+(:[0-9]{1,5})?";
const CONNECT = new RegExp(`^(zk://([^@/ ]+@)?)?${HOST}(,${HOST})*(/[^ ]*)?$`);

/** `h:2181,…/chroot` or `zk://…`. */
export const connectString = (): z.ZodString => z.string().min(1).max(4096).regex(CONNECT);

/** TLS towards a ZooKeeper ensemble. */
export const ZooKeeperClientTls = z.object({
  enabled: z.boolean().default(false),
  caSecretRef: SecretRef.optional(),
  certSecretRef: SecretRef.optional(),
  serverName: text().optional(),
});

const External = z.object({
  connect: connectString(),
  sessionTimeoutMs: int(1000, 600_000).default(10_000),
  authSecretRef: SecretRef.optional(),
  tls: ZooKeeperClientTls.optional(),
});

const grows = (field: string): CelRule => ({
  rule: `quantity(self.${field}).compareTo(quantity(oldSelf.${field})) >= 0`,
  message: `${field} can only grow`,
  fieldPath: `.${field}`,
});

const Storage = withTransitionRules(
  z.object({
    data: quantity().default("10Gi"),
    log: quantity().default("5Gi"),
    class: objectName().optional(),
    reclaim: choice("Retain", "Delete"),
  }),
  [
    grows("data"),
    grows("log"),
    presenceFixed("class"),
    { rule: "!has(self.class) || self.class == oldSelf.class", message: "class cannot be changed" },
  ],
);

const odd = withRules(int(1, 7).default(3), [
  {
    rule: "self in [1, 3, 5, 7]",
    message: "replicas must be 1, 3, 5 or 7",
    holds: (replicas) => replicas % 2 === 1,
  },
]);
const Replicas = withTransitionRules(odd, [
  {
    rule: "self != 1 || oldSelf == 1",
    message: "an ensemble cannot shrink to one member",
    reason: "FieldValueForbidden",
  },
]);

/** An ensemble that the operator runs. */
export const ManagedZooKeeper = z.object({
  replicas: Replicas,
  image: filled(512).optional(),
  storage: Storage.prefault({}),
  resources: ContainerResources.default({
    requests: { cpu: "500m", memory: "1Gi" },
    limits: { memory: "1Gi" },
  }),
  heapPercent: int(10, 90).default(55),
  tickTimeMs: int(500, 60_000).default(2000),
  maxSessionTimeoutMs: int(4000, 3_600_000).default(60_000),
  myidOffset: int(0, 200).default(0),
  initialEpoch: int(0).default(0),
  tls: z
    .object({ client: z.boolean().default(false), quorum: z.boolean().default(false) })
    .prefault({}),
  snapshots: z
    .object({
      schedule: cron(),
      keep: int(1, 1000).default(7),
      claim: objectName().optional(),
    })
    .optional(),
});

/** Where ZooKeeper is: exactly one of external and managed. */
export const ZooKeeper = withRules(
  z.object({ external: External.optional(), managed: ManagedZooKeeper.optional() }),
  [
    {
      rule: "has(self.external) != has(self.managed)",
      message: "exactly one of external and managed must be given",
      holds: (it) => (it.external !== undefined) !== (it.managed !== undefined),
    },
  ],
);

export type ZooKeeper = z.output<typeof ZooKeeper>;
