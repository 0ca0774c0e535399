import { createHash } from "node:crypto";
import { asId, type AgentId, type FrameworkId } from "../../../src/api/ids/ids.ts";
import { Allocator } from "../../../src/domain/allocator/allocator.ts";
import type { AllocatorEvent } from "../../../src/domain/allocator/events.ts";
import { allocatorDefaults, type AllocatorOptions } from "../../../src/domain/allocator/options.ts";
import { resourcesOf } from "../../../src/domain/resources/parse-resources.ts";

/** How the frameworks of a fleet spread over roles. */
export type RoleShape = "one" | "each" | "tree";

export interface FleetPoint {
  readonly agents: number;
  readonly frameworks: number;
  readonly roles: RoleShape;
  /** 16 of 24 cpus and 16 port ranges are taken on each agent. */
  readonly isPartUsed?: boolean;
}

const TOTAL = "cpus:24;mem:4096;disk:4096;ports:[31000-32000]";
const TAKEN_PORTS = Array.from({ length: 16 }, (_, i) => `${31000 + i * 60}-${31009 + i * 60}`);
const TAKEN = `cpus:16;mem:1024;disk:1024;ports:[${TAKEN_PORTS.join(",")}]`;
const CAPABILITIES = ["MULTI_ROLE", "HIERARCHICAL_ROLE", "RESERVATION_REFINEMENT"];

export function pointName({ agents, frameworks, roles, isPartUsed }: FleetPoint): string {
  return `${agents}/${frameworks}/${roles}${isPartUsed === true ? "/used" : ""}`;
}

/** Agents as in Mesos' own benchmarks, then the frameworks. Same point, same events. */
export function fleetEvents(point: FleetPoint): AllocatorEvent[] {
  const events: AllocatorEvent[] = [{ kind: "paused" }];
  const holder = asId<FrameworkId>("framework-0");
  for (let i = 0; i < point.agents; i += 1) {
    const agentId = asId<AgentId>(`agent-${i}`);
    events.push({
      kind: "agentAdded",
      agentId,
      profile: { hostname: `host-${i}`, attributes: [], capabilities: CAPABILITIES },
      total: resourcesOf(TOTAL),
      used:
        point.isPartUsed === true
          ? [{ frameworkId: holder, role: roleOf(0, point.roles), resources: resourcesOf(TAKEN) }]
          : [],
    });
  }
  for (let i = 0; i < point.frameworks; i += 1) {
    events.push({
      kind: "frameworkAdded",
      frameworkId: asId<FrameworkId>(`framework-${i}`),
      profile: {
        roles: [roleOf(i, point.roles)],
        suppressed: [],
        capabilities: ["MULTI_ROLE"],
        minAllocatable: {},
        constraints: {},
      },
    });
  }
  return [...events, { kind: "resumed" }];
}

export function fleetOptions(seed: number, trigger: "event" | "interval"): AllocatorOptions {
  return { ...allocatorDefaults, seed, trigger, coalesceMs: 0 };
}

/** An allocator that knows the fleet and has granted nothing yet. */
export function buildFleet(
  point: FleetPoint,
  seed: number,
  trigger: "event" | "interval",
): { readonly allocator: Allocator; readonly sha256: string } {
  const allocator = new Allocator(fleetOptions(seed, trigger));
  const hash = createHash("sha256");
  for (const event of fleetEvents(point)) {
    hash.update(`${JSON.stringify(event)}\n`);
    allocator.apply(event, 0);
  }
  return { allocator, sha256: hash.digest("hex") };
}

function roleOf(framework: number, shape: RoleShape): string {
  switch (shape) {
    case "one":
      return "*";
    case "each":
      return `role-${framework}`;
    case "tree":
      return `org-${framework % 10}/team-${framework % 50}/role-${framework}`;
  }
}
