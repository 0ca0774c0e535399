import type { Quantities } from "../../resources/quantity.ts";

/** Why UPDATE_QUOTA refuses; all with 400. */
export type QuotaRefusal =
  | "roleNotWhitelisted"
  | "nestedRole"
  | "valueTooLarge"
  | "guaranteeAboveLimit"
  /** These two not with `force`. */
  | "limitBelowConsumption"
  | "guaranteesAbovePool";

export interface QuotaRequest {
  readonly role: string;
  readonly guarantees: Quantities;
  readonly limits: Quantities;
}

/** What a request is checked against. */
export interface QuotaWorld {
  /** Absent = any role may have quota. */
  readonly roleWhitelist?: readonly string[];
  /** Guarantees of all roles as they are now. */
  readonly guarantees: ReadonlyMap<string, Quantities>;
  /** What the role consumes, offers not counted. */
  readonly consumed: Quantities;
  /** Regular scalars of connected, active agents. */
  readonly capacity: Quantities;
  readonly force: boolean;
}

/** 1e12 in thousandths: huge values are refused, not overflowed (MESOS-10008). */
const VALUE_MILLI_MAX = 1e15;
/** 1 EiB in thousandths of a MiB. */
const SIZE_MILLI_MAX = 2 ** 40 * 1000;

/** Whether a quantity is beyond what a quota may say. */
export function isQuotaTooLarge(quantities: Quantities): boolean {
  return Object.entries(quantities).some(([name, milli]) => {
    const max = name === "mem" || name === "disk" ? SIZE_MILLI_MAX : VALUE_MILLI_MAX;
    return !(milli >= 0) || milli > max;
  });
}

/**
 * Whether the quota may be set; undefined = yes. A call with several roles is all or nothing: check
 * each against the guarantees that the earlier ones leave.
 *
 * @see mesos@1.11 src/master/quota_handler.cpp `update`
 */
export function checkQuota(request: QuotaRequest, world: QuotaWorld): QuotaRefusal | undefined {
  const { role, guarantees, limits } = request;
  if (world.roleWhitelist?.includes(role) === false) return "roleNotWhitelisted";
  if (role.includes("/")) return "nestedRole";
  if (isQuotaTooLarge(guarantees) || isQuotaTooLarge(limits)) return "valueTooLarge";
  if (isAbove(guarantees, limits)) return "guaranteeAboveLimit";
  if (world.force) return undefined;
  if (isAbove(world.consumed, limits)) return "limitBelowConsumption";
  const sum: Record<string, number> = {};
  for (const all of new Map([...world.guarantees, [role, guarantees]]).values()) {
    for (const [name, milli] of Object.entries(all)) sum[name] = (sum[name] ?? 0) + milli;
  }
  const isTooMuch = Object.keys(guarantees).some(
    (name) => (sum[name] ?? 0) > (world.capacity[name] ?? 0),
  );
  return isTooMuch ? "guaranteesAbovePool" : undefined;
}

/** Some amount is above the bound of its name; names without a bound are free. */
function isAbove(amounts: Quantities, bounds: Quantities): boolean {
  return Object.entries(amounts).some(([name, milli]) => milli > (bounds[name] ?? Infinity));
}
