import { z } from "zod";
import { choice } from "../schema/text.ts";
import { int } from "../schema/numbers.ts";

/** How the operator treats an object: the same in every kind. */
export const treatment = {
  paused: z
    .boolean()
    .default(false)
    .describe("Change no child; status, certificates, leases and health go on."),
  management: choice("Managed", "Unmanaged").describe(
    "Unmanaged: the operator only says so in the status and removes its finalizer.",
  ),
  upgradePolicy: choice("OnSpecChange", "Automatic", "Window").describe(
    "When a new pod template of a newer operator is rolled out.",
  ),
  templateRevision: int(1)
    .optional()
    .describe("Pod template revision to render; unset: as upgradePolicy says."),
};

/** Fields that every kind but ZkMigration spells alike. */
export const commonSpec = {
  ...treatment,
  mode: choice("Apply", "Plan").describe(
    "Plan: nothing is changed; status.plan says what Apply would do.",
  ),
  deletionPolicy: choice("Delete", "Orphan").describe(
    "What becomes of the children when the object is deleted.",
  ),
};
