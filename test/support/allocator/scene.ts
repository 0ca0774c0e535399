import { asId, type AgentId, type FrameworkId, type KubeUid } from "../../../src/api/ids/ids.ts";
import type { AgentProfile } from "../../../src/domain/allocator/agent-profile.ts";
import { Allocator } from "../../../src/domain/allocator/allocator.ts";
import type {
  AllocatorEvent,
  Decision,
  FrameworkProfile,
  QuotaMode,
} from "../../../src/domain/allocator/events.ts";
import { allocatorDefaults, type AllocatorOptions } from "../../../src/domain/allocator/options.ts";
import type { WaitingPod } from "../../../src/domain/allocator/pods/waiting-pod.ts";
import { formatResources } from "../../../src/domain/resources/format-resources.ts";
import { resourcesOf } from "../../../src/domain/resources/parse-resources.ts";
import { parseQuantities, type Quantities } from "../../../src/domain/resources/quantity.ts";

const AGENT_CAPABILITIES = ["MULTI_ROLE", "HIERARCHICAL_ROLE", "RESERVATION_REFINEMENT"];

/** An allocator with a clock, told in the field's own notation; each call answers in it too. */
export class Scene {
  readonly allocator: Allocator;
  nowMs = 0;
  /** The latest decision. */
  decision: Decision | undefined;

  constructor(options: Partial<AllocatorOptions> = {}) {
    this.allocator = new Allocator({
      ...allocatorDefaults,
      seed: 1,
      trigger: "interval",
      demandAware: false,
      ...options,
    });
  }

  /** What follows from the event: `framework as role on agent: resources` and `pod on agent`. */
  tell(event: AllocatorEvent): string[] {
    this.decision = this.allocator.apply(event, this.nowMs);
    const { grants, admissions } = this.decision;
    return [
      ...grants.map(
        ({ frameworkId, role, agentId, resources }) =>
          `${frameworkId} as ${role} on ${agentId}: ${formatResources(resources)}`,
      ),
      ...admissions.map(({ podUid, agentId }) => `${podUid} on ${agentId}`),
    ];
  }

  agent(
    id: string,
    total: string,
    more: {
      readonly used?: readonly [framework: string, role: string, resources: string][];
      readonly profile?: Partial<AgentProfile>;
      readonly podSlotsFree?: number;
    } = {},
  ): string[] {
    const { used = [], profile = {}, podSlotsFree } = more;
    return this.tell({
      kind: "agentAdded",
      agentId: asId<AgentId>(id),
      profile: { hostname: id, attributes: [], capabilities: AGENT_CAPABILITIES, ...profile },
      total: resourcesOf(total),
      used: used.map(([framework, role, resources]) => ({
        frameworkId: asId<FrameworkId>(framework),
        role,
        resources: resourcesOf(resources),
      })),
      ...(podSlotsFree === undefined ? {} : { podSlotsFree }),
    });
  }

  resize(id: string, total: string): string[] {
    return this.tell({
      kind: "agentUpdated",
      agentId: asId<AgentId>(id),
      total: resourcesOf(total),
    });
  }

  framework(
    id: string,
    roles: readonly string[],
    profile: Partial<FrameworkProfile> = {},
  ): string[] {
    return this.tell({
      kind: "frameworkAdded",
      frameworkId: asId<FrameworkId>(id),
      profile: {
        roles,
        suppressed: [],
        capabilities: ["MULTI_ROLE", "RESERVATION_REFINEMENT"],
        minAllocatable: {},
        constraints: {},
        ...profile,
      },
    });
  }

  /** Everything the framework holds there in that role comes back, with a filter if asked. */
  decline(
    framework: string,
    role: string,
    agent: string,
    refuseSeconds?: number,
    resources?: string,
  ): string[] {
    return this.tell({
      kind: "recovered",
      frameworkId: asId<FrameworkId>(framework),
      role,
      agentId: asId<AgentId>(agent),
      cause: "declinedWhole",
      ...(resources === undefined ? {} : { resources: resourcesOf(resources) }),
      ...(refuseSeconds === undefined ? {} : { refuseSeconds }),
    });
  }

  suppress(framework: string, roles?: readonly string[]): string[] {
    return this.#suppressOrRevive("suppressed", framework, roles);
  }

  revive(framework: string, roles?: readonly string[]): string[] {
    return this.#suppressOrRevive("revived", framework, roles);
  }

  quota(role: string, guarantees: string, limits = "", mode: QuotaMode = "Hard"): string[] {
    return this.tell({
      kind: "quotaSet",
      role,
      guarantees: quantitiesOf(guarantees),
      limits: quantitiesOf(limits),
      mode,
    });
  }

  /** No text = no limits any more. */
  limitPrincipal(principal: string, limits: string): string[] {
    return this.tell({ kind: "principalLimitsSet", principal, limits: quantitiesOf(limits) });
  }

  pod(uid: string, role: string, request: string, more: Partial<WaitingPod> = {}): string[] {
    return this.tell({ kind: "podWaiting", pod: makePod(uid, role, request, more) });
  }

  tick(seconds = 0): string[] {
    this.nowMs += seconds * 1000;
    return this.tell({ kind: "tick" });
  }

  /** Mode `event`: time passes and whatever is due then runs. */
  run(afterMs = 0): string[] {
    this.nowMs += afterMs;
    return this.tell({ kind: "run" });
  }

  #suppressOrRevive(
    kind: "suppressed" | "revived",
    framework: string,
    roles: readonly string[] | undefined,
  ): string[] {
    const frameworkId = asId<FrameworkId>(framework);
    return this.tell({ kind, frameworkId, ...(roles === undefined ? {} : { roles }) });
  }
}

export function makePod(
  uid: string,
  role: string,
  request: string,
  more: Partial<WaitingPod> = {},
): WaitingPod {
  return {
    uid: asId<KubeUid>(uid),
    role,
    request: resourcesOf(request),
    priority: 0,
    createdMs: 0,
    ...more,
  };
}

function quantitiesOf(text: string): Quantities {
  const quantities = parseQuantities(text);
  if (quantities === undefined) throw new Error(`not quantities: ${text}`);
  return quantities;
}
