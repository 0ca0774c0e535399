import { addResources } from "../../../src/domain/resources/arithmetic.ts";
import type { Quantities } from "../../../src/domain/resources/quantity.ts";
import type { MesosResource, Resources } from "../../../src/domain/resources/resource.ts";

/** Thousandths by name. */
export type Amounts = Record<string, number>;

/** The unreserved regular scalars: what guarantees and limits count. */
export function quotaScalars(resources: readonly MesosResource[]): Amounts {
  const sums: Amounts = {};
  for (const item of resources) {
    if (item.kind === "scalar" && isQuotaScalar(item)) {
      sums[item.name] = (sums[item.name] ?? 0) + item.milli;
    }
  }
  return sums;
}

/** The unreserved scalars replaced by these amounts, the rest as it is. */
export function compose(avail: Resources, scalars: Amounts): Resources {
  const rest = avail.filter((item) => !isQuotaScalar(item));
  const cut = Object.entries(scalars).map(([name, milli]): MesosResource => ({
    kind: "scalar",
    name,
    reservations: [],
    milli,
  }));
  return addResources(rest, cut);
}

export function minus(a: Quantities, b: Quantities): Amounts {
  return Object.fromEntries(
    Object.entries(a).map(([name, milli]) => [name, milli - (b[name] ?? 0)]),
  );
}

export function plus(a: Amounts, b: Amounts): Amounts {
  const sum = { ...a };
  for (const [name, milli] of Object.entries(b)) sum[name] = (sum[name] ?? 0) + milli;
  return sum;
}

export function positive(a: Amounts): Amounts {
  return Object.fromEntries(Object.entries(a).filter(([, milli]) => milli > 0));
}

/** Cut to the bound; `absent` = the bound of names that it does not have. */
export function least(a: Amounts, bound: Amounts, absent: number): Amounts {
  return positive(
    Object.fromEntries(
      Object.entries(a).map(([name, milli]) => [
        name,
        Math.min(milli, Math.max(0, bound[name] ?? absent)),
      ]),
    ),
  );
}

function isQuotaScalar(item: MesosResource): boolean {
  return item.kind === "scalar" && item.reservations.length === 0 && item.revocable !== true;
}
