import type { MasterInfo } from "../../../api/mesos/master-info.ts";

/** What a master says of itself. */
export interface MasterFacts {
  /** `x.y.z`, digits only: some clients parse it. */
  readonly version: string;
  readonly buildDate: string;
  readonly buildTimeMs: number;
  readonly buildUser: string;
  readonly clusterName: string;
  readonly masterInfo: MasterInfo;
  readonly startedMs: number;
  readonly electedMs: number;
  /** Mesos' flag names to their values as text. */
  readonly flags: Readonly<Record<string, string>>;
}

/** `master@ip:port` */
export function pidOf(info: MasterInfo): string {
  return info.pid ?? `master@${info.address?.ip ?? "127.0.0.1"}:${info.port}`;
}
