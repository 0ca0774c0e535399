import type { ClusterConfig } from "../../../src/services/offer-engine/ports.ts";
import { RecordingAuditLog } from "../recording-audit-log.ts";
import { aclsOf } from "./acls.ts";
import { knownCallers } from "./known-callers.ts";
import { startTestMaster, type TestMaster } from "./test-master.ts";

/** Subjects and objects of ACLs. */
export const ANY = { type: "ANY" };
export const NONE = { type: "NONE" };
export const some = (...values: string[]): object => ({ values });

export interface GuardedMaster extends TestMaster {
  readonly audit: RecordingAuditLog;
}

export interface GuardedMasterOptions {
  /** In the JSON form of Mesos; absent: everybody may do everything. */
  readonly acls?: unknown;
  readonly config?: Partial<ClusterConfig>;
}

/** A master whose operators are `ops` and `dev` and say so; frameworks are who their FrameworkInfo says. */
export async function startGuardedMaster(
  options: GuardedMasterOptions = {},
): Promise<GuardedMaster> {
  const { acls, config = {} } = options;
  const audit = new RecordingAuditLog();
  const authentication = knownCallers("ops:secret\ndev:secret", {
    realms: ["mesos-master-readonly", "mesos-master-readwrite"],
  });
  const master = await startTestMaster({
    config: { ...config, ...(acls === undefined ? {} : { acls: aclsOf(acls) }) },
    parts: { authentication, audit },
  });
  return Object.assign(master, { audit });
}
