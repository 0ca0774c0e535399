import type { Resource } from "../../../api/mesos/resource.ts";
import { formatRanges } from "../../resources/ranges.ts";
import { reservedTo } from "../../resources/kind.ts";
import type { MesosResource, Resources } from "../../resources/resource.ts";
import { writeResources } from "../wire-resources.ts";

export type LegacyResources = Readonly<Record<string, number | string>>;

const ALWAYS = ["cpus", "gpus", "mem", "disk"];

/** `{cpus, gpus, mem, disk}` always, further scalars by name, `ports` as text, revocable ones as `<name>_revocable`. */
export function legacyResources(resources: Resources): LegacyResources {
  const milli = new Map<string, number>(ALWAYS.map((name) => [name, 0]));
  const texts = new Map<string, string>();
  for (const resource of resources) {
    const name = resource.revocable === true ? `${resource.name}_revocable` : resource.name;
    if (resource.kind === "scalar") milli.set(name, (milli.get(name) ?? 0) + resource.milli);
    else texts.set(name, joinText(texts.get(name), resource));
  }
  return {
    ...Object.fromEntries([...milli].map(([name, value]) => [name, value / 1000])),
    ...Object.fromEntries(texts),
  };
}

function joinText(before: string | undefined, resource: MesosResource): string {
  const text =
    resource.kind === "ranges"
      ? formatRanges(resource.ranges).replaceAll(",", ", ")
      : resource.kind === "set"
        ? `{${resource.items.join(", ")}}`
        : "";
  return before === undefined ? text : `${before}, ${text}`;
}

/** Reserved resources by role, and the rest. */
export function splitByReservation(resources: Resources): {
  readonly reserved: Readonly<Record<string, LegacyResources>>;
  readonly unreserved: LegacyResources;
} {
  const byRole = new Map<string, MesosResource[]>();
  const unreserved: MesosResource[] = [];
  for (const resource of resources) {
    const role = reservedTo(resource);
    if (role === undefined) unreserved.push(resource);
    else byRole.set(role, [...(byRole.get(role) ?? []), resource]);
  }
  return {
    reserved: Object.fromEntries(
      [...byRole].map(([role, items]) => [role, legacyResources(items)]),
    ),
    unreserved: legacyResources(unreserved),
  };
}

/** The resource objects themselves: reserved ones by role, and the rest. */
export function fullResources(resources: Resources): {
  readonly reserved_resources_full: Readonly<Record<string, readonly Resource[]>>;
  readonly unreserved_resources_full: readonly Resource[];
} {
  const byRole = Map.groupBy(resources, reservedTo);
  const reserved = [...byRole].flatMap(([role, own]) =>
    role === undefined ? [] : [[role, writeResources(own, { refined: true })] as const],
  );
  return {
    reserved_resources_full: Object.fromEntries(reserved),
    unreserved_resources_full: writeResources(byRole.get(undefined) ?? [], { refined: true }),
  };
}
