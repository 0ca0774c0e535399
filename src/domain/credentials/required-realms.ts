/** As much of the settings as says whether credentials are asked for. */
export interface AuthenticationSettings {
  readonly mode: "None" | "Required";
  /** Mesos' flags by their names. */
  readonly flags: Readonly<Record<string, string>>;
}

/** The flag of each realm. One that is set counts more than the mode. */
export const REALM_FLAGS: Readonly<Record<string, string>> = {
  "mesos-master-readonly": "authenticate_http_readonly",
  "mesos-master-readwrite": "authenticate_http_readwrite",
  "mesos-master-scheduler": "authenticate_http_frameworks",
  "mesos-master-agent": "authenticate_agents",
};

/** Whether the realm asks for credentials. */
export function asksForCredentials(
  { mode, flags }: AuthenticationSettings,
  realm: string,
): boolean {
  const flag = flags[REALM_FLAGS[realm] ?? ""];
  return flag === undefined ? mode === "Required" : flag === "true";
}
