import { isIndivisible, kindKey, reservedTo } from "../../resources/kind.ts";
import type { MesosResource } from "../../resources/resource.ts";
import type { RoleNames } from "./role-names.ts";
import type { ScalarNames } from "./scalar-names.ts";

/** Everything but the amount, worked out once. Kinds are interned: equal ones are identical. */
export interface Kind {
  readonly id: number;
  /** Index of the scalar name; -1 for ranges and sets. */
  readonly name: number;
  /** Index of the role that owns it; -1 = unreserved. */
  readonly owner: number;
  readonly isRefined: boolean;
  readonly isRevocable: boolean;
  readonly isShared: boolean;
  readonly isIndivisible: boolean;
  /** Thousandths of one object of an indivisible kind; else 0. */
  readonly unitMilli: number;
}

/** Whether it is a plain quantity, held in the columns of the tables and not in bags. */
export function isPlain(resource: MesosResource): boolean {
  return (
    resource.kind === "scalar" &&
    resource.reservations.length === 0 &&
    resource.disk === undefined &&
    resource.shared === undefined &&
    resource.revocable === undefined &&
    resource.providerId === undefined
  );
}

/** The kinds seen so far. */
export class Kinds {
  readonly #byKey = new Map<string, Kind>();
  readonly #names: ScalarNames;
  readonly #roles: RoleNames;

  constructor(names: ScalarNames, roles: RoleNames) {
    this.#names = names;
    this.#roles = roles;
  }

  /** The kind of a resource; objects of different size of an indivisible kind are of two kinds. */
  of(resource: MesosResource): Kind {
    const whole = isIndivisible(resource);
    const unitMilli = whole && resource.kind === "scalar" ? resource.milli : 0;
    const key = whole ? `${kindKey(resource)} ${String(unitMilli)}` : kindKey(resource);
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    const role = reservedTo(resource);
    const kind: Kind = {
      id: this.#byKey.size,
      name: resource.kind === "scalar" ? this.#names.indexOf(resource.name) : -1,
      owner: role === undefined ? -1 : this.#roles.indexOf(role),
      isRefined: resource.reservations.length > 1,
      isRevocable: resource.revocable === true,
      isShared: resource.shared === true,
      isIndivisible: whole,
      unitMilli,
    };
    this.#byKey.set(key, kind);
    return kind;
  }
}
