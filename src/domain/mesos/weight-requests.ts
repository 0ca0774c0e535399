import type { WeightInfo } from "../../api/mesos/master-info.ts";
import { roleFault } from "./roles.ts";

/** One role and the weight it is to have. */
export interface RoleWeight {
  readonly role: string;
  readonly weight: number;
}

export type ReadWeights =
  | { readonly ok: true; readonly weights: readonly RoleWeight[] }
  /** The text of the 400. */
  | { readonly ok: false; readonly error: string };

const REQUEST = "Failed to validate update weights request JSON";

/**
 * The weights an UPDATE_WEIGHTS asks for; the first fault refuses all of them. Of a role named twice the last counts.
 *
 * @param rolesAllowed roles the cluster admits; empty = all.
 * @see mesos@1.11 src/master/weights_handler.cpp `update`
 */
export function readWeights(
  infos: readonly WeightInfo[],
  rolesAllowed: readonly string[],
): ReadWeights {
  const weights = new Map<string, number>();
  for (const { role: given = "", weight } of infos) {
    const role = given.trim();
    const fault = roleFault(role);
    if (fault !== undefined) return refuse(`${REQUEST}: Invalid role '${role}': ${fault}`);
    if (!isAllowed(role, rolesAllowed)) return refuse(`${REQUEST}: Unknown role '${role}'`);
    if (!(weight > 0) || !Number.isFinite(weight)) {
      return refuse(
        `${REQUEST} for role '${role}': Invalid weight '${weight}': Weights must be positive`,
      );
    }
    weights.set(role, weight);
  }
  return { ok: true, weights: [...weights].map(([role, weight]) => ({ role, weight })) };
}

const refuse = (error: string): ReadWeights => ({ ok: false, error });

/** Whether the role may be used in the cluster; `*` always may. */
export function isAllowed(role: string, rolesAllowed: readonly string[]): boolean {
  return rolesAllowed.length === 0 || role === "*" || rolesAllowed.includes(role);
}
