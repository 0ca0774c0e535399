import type { CustomObject } from "../common/object.ts";
import { customKind } from "../common/object.ts";
import type { ZkMigrationSpec } from "./spec.ts";
import type { ZkMigrationStatus } from "./status.ts";

export const ZK_MIGRATION = customKind("ZkMigration", "zkmigrations");
export type ZkMigration = CustomObject<ZkMigrationSpec, ZkMigrationStatus>;
