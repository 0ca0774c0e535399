import type { MesosClusterSpec } from "../../api/crd/v1alpha1/mesos-cluster/spec.ts";
import type { ClusterConfig, RoleConfig } from "../../services/offer-engine/ports.ts";
import { type NodesWith, recurringOf, windowsOf } from "./window-spec.ts";
import type { SecuritySettings } from "../../services/master-security/ports.ts";
import type { AdmissionConfig } from "../../services/pod-admission/ports.ts";

/** The CRD allows three decimals, so thousandths are exact. */
function milliOf(amounts: Readonly<Record<string, string>>): Readonly<Record<string, number>> {
  const entries = Object.entries(amounts);
  return Object.fromEntries(entries.map(([name, text]) => [name, Math.round(Number(text) * 1000)]));
}

/** Thousandths as the CRD writes decimals: 1500 → "1.5". */
export function decimalOf(milli: number): string {
  return (milli / 1000).toFixed(3).replace(/\.?0+$/, "");
}

function roleConfig({ name, weight, quota }: MesosClusterSpec["roles"][number]): RoleConfig {
  return {
    name,
    weight: Number(weight),
    ...(quota === undefined
      ? {}
      : {
          guaranteesMilli: milliOf(quota.guarantees),
          limitsMilli: milliOf(quota.limits),
          mode: quota.mode,
        }),
  };
}

function principalLimitsOf({
  security,
}: MesosClusterSpec): NonNullable<ClusterConfig["principalLimits"]> {
  const bound = security.principals.filter(({ limits }) => Object.keys(limits).length > 0);
  return Object.fromEntries(bound.map(({ name, limits }) => [name, milliOf(limits)]));
}

const listOf = (text: string | undefined): readonly string[] =>
  (text ?? "")
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");

/** What the engine takes from a MesosCluster. Flags carry Mesos' names and meaning. */
export function clusterConfigOf(
  name: string,
  spec: MesosClusterSpec,
  nodesWith: NodesWith,
): ClusterConfig {
  const { allocation, frameworks, masters } = spec;
  const { flags } = masters;
  return Object.freeze({
    clusterName: spec.clusterName ?? name,
    rolesAllowed: listOf(flags["roles"]),
    roles: spec.roles.map(roleConfig),
    principalLimits: principalLimitsOf(spec),
    rootSubmissions: flags["root_submissions"] !== "false",
    offerTimeoutMs: allocation.offerTimeoutSeconds * 1000,
    maxTasksPerOffer: allocation.maxTasksPerOffer,
    heartbeatMs: frameworks.heartbeatSeconds * 1000,
    failoverTimeoutMaxMs: frameworks.failoverTimeoutMaxSeconds * 1000,
    completedFrameworksMax: frameworks.completedMax,
    preemption: spec.admission.preemption,
    maintenanceWindows: windowsOf(spec.maintenance, nodesWith),
    recurringWindows: recurringOf(spec.maintenance, nodesWith),
  });
}

/** What says who may talk to the masters. */
export function securitySettingsOf({ security, masters }: MesosClusterSpec): SecuritySettings {
  return Object.freeze({ security, flags: masters.flags });
}

/** `example.com/fpga:fpgas,…` of the agents' flag `extended_resources`: what agents call it, pods ask for. */
function extendedNames(text: string | undefined): Readonly<Record<string, string>> {
  const pairs = listOf(text).map((item) => {
    const colon = item.lastIndexOf(":");
    return [item.slice(0, colon), item.slice(colon + 1)] as const;
  });
  return Object.fromEntries(pairs.filter(([from, to]) => from !== "" && to !== ""));
}

/** What admission of pods takes from a MesosCluster. */
export function admissionConfigOf(name: string, spec: MesosClusterSpec): AdmissionConfig {
  const { admission, agents } = spec;
  return Object.freeze({
    pool: name,
    defaultRole: admission.defaultRole,
    extended: extendedNames(agents.flags["extended_resources"]),
    isEnabled: admission.enabled,
    pin: admission.pin,
    gateTimeoutMs: admission.gateTimeoutSeconds * 1000,
    namespaceSelector: admission.namespaceSelector,
  });
}
