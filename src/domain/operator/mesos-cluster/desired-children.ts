import { buildAccounts } from "./accounts.ts";
import { buildAgentConfiguration } from "./agent-configuration.ts";
import { buildAgentSet, buildAgentTemplate } from "./agents.ts";
import type { DesiredChild } from "./child.ts";
import { decideElection } from "./decide-election.ts";
import type { ChosenTemplate } from "./decide-template.ts";
import { chooseTemplate } from "./decide-template.ts";
import { buildMasterBudget, buildMasterSet, buildMasterTemplate } from "./masters.ts";
import { buildNetworkPolicies } from "./network-policies.ts";
import type { Seen } from "./observed.ts";
import type { Placement } from "./placement.ts";
import type { RollStep } from "./roll.ts";
import { buildServices } from "./services.ts";
import type { ObservedSet } from "./sets.ts";

/** How the rolling of the two sets stands; undefined for a set that does not exist. */
export interface Rolls {
  readonly masters: { readonly set: ObservedSet; readonly step: RollStep } | undefined;
  readonly agents: { readonly set: ObservedSet; readonly step: RollStep } | undefined;
}

export interface DesiredChildren {
  /** In the order of writing. */
  readonly children: readonly DesiredChild[];
  /** Masters are changing what elects them. */
  readonly electionMoves: boolean;
  /** A set keeps an older template because the wanted one failed. */
  readonly blocked: boolean;
}

function choose(
  wanted: ChosenTemplate["template"],
  roll: Rolls["masters"],
  goBack: boolean,
): ChosenTemplate {
  return chooseTemplate({
    wanted,
    live: roll?.set.live,
    revisions: roll?.set.revisions ?? [],
    step: roll?.step,
    target: roll?.set.rolling.target,
    goBack,
  });
}

/** The children that the cluster shall have. */
export function desiredChildren(seen: Seen, placement: Placement, rolls: Rolls): DesiredChildren {
  const { agents, masters } = seen.cluster.spec;
  const election = decideElection(seen, placement.serving === "Sidecar", rolls.masters);
  const masterChoice = placement.dedicated
    ? choose(buildMasterTemplate(seen, election), rolls.masters, true)
    : undefined;
  const agentChoice = agents.enabled
    ? choose(buildAgentTemplate(seen), rolls.agents, agents.updateStrategy.onFailure === "Rollback")
    : undefined;
  const children = [
    ...buildAccounts(seen, placement.dedicated),
    ...(agents.enabled ? [buildAgentConfiguration(seen)] : []),
    ...buildServices(seen, placement.serving, placement.dedicated),
    ...buildNetworkPolicies(seen, placement),
    ...(placement.dedicated && masters.replicas > 1 ? [buildMasterBudget(seen)] : []),
    ...(masterChoice === undefined
      ? []
      : [buildMasterSet(seen, masterChoice.template, masterChoice.annotations)]),
    ...(agentChoice === undefined
      ? []
      : [buildAgentSet(seen, agentChoice.template, agentChoice.annotations)]),
  ];
  return {
    children,
    electionMoves: placement.dedicated && election.moving,
    blocked: masterChoice?.blocked === true || agentChoice?.blocked === true,
  };
}
