import { expect } from "chai";
import type { AgentId } from "../../../src/api/ids/ids.ts";
import type { Allocator } from "../../../src/domain/allocator/allocator.ts";
import type { Grant } from "../../../src/domain/allocator/events.ts";
import { formatResources } from "../../../src/domain/resources/format-resources.ts";
import {
  addResources,
  containsResources,
  equalResources,
} from "../../../src/domain/resources/arithmetic.ts";
import type { Resources } from "../../../src/domain/resources/resource.ts";
import { roomOf } from "../reference/reference-room.ts";

/** Per agent: what is held and what is free make up the total, unless it is overcommitted. */
export function checkNothingLostOrDoubled(
  allocator: Allocator,
  totals: ReadonlyMap<AgentId, Resources>,
  held: readonly Grant[],
  where: string,
): void {
  const overcommitted = new Set(allocator.view.overcommittedAgents());
  for (const [agentId, total] of totals) {
    const here = held.filter((grant) => grant.agentId === agentId);
    const used = here.reduce<Resources>((sum, grant) => addResources(sum, grant.resources), []);
    const lent = allocator.view.lentOn(agentId);
    const room = roomOf({ total, lent });
    if (overcommitted.has(agentId)) {
      const isMoreLent = Object.entries(lent).some(([name, milli]) => milli > plain(total, name));
      const isEnough = containsResources(room, used) && !isMoreLent;
      expect(isEnough, `${where}: ${agentId} is overcommitted`).to.equal(false);
      continue;
    }
    const all = addResources(used, allocator.view.free(agentId));
    expect(
      equalResources(all, room),
      `${where}: ${agentId} has ${formatResources(room)}, holds and has free ${formatResources(all)}`,
    ).to.equal(true);
    expect(countPorts(all), `${where}: a port of ${agentId} has one holder`).to.equal(
      here.reduce(
        (sum, grant) => sum + countPorts(grant.resources),
        countPorts(allocator.view.free(agentId)),
      ),
    );
  }
}

/** Whoever was granted unreserved resources of a name is within the role's limit of that name. */
export function checkLimits(allocator: Allocator, grants: readonly Grant[], where: string): void {
  for (const [role, { limits, consumed }] of allocator.view.quotas()) {
    // A sub-role is not bound by the limit of its parent but counts towards it.
    if (grants.some((grant) => grant.role.startsWith(`${role}/`))) continue;
    const granted = grants.filter((grant) => grant.role === role);
    const items = granted.flatMap(({ resources }) => resources);
    for (const [name, limit] of Object.entries(limits)) {
      const isGranted = items.some(
        (item) =>
          item.name === name && item.reservations.length === 0 && item.revocable === undefined,
      );
      if (!isGranted) continue;
      expect(consumed[name] ?? 0, `${where}: ${role} within its limit of ${name}`).to.be.at.most(
        limit,
      );
    }
  }
}

/** Unreserved regular thousandths of the name. */
function plain(resources: Resources, name: string): number {
  return resources.reduce(
    (sum, item) =>
      item.kind === "scalar" &&
      item.name === name &&
      item.reservations.length === 0 &&
      item.revocable !== true
        ? sum + item.milli
        : sum,
    0,
  );
}

function countPorts(resources: Resources): number {
  let count = 0;
  for (const item of resources) {
    if (item.kind !== "ranges") continue;
    for (const [begin, end] of item.ranges) count += end - begin + 1;
  }
  return count;
}
