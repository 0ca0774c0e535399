import type { QuotaConfig, QuotaRequest } from "../../api/mesos/quota.ts";
import type { Resource } from "../../api/mesos/resource.ts";
import { assertNever } from "../../api/invariant.ts";
import { checkQuota, isQuotaTooLarge, type QuotaRefusal } from "../allocator/quota/check-quota.ts";
import { type Quantities, toMilli } from "../resources/quantity.ts";
import { roleFault } from "./roles.ts";
import { quantityMapText, quantityText } from "./views/quantity-text.ts";
import { isAllowed } from "./weight-requests.ts";

/** What a role may have from now on; empty quantities = no guarantee, no limit. */
export interface RoleQuota {
  readonly role: string;
  readonly guarantees: Quantities;
  readonly limits: Quantities;
}

/** What a request for quota is checked against. */
export interface QuotaFacts {
  /** Roles the cluster admits; empty = all. */
  readonly rolesAllowed: readonly string[];
  /** Quotas as they are now, by role. */
  readonly quotas: ReadonlyMap<string, Pick<RoleQuota, "guarantees" | "limits">>;
  /** What the role and its descendants use or reserve, offers left out. */
  readonly consumed: (role: string) => Quantities;
  /** Regular scalars of connected, active agents. */
  readonly capacity: Quantities;
}

export type ReadQuotas =
  | { readonly ok: true; readonly quotas: readonly RoleQuota[] }
  | { readonly ok: false; readonly status: 400 | 409; readonly error: string };

const refuse = (error: string, status: 400 | 409 = 400): ReadQuotas => ({
  ok: false,
  status,
  error,
});

/**
 * UPDATE_QUOTA, all or nothing; the first fault refuses the call. Of a role named twice the last counts.
 *
 * @see mesos@1.11 src/master/quota_handler.cpp `update`
 */
export function readQuotaConfigs(
  configs: readonly QuotaConfig[],
  force: boolean,
  facts: QuotaFacts,
): ReadQuotas {
  const wanted = new Map<string, RoleQuota>();
  for (const { role, guarantees, limits } of configs) {
    wanted.set(role, { role, guarantees: milliOf(guarantees), limits: milliOf(limits) });
  }
  const quotas = [...wanted.values()];
  const guaranteesAfter = guaranteesWith(facts, quotas);
  for (const quota of quotas) {
    const { role } = quota;
    const fault = roleFault(role);
    if (fault !== undefined) {
      return refuse(`Invalid QuotaConfig: Invalid 'QuotaConfig.role': ${fault}`);
    }
    const refusal = checkQuota(quota, {
      ...(facts.rolesAllowed.length === 0 ? {} : { roleWhitelist: ["*", ...facts.rolesAllowed] }),
      guarantees: guaranteesAfter,
      consumed: facts.consumed(role),
      capacity: facts.capacity,
      force,
    });
    if (refusal !== undefined) return refuse(refusalText(refusal, quota, guaranteesAfter, facts));
  }
  return { ok: true, quotas };
}

const FORCE = "(use 'force' flag to bypass this check)";

function refusalText(
  refusal: QuotaRefusal,
  quota: RoleQuota,
  guaranteesAfter: ReadonlyMap<string, Quantities>,
  facts: QuotaFacts,
): string {
  const { role, guarantees, limits } = quota;
  switch (refusal) {
    case "roleNotWhitelisted":
      return `Invalid QuotaConfig: '${role}' is not on the roles whitelist`;
    case "nestedRole":
      return `Updating quota on nested role '${role}' is not supported yet`;
    case "valueTooLarge":
      return `Invalid QuotaConfig: ${valueFault(guarantees, limits)}`;
    case "guaranteeAboveLimit":
      return (
        `Invalid QuotaConfig: 'QuotaConfig.guarantees' ${quantityMapText(guarantees)} ` +
        `is not contained within the 'QuotaConfig.limits' ${quantityMapText(limits)}`
      );
    case "limitBelowConsumption":
      return (
        `Invalid QuotaConfig: Role '${role}' is already consuming ` +
        `'${quantityText(facts.consumed(role))}'; this is more than the requested limits ` +
        `'${quantityText(limits)}' ${FORCE}`
      );
    case "guaranteesAbovePool":
      return (
        `Invalid QuotaConfig: total quota guarantees '${quantityText(sumOf(guaranteesAfter))}' ` +
        `exceed cluster capacity '${quantityText(facts.capacity)}' ${FORCE}`
      );
    default:
      return assertNever(refusal);
  }
}

/** A value below 0 or above what a quota can hold, by the part it stands in. */
function valueFault(guarantees: Quantities, limits: Quantities): string {
  const part = isQuotaTooLarge(guarantees) ? "guarantees" : "limits";
  const amounts = part === "guarantees" ? guarantees : limits;
  const name = Object.keys(amounts).find((it) => isQuotaTooLarge({ [it]: amounts[it] ?? 0 })) ?? "";
  const milli = amounts[name] ?? 0;
  if (!(milli >= 0)) {
    const kind = part === "guarantees" ? "guarantee" : "limit";
    return `Invalid ${kind} configuration {'${name}': ${milli / 1000}}: Negative values not allowed`;
  }
  const isSize = name === "mem" || name === "disk";
  const most = isSize ? `1 exabyte (${2 ** 40})` : "1 trillion (1000000000000)";
  return (
    `Invalid 'QuotaConfig.${part}': {'${name}': ${milli / 1000}} is invalid: ` +
    `values greater than ${most} are not supported`
  );
}

/**
 * SET_QUOTA of a role that has none; its guarantee is its limit too.
 *
 * @see mesos@1.11 src/master/quota_handler.cpp `_set`, `__set`
 */
export function readQuotaRequest(request: QuotaRequest, facts: QuotaFacts): ReadQuotas {
  const { role = "", guarantee = [], force = false } = request;
  const invalid = (error: string): ReadQuotas =>
    refuse(`Failed to validate set quota request: ${error}`);
  const fault = quotaInfoFault(request.role, guarantee);
  if (fault !== undefined) return invalid(fault);
  if (!isAllowed(role, facts.rolesAllowed)) return invalid(`Unknown role '${role}'`);
  if (facts.quotas.has(role)) {
    return invalid(`Cannot set quota for role '${role}' which already has quota`);
  }
  if (role.includes("/")) {
    return refuse(`Setting quota on nested role '${role}' is not supported yet`);
  }
  const amounts = Object.fromEntries(
    guarantee.map(({ name, scalar }) => [name, toMilli(scalar?.value ?? 0)]),
  );
  if (isQuotaTooLarge(amounts)) return invalid(valueFault(amounts, {}));
  const quota = { role, guarantees: amounts, limits: amounts };
  const total = sumOf(guaranteesWith(facts, [quota]));
  const isTooMuch = Object.entries(total).some(
    ([name, milli]) => milli > (facts.capacity[name] ?? 0),
  );
  if (isTooMuch && !force) {
    return refuse(
      "Quota guarantees overcommit the cluster (use 'force' to bypass this check): " +
        `Total quota guarantees '${quantityText(total)}' exceed cluster capacity ` +
        `'${quantityText(facts.capacity)}'`,
      409,
    );
  }
  return { ok: true, quotas: [quota] };
}

/** @see mesos@1.11 src/master/quota.cpp `validation::quotaInfo` */
function quotaInfoFault(
  role: string | undefined,
  guarantee: readonly Resource[],
): string | undefined {
  if (role === undefined) return "QuotaInfo must specify a role";
  const fault = roleFault(role);
  if (fault !== undefined) return `QuotaInfo with invalid role: ${fault}`;
  if (guarantee.length === 0) return "QuotaInfo with empty 'guarantee'";
  const names = new Set<string>();
  for (const resource of guarantee) {
    if (isReserved(resource)) return "QuotaInfo must not contain any ReservationInfo";
    if (resource.disk !== undefined) return "QuotaInfo must not contain DiskInfo";
    if (resource.revocable !== undefined) return "QuotaInfo must not contain RevocableInfo";
    if (resource.type !== "SCALAR") return "QuotaInfo must not include non-scalar resources";
    if (names.has(resource.name)) {
      return `QuotaInfo contains duplicate resource name '${resource.name}'`;
    }
    names.add(resource.name);
  }
  return undefined;
}

function isReserved({ role = "*", reservation, reservations = [] }: Resource): boolean {
  return role !== "*" || reservation !== undefined || reservations.length > 0;
}

function guaranteesWith(
  facts: QuotaFacts,
  quotas: readonly RoleQuota[],
): ReadonlyMap<string, Quantities> {
  return new Map([
    ...[...facts.quotas].map(([role, { guarantees }]) => [role, guarantees] as const),
    ...quotas.map(({ role, guarantees }) => [role, guarantees] as const),
  ]);
}

function sumOf(guarantees: ReadonlyMap<string, Quantities>): Quantities {
  const sum: Record<string, number> = {};
  for (const amounts of guarantees.values()) {
    for (const [name, milli] of Object.entries(amounts)) sum[name] = (sum[name] ?? 0) + milli;
  }
  return sum;
}

function milliOf(amounts: QuotaConfig["guarantees"]): Quantities {
  const entries = Object.entries(amounts ?? {});
  return Object.fromEntries(entries.map(([name, { value }]) => [name, toMilli(value)]));
}
