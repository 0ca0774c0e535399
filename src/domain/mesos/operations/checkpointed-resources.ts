import { addResources, NO_RESOURCES, subtractResources } from "../../resources/arithmetic.ts";
import { isIndivisible, isPersistentVolume, kindKey } from "../../resources/kind.ts";
import type { MesosResource, Resources } from "../../resources/resource.ts";
import { commonSameKind, coversSameKind, isEmptyResource } from "../../resources/same-kind.ts";
import type { Conversion } from "./conversion.ts";

/** Whether it exists by an operation only, so that somebody has to remember it: a dynamic reservation or a volume. */
export function isCheckpointed(resource: MesosResource): boolean {
  return isPersistentVolume(resource) || resource.reservations.at(-1)?.type === "DYNAMIC";
}

/** What it is made of: without volume, back to its static reservation or none. */
export function rawOf(resource: MesosResource): MesosResource {
  const { disk, shared: _copies, ...rest } = resource;
  const dynamic = resource.reservations.findIndex(({ type }) => type === "DYNAMIC");
  const reservations =
    dynamic < 0 ? resource.reservations : resource.reservations.slice(0, dynamic);
  const source = disk?.source;
  return { ...rest, reservations, ...(source === undefined ? {} : { disk: { source } }) };
}

/**
 * What an agent has, given what its inventory shows and what operations made of it. An inventory that shrank below its
 * reservations cuts them, the later first: nothing is promised that is not there. They are whole again when it grows.
 */
export function applyCheckpointed(inventory: Resources, checkpointed: Resources): Resources {
  if (checkpointed.length === 0) return inventory;
  let rest = inventory;
  let made = NO_RESOURCES;
  for (const resource of checkpointed) {
    const part = availablePart(rest, resource);
    if (part === undefined) continue;
    rest = subtractResources(rest, [rawOf(part)]);
    made = addResources(made, [part]);
  }
  return addResources(rest, made);
}

function availablePart(rest: Resources, resource: MesosResource): MesosResource | undefined {
  const raw = rawOf(resource);
  const key = kindKey(raw);
  if (isIndivisible(raw) || isIndivisible(resource)) {
    const isThere = rest.some((own) => kindKey(own) === key && coversSameKind(own, raw));
    return isThere ? resource : undefined;
  }
  const source = rest.find((own) => kindKey(own) === key);
  if (source === undefined) return undefined;
  const part = commonSameKind(resource, source);
  return isEmptyResource(part) ? undefined : part;
}

/** What is to be remembered after a conversion. */
export function convertCheckpointed(checkpointed: Resources, conversion: Conversion): Resources {
  return addResources(
    subtractResources(checkpointed, conversion.consumed.filter(isCheckpointed)),
    conversion.converted.filter(isCheckpointed),
  );
}

/** Adds what of `used` nobody remembers: what a task uses has been made, whatever the record says. */
export function rememberUsed(checkpointed: Resources, used: Resources): Resources {
  const forgotten = subtractResources(used.filter(isCheckpointed), checkpointed);
  return addResources(checkpointed, forgotten);
}
