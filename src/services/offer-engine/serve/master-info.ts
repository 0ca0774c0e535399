import type { MasterInfo } from "../../../api/mesos/master-info.ts";

/** Where clients reach this master. */
export interface Advertised {
  readonly hostname: string;
  /** IPv4. */
  readonly ip: string;
  readonly port: number;
}

/** What is told in SUBSCRIBED and `/state`. */
export function masterInfoOf(
  masterId: string,
  advertised: Advertised,
  version: string,
): MasterInfo {
  const { hostname, ip, port } = advertised;
  return {
    id: masterId,
    ip: ipNumber(ip),
    port,
    pid: `master@${ip}:${port}`,
    hostname,
    version,
    address: { hostname, ip, port },
    capabilities: [{ type: "AGENT_UPDATE" }, { type: "AGENT_DRAINING" }, { type: "QUOTA_V2" }],
  };
}

/** The first octet lowest, as Mesos has it: 10.0.0.1 = 16777226. 0 for what is no IPv4 address. */
export function ipNumber(ip: string): number {
  const octets = ip.split(".").map(Number);
  if (octets.length !== 4 || octets.some((octet) => !(octet >= 0 && octet <= 255))) return 0;
  return octets.reduceRight((sum, octet) => sum * 256 + octet, 0);
}

/** Identity in the election that tells standbys where the leader is: `host:port_uuid`. */
export function electionIdentity(
  advertised: Pick<Advertised, "hostname" | "port">,
  uuid: string,
): string {
  return `${advertised.hostname}:${advertised.port}_${uuid}`;
}

/** The address in an identity made by {@link electionIdentity}. */
export function leaderAddressOf(
  identity: string,
): { readonly hostname: string; readonly port: number } | undefined {
  const match = /^(?<hostname>.+):(?<port>\d+)_[^_]+$/.exec(identity)?.groups;
  if (match?.["hostname"] === undefined) return undefined;
  return { hostname: match["hostname"], port: Number(match["port"]) };
}
