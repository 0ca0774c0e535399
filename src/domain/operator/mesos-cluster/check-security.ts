import type { MesosClusterSpec } from "../../../api/crd/v1alpha1/mesos-cluster/spec.ts";
import { parseAcls } from "../../authorization/parse-acls.ts";
import { asksForCredentials, REALM_FLAGS } from "../../credentials/required-realms.ts";

/** What is wrong with `security`, beyond what the schema checks; the first fault, with its field. */
export function securityFault(spec: MesosClusterSpec): string | undefined {
  return methodFault(spec) ?? aclsFault(spec) ?? rateFault(spec);
}

/** Somebody must be able to come in: people and frameworks by some method, agents by their tokens. */
function methodFault({ masters, agents, security }: MesosClusterSpec): string | undefined {
  const { mode, credentialsSecretRef, serviceAccountTokens } = security.authentication;
  const asks = (realm: string): boolean =>
    asksForCredentials({ mode, flags: masters.flags }, realm);
  if (serviceAccountTokens || !Object.keys(REALM_FLAGS).some(asks)) return undefined;
  if (credentialsSecretRef === undefined) {
    return "spec.security.authentication: credentials are asked for, but there is no way to give them: name a credentialsSecretRef, or set serviceAccountTokens: true";
  }
  return agents.enabled && asks("mesos-master-agent")
    ? "spec.security.authentication.serviceAccountTokens: agents have no other credentials; set true, or masters.flags.authenticate_agents: false"
    : undefined;
}

function aclsFault({ security }: MesosClusterSpec): string | undefined {
  const { acls } = security.authorization;
  const parsed = acls === undefined ? undefined : parseAcls(acls);
  if (parsed?.ok !== false) return undefined;
  const place = parsed.path === "" ? "" : `.${parsed.path}`;
  return `spec.security.authorization.acls${place}: ${parsed.message}`;
}

function rateFault({ security }: MesosClusterSpec): string | undefined {
  const { principals, rateLimitDefault } = security;
  for (const { name, qps, capacity } of principals) {
    const field = `spec.security.principals[${name}]`;
    if (qps === 0) return `${field}.qps: must be above 0; leave it out for no limit`;
    if (qps === undefined && capacity !== undefined) {
      return `${field}.capacity: means nothing without qps`;
    }
  }
  return rateLimitDefault?.qps === 0
    ? "spec.security.rateLimitDefault.qps: must be above 0; leave rateLimitDefault out for no limit"
    : undefined;
}
