import type { ClusterConfig, RoleConfig } from "../ports.ts";
import { type EngineContext, tellAllocator } from "./context.ts";
import { forgetOldestCompleted } from "./framework-departure.ts";
import { applySchedule } from "./maintenance.ts";
import { rescindOffer } from "./offers.ts";
import { applyPrincipalLimits } from "./principal-limits.ts";
import { rescindForQuota } from "./quota-rescinds.ts";

/** Brings the engine and its allocator to a new configuration: only what changed is told. */
export function applyConfig(context: EngineContext, config: ClusterConfig): void {
  const before = new Map(context.config.roles.map((role) => [role.name, role]));
  const after = new Map(config.roles.map((role) => [role.name, role]));
  let weightChanged = false;
  for (const role of config.roles) {
    const old = before.get(role.name);
    if ((old?.weight ?? 1) !== role.weight) {
      tellAllocator(context, { kind: "weightSet", role: role.name, weight: role.weight });
      weightChanged ||= hasFrameworks(context, role.name);
    }
    if (quotaText(old) !== quotaText(role)) {
      setQuota(context, role);
      rescindForQuota(context, role);
    }
  }
  for (const role of before.values()) {
    if (after.has(role.name)) continue;
    if (role.weight !== 1)
      tellAllocator(context, { kind: "weightSet", role: role.name, weight: 1 });
    if (hasQuota(role)) tellAllocator(context, { kind: "quotaRemoved", role: role.name });
  }
  applyPrincipalLimits(context, context.config, config);
  if (whitelistText(context.config) !== whitelistText(config)) {
    const hostnames = config.agentWhitelist;
    tellAllocator(context, {
      kind: "whitelistSet",
      ...(hostnames === undefined ? {} : { hostnames }),
    });
  }
  const scheduleChanged = scheduleText(context.config) !== scheduleText(config);
  context.config = config;
  if (scheduleChanged) applySchedule(context);
  forgetOldestCompleted(context);
  if (weightChanged) {
    for (const offer of [...context.state.offers.values()]) rescindOffer(context, offer);
  }
}

/** Tells a fresh allocator everything that differs from its defaults. */
export function applyFirstConfig(context: EngineContext): void {
  for (const role of context.config.roles) {
    if (role.weight !== 1) {
      tellAllocator(context, { kind: "weightSet", role: role.name, weight: role.weight });
    }
    if (hasQuota(role)) setQuota(context, role);
  }
  applyPrincipalLimits(context, undefined, context.config);
  const hostnames = context.config.agentWhitelist;
  if (hostnames !== undefined) tellAllocator(context, { kind: "whitelistSet", hostnames });
}

function setQuota(context: EngineContext, role: RoleConfig): void {
  if (!hasQuota(role)) {
    tellAllocator(context, { kind: "quotaRemoved", role: role.name });
    return;
  }
  tellAllocator(context, {
    kind: "quotaSet",
    role: role.name,
    guarantees: role.guaranteesMilli ?? {},
    limits: role.limitsMilli ?? {},
    ...(role.mode === undefined ? {} : { mode: role.mode }),
  });
}

function hasQuota(role: RoleConfig): boolean {
  return role.guaranteesMilli !== undefined || role.limitsMilli !== undefined;
}

function quotaText(role: RoleConfig | undefined): string {
  return JSON.stringify([
    role?.guaranteesMilli ?? null,
    role?.limitsMilli ?? null,
    role?.mode ?? "Hard",
  ]);
}

function whitelistText(config: ClusterConfig): string {
  return JSON.stringify(config.agentWhitelist ?? null);
}

function scheduleText({ maintenanceWindows, recurringWindows }: ClusterConfig): string {
  return JSON.stringify([maintenanceWindows, recurringWindows]);
}

function hasFrameworks(context: EngineContext, role: string): boolean {
  for (const framework of context.state.frameworks.values()) {
    if (framework.roles.includes(role)) return true;
  }
  return false;
}
