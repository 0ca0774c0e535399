import type { QuotaConfig, QuotaInfo, QuotaStatus } from "../../../api/mesos/quota.ts";
import { fromMilli, type Quantities } from "../../resources/quantity.ts";
import type { ConfiguredRole } from "./legacy-roles.ts";

/** Every role with quota; `infos` lists those that the older form can say: their guarantee is their limit. */
export function quotaStatus(roles: readonly ConfiguredRole[]): QuotaStatus {
  const withQuota = roles.filter(
    ({ guaranteesMilli, limitsMilli }) => guaranteesMilli ?? limitsMilli,
  );
  return {
    infos: withQuota.filter(isGuaranteeOnly).map(infoOf),
    configs: withQuota.map(configOf),
  };
}

function isGuaranteeOnly({ guaranteesMilli = {}, limitsMilli = {} }: ConfiguredRole): boolean {
  const names = Object.keys(guaranteesMilli);
  return (
    names.length > 0 &&
    names.length === Object.keys(limitsMilli).length &&
    names.every((name) => guaranteesMilli[name] === limitsMilli[name])
  );
}

function infoOf({ name, guaranteesMilli = {} }: ConfiguredRole): QuotaInfo {
  return {
    role: name,
    guarantee: Object.entries(guaranteesMilli).map(([resource, milli]) => ({
      name: resource,
      type: "SCALAR",
      scalar: { value: fromMilli(milli) },
    })),
  };
}

function configOf({ name, guaranteesMilli = {}, limitsMilli = {} }: ConfiguredRole): QuotaConfig {
  return { role: name, guarantees: scalars(guaranteesMilli), limits: scalars(limitsMilli) };
}

function scalars(amounts: Quantities): Record<string, { readonly value: number }> {
  return Object.fromEntries(
    Object.entries(amounts).map(([name, milli]) => [name, { value: fromMilli(milli) }]),
  );
}
