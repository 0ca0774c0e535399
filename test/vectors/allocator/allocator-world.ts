import { asId, type AgentId, type FrameworkId } from "../../../src/api/ids/ids.ts";
import { Allocator } from "../../../src/domain/allocator/allocator.ts";
import type {
  AllocatorEvent,
  Decision,
  FrameworkProfile,
} from "../../../src/domain/allocator/events.ts";
import { allocatorDefaults, type AllocatorOptions } from "../../../src/domain/allocator/options.ts";
import { resourcesOf } from "../../../src/domain/resources/parse-resources.ts";
import { agentProfileOf, attributesOf, frameworkProfileOf, quantitiesOf } from "./given-values.ts";
import type { AgentGiven, FrameworkGiven, Given, Step } from "./vector-format.ts";

/** The allocator of one vector, told by steps. */
export class AllocatorWorld {
  readonly allocator: Allocator;
  readonly #given: Given;
  readonly #frameworks = new Map<string, FrameworkProfile>();
  readonly #agents = new Map<string, AgentGiven>();
  #nowMs = 0;

  constructor(given: Given, seed: number) {
    this.#given = given;
    this.allocator = new Allocator(optionsOf(given, seed));
    for (const [role, { weight, guarantees, limits }] of Object.entries(given.roles ?? {})) {
      if (weight !== undefined) this.#apply({ kind: "weightSet", role, weight });
      if (guarantees === undefined && limits === undefined) continue;
      this.#apply(quotaEvent(role, guarantees, limits));
    }
  }

  /** Applies a step; several decisions where it stands for several events. */
  do(step: Step): readonly Decision[] {
    if (step.do === "recoverAll") return this.#recoverAll(step);
    if (step.do === "advance") this.#nowMs += (step.seconds ?? 0) * 1000;
    return [this.#apply(this.#eventOf(step))];
  }

  #apply(event: AllocatorEvent): Decision {
    return this.allocator.apply(event, this.#nowMs);
  }

  #recoverAll({ refuseSeconds }: Step): Decision[] {
    const decisions: Decision[] = [];
    for (const [framework, { roles }] of this.#frameworks) {
      for (const role of roles) {
        for (const agent of Object.keys(this.#given.agents ?? {})) {
          const frameworkId = asId<FrameworkId>(framework);
          const agentId = asId<AgentId>(agent);
          if (this.allocator.view.held(frameworkId, role, agentId).length === 0) continue;
          const step = { do: "recover", framework, role, agent };
          decisions.push(
            this.#apply(
              this.#eventOf(refuseSeconds === undefined ? step : { ...step, refuseSeconds }),
            ),
          );
        }
      }
    }
    return decisions;
  }

  #eventOf(step: Step): AllocatorEvent {
    const agentId = asId<AgentId>(step.agent ?? "");
    const frameworkId = asId<FrameworkId>(step.framework ?? "");
    const role = step.role ?? "";
    const window = { startMs: 0 };
    switch (step.do) {
      case "addAgent": {
        const given = this.#agent(step.agent ?? "");
        return {
          kind: "agentAdded",
          agentId,
          profile: agentProfileOf(agentId, given),
          total: resourcesOf(given.resources),
          used: usedOf(step),
          ...(step.maintenance === undefined ? {} : { maintenance: window }),
        };
      }
      case "removeAgent":
        this.#agents.delete(agentId);
        return { kind: "agentRemoved", agentId };
      case "updateAgent":
        return this.#updateAgent(step, agentId);
      case "addResources":
        return {
          kind: "agentGrown",
          agentId,
          resources: resourcesOf(step.resources ?? ""),
          used: usedOf(step),
        };
      case "activateAgent":
        return { kind: "agentActivated", agentId };
      case "deactivateAgent":
        return { kind: "agentDeactivated", agentId };
      case "setWhitelist":
        return {
          kind: "whitelistSet",
          ...(step.hostnames === undefined ? {} : { hostnames: step.hostnames }),
        };
      case "addFramework": {
        const profile = frameworkProfileOf(this.#framework(step.framework ?? ""));
        this.#frameworks.set(frameworkId, profile);
        return { kind: "frameworkAdded", frameworkId, profile };
      }
      case "removeFramework":
        return { kind: "frameworkRemoved", frameworkId };
      case "activateFramework":
        return { kind: "frameworkActivated", frameworkId };
      case "deactivateFramework":
        return { kind: "frameworkDeactivated", frameworkId };
      case "updateFramework":
        return this.#updateFramework(step, frameworkId);
      case "suppress":
      case "revive":
        return {
          kind: step.do === "suppress" ? "suppressed" : "revived",
          frameworkId,
          ...(step.roles === undefined ? {} : { roles: step.roles }),
        };
      case "setQuota":
        return quotaEvent(role, step.guarantees, step.limits);
      case "removeQuota":
        return { kind: "quotaRemoved", role };
      case "setWeight":
        return { kind: "weightSet", role, weight: step.weight ?? 1 };
      case "recover":
        return {
          kind: "recovered",
          frameworkId,
          role,
          agentId,
          ...(step.resources === undefined ? {} : { resources: resourcesOf(step.resources) }),
          ...(step.refuseSeconds === undefined ? {} : { refuseSeconds: step.refuseSeconds }),
        };
      case "convert":
        return {
          kind: "allocationConverted",
          frameworkId,
          role,
          agentId,
          from: resourcesOf(step.from ?? ""),
          to: resourcesOf(step.to ?? ""),
        };
      case "convertAvailable":
        return {
          kind: "availableConverted",
          agentId,
          from: resourcesOf(step.from ?? ""),
          to: resourcesOf(step.to ?? ""),
        };
      case "setMaintenance":
        return { kind: "maintenanceSet", agentId, window };
      case "answerInverse":
        return {
          kind: "inverseAnswered",
          agentId,
          frameworkId,
          answer: step.answer ?? "UNKNOWN",
          ...(step.refuseSeconds === undefined ? {} : { refuseSeconds: step.refuseSeconds }),
        };
      case "pause":
        return { kind: "paused" };
      case "resume":
        return { kind: "resumed" };
      case "advance":
        return { kind: "timePassed" };
      case "tick":
        return { kind: "tick" };
      default:
        throw new Error(`no such step: ${step.do}`);
    }
  }

  #updateAgent(step: Step, agentId: AgentId): AllocatorEvent {
    const before = this.#agent(agentId);
    const after: AgentGiven = {
      ...before,
      ...(step.resources === undefined ? {} : { resources: step.resources }),
      ...(step.attributes === undefined ? {} : { attributes: step.attributes }),
      ...(step.capabilities === undefined ? {} : { capabilities: step.capabilities }),
    };
    this.#agents.set(agentId, after);
    const profile = agentProfileOf(agentId, after);
    return {
      kind: "agentUpdated",
      agentId,
      profile: { ...profile, attributes: attributesOf(after.attributes ?? {}) },
      ...(step.resources === undefined ? {} : { total: resourcesOf(step.resources) }),
    };
  }

  /** Absent = unchanged, but absent constraints clear them. */
  #updateFramework(step: Step, frameworkId: FrameworkId): AllocatorEvent {
    const before = this.#frameworks.get(frameworkId);
    if (before === undefined) throw new Error(`framework ${frameworkId} was not added`);
    const changed = frameworkProfileOf({
      roles: step.roles ?? before.roles,
      suppressed: step.suppressed ?? before.suppressed,
      capabilities: step.capabilities ?? before.capabilities,
      ...(step.minAllocatable === undefined ? {} : { minAllocatable: step.minAllocatable }),
      ...(step.constraints === undefined ? {} : { constraints: step.constraints }),
    });
    const profile =
      step.minAllocatable === undefined
        ? { ...changed, minAllocatable: before.minAllocatable }
        : changed;
    this.#frameworks.set(frameworkId, profile);
    return { kind: "frameworkUpdated", frameworkId, profile };
  }

  #agent(id: string): AgentGiven {
    const given = this.#agents.get(id) ?? this.#given.agents?.[id];
    if (given === undefined) throw new Error(`agent ${id} is not given`);
    return given;
  }

  #framework(id: string): FrameworkGiven {
    const given = this.#given.frameworks?.[id];
    if (given === undefined) throw new Error(`framework ${id} is not given`);
    return given;
  }
}

/** Even seeds visit agents fullest first, odd ones in random order: the vectors hold for both. */
function optionsOf({ options = {} }: Given, seed: number): AllocatorOptions {
  const { minAllocatable, masterRegion, whitelist, recover } = options;
  return {
    ...allocatorDefaults,
    seed,
    trigger: "interval",
    demandAware: false,
    agentOrder: seed % 2 === 0 ? "fullest" : "shuffled",
    intervalMs: (options.allocationInterval ?? 1) * 1000,
    fairSharingExcluded: options.fairSharingExcluded ?? [],
    filterGpuResources: options.filterGpuResources ?? true,
    minAllocatable: minAllocatable?.map(quantitiesOf) ?? allocatorDefaults.minAllocatable,
    ...(masterRegion === undefined ? {} : { masterRegion }),
    ...(whitelist === undefined ? {} : { whitelist }),
    ...(recover === undefined ? {} : { recover: { ...recover, timeoutMs: 600_000 } }),
  };
}

function usedOf({ used = [] }: Step): {
  frameworkId: FrameworkId;
  role: string;
  resources: ReturnType<typeof resourcesOf>;
}[] {
  return used.map(({ framework, role, resources }) => ({
    frameworkId: asId<FrameworkId>(framework),
    role,
    resources: resourcesOf(resources),
  }));
}

function quotaEvent(role: string, guarantees = "", limits = ""): AllocatorEvent {
  return {
    kind: "quotaSet",
    role,
    guarantees: quantitiesOf(guarantees),
    limits: quantitiesOf(limits),
  };
}
