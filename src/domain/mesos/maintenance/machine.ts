import { asciiJson } from "../../../api/mesos/json-encode.ts";

/** A machine as operators name it: by hostname, by IP address, or by both. */
export interface MachineName {
  readonly hostname?: string;
  readonly ip?: string;
}

/** Equal for names of the same machine; hostnames know no case. */
export function machineKey({ hostname = "", ip = "" }: MachineName): string {
  return asciiJson([hostname.toLowerCase(), ip]);
}

/** As Mesos' messages show it: `{"hostname":"n1","ip":"10.0.0.1"}`. */
export function machineText({ hostname, ip }: MachineName): string {
  return asciiJson({
    ...(hostname === undefined ? {} : { hostname }),
    ...(ip === undefined ? {} : { ip }),
  });
}

/** The name with what is given and not empty. */
export function machineName(given: {
  readonly hostname?: string | undefined;
  readonly ip?: string | undefined;
}): MachineName {
  const { hostname, ip } = given;
  return {
    ...(hostname === undefined || hostname === "" ? {} : { hostname }),
    ...(ip === undefined || ip === "" ? {} : { ip }),
  };
}
