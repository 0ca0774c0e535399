import { z } from "zod";
import { SecretRef } from "../common/references.ts";
import { ManagedZooKeeper, ZooKeeperClientTls, connectString } from "../mesos-cluster/zookeeper.ts";
import { listOf } from "../schema/collections.ts";
import { int } from "../schema/numbers.ts";
import { withRules } from "../schema/rules.ts";
import { filled, text } from "../schema/text.ts";

const Admin = z.object({
  fourLetterWords: z.boolean().default(true),
  adminServerUrls: listOf(filled(1024), 16).prefault([]),
  secretRef: SecretRef.optional(),
});

const access = {
  authSecretRef: SecretRef.optional(),
  superSecretRef: SecretRef.optional(),
  sasl: z.object({ mechanism: filled(64).default("DIGEST-MD5"), secretRef: SecretRef }).optional(),
  tls: ZooKeeperClientTls.optional(),
  admin: Admin.prefault({}),
  juteMaxBuffer: int(1).optional().describe("Bytes."),
};

/** The ensemble that data comes from. */
export const SourceEnsemble = z.object({ connectionString: connectString(), ...access });

/** The ensemble that data goes to: one that exists, or one that the operator runs. */
export const TargetEnsemble = withRules(
  z.object({
    connectionString: connectString().optional(),
    managed: ManagedZooKeeper.optional(),
    ...access,
  }),
  [
    {
      rule: "has(self.connectionString) != has(self.managed)",
      message: "exactly one of connectionString and managed must be given",
      holds: (it) => (it.connectionString !== undefined) !== (it.managed !== undefined),
    },
  ],
);

/** An absolute znode path. */
export const znodePath = (): z.ZodString =>
  text(4096)
    .min(1)
    .regex(/^\/([^/ ]+(\/[^/ ]+)*)?$/);
