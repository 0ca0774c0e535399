import {
  addResources,
  NO_RESOURCES,
  subtractResources,
} from "../../../domain/resources/arithmetic.ts";
import type { MesosResource, Resources } from "../../../domain/resources/resource.ts";

/** Whether it may be room that was lent beyond a limit: unreserved revocable scalars. */
export function isLoan({ kind, revocable, reservations }: MesosResource): boolean {
  return kind === "scalar" && revocable === true && reservations.length === 0;
}

/** What is held of an agent, as parts of its `total`: what is lent counts as the plain room that it is made of. */
export function loansAsPlain(held: Resources, total: Resources): Resources {
  const lent = subtractResources(held.filter(isLoan), total);
  const plain = lent.map(({ revocable: _, ...room }) => room);
  return addResources(addResources(NO_RESOURCES, subtractResources(held, lent)), plain);
}
