import type { AdmissionWorld, Leader } from "./admission-world.ts";

/**
 * Every admitted or placed pod is charged once, and nothing else is: Σ charges = Σ requests. All pods of the world ask for
 * the same, so counting is enough.
 *
 * @returns what is wrong, or undefined.
 */
export function chargeFault(world: AdmissionWorld, leader: Leader): string | undefined {
  const charged = (leader.ledger.allocator.view.offeredOrAllocated()["cpus"] ?? 0) / 1000;
  const open = world.open().length;
  return charged === open ? undefined : `${charged} pods are charged, ${open} are open`;
}
