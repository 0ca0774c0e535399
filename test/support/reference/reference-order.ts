import type { FrameworkId } from "../../../src/api/ids/ids.ts";
import { compareBytes } from "../../../src/domain/allocator/sorter/compare-bytes.ts";
import { scalarMilli } from "../../../src/domain/resources/arithmetic.ts";
import type { MesosResource } from "../../../src/domain/resources/resource.ts";
import type { ReferenceAgent, ReferenceAllocator } from "./reference-allocator.ts";

interface Sibling {
  readonly name: string;
  readonly share: number;
  readonly count: number;
  readonly clients: readonly string[];
}

/** Roles in the order in which they are asked: pre-order over the tree of all roles in use. */
export function roleOrder(world: ReferenceAllocator): string[] {
  return orderBelow(world, "", [...world.clients().keys()]);
}

/** Listed frameworks of a role in the order in which they are asked. */
export function frameworkOrder(world: ReferenceAllocator, role: string): FrameworkId[] {
  const ids = [...(world.clients().get(role) ?? [])];
  const siblings = ids.map((id) => ({
    name: id,
    share: dominantShare(
      world,
      heldBy(world, (h) => h.role === role && h.frameworkId === id),
    ),
    count: world.frameworkCounts.get(`${role} ${id}`) ?? 0,
    clients: [],
  }));
  return siblings
    .sort(compareSiblings)
    .map(({ name }) => name)
    .filter((id) => world.isListed(id, role));
}

/** Share of a node of the role tree, weight applied. */
export function nodeShare(world: ReferenceAllocator, path: string): number {
  const held = heldBy(world, ({ role }) => role === path || role.startsWith(`${path}/`));
  return dominantShare(world, held) / (world.weights.get(path) ?? 1);
}

function orderBelow(
  world: ReferenceAllocator,
  prefix: string,
  clients: readonly string[],
): string[] {
  const depth = prefix === "" ? 0 : prefix.split("/").length;
  const children = new Map<string, string[]>();
  for (const client of clients) {
    const name = client === prefix ? "." : (client.split("/")[depth] as string);
    children.set(name, [...(children.get(name) ?? []), client]);
  }
  const siblings = [...children].map(([name, below]): Sibling => {
    const path = prefix === "" ? name : `${prefix}/${name}`;
    const count = below.reduce((sum, role) => sum + (world.roleCounts.get(role) ?? 0), 0);
    if (name !== ".") return { name, share: nodeShare(world, path), count, clients: below };
    const share = dominantShare(
      world,
      heldBy(world, ({ role }) => role === prefix),
    );
    return { name, share, count, clients: below };
  });
  return siblings.sort(compareSiblings).flatMap(({ name, clients: below }): readonly string[] => {
    if (name === ".") return below;
    const path = prefix === "" ? name : `${prefix}/${name}`;
    return below.length === 1 && below[0] === path ? below : orderBelow(world, path, below);
  });
}

function compareSiblings(a: Sibling, b: Sibling): number {
  return a.share - b.share || a.count - b.count || compareBytes(a.name, b.name);
}

function heldBy(
  world: ReferenceAllocator,
  counts: (holding: ReferenceAgent["held"][number]) => boolean,
): MesosResource[] {
  return world.slots.flatMap((agent) =>
    (agent?.held ?? []).filter(counts).flatMap(({ resources }) => resources),
  );
}

/** Largest part of any scalar of the pool. */
function dominantShare(world: ReferenceAllocator, held: readonly MesosResource[]): number {
  const pool = world.slots.flatMap((agent) => agent?.total ?? []);
  const names = new Set(pool.filter(({ kind }) => kind === "scalar").map(({ name }) => name));
  let share = 0;
  for (const name of names) {
    const total = scalarMilli(pool, name);
    if (total <= 0 || name === "gpumem") continue;
    if (world.options.fairSharingExcluded.includes(name)) continue;
    share = Math.max(share, scalarMilli(held, name) / total);
  }
  return share;
}
