import type { ConditionFact } from "../condition-fact.ts";
import type { Stall } from "./check-spec.ts";
import type { Seen } from "./observed.ts";
import { hasAllAgents, type Readiness, type ReconcilingReason } from "./progress.ts";

export interface ConditionInput {
  readonly seen: Seen;
  readonly readiness: Readiness;
  readonly stall: Stall | undefined;
  readonly reconciling: ReconcilingReason | undefined;
  readonly paused: boolean;
  /** What rolling waits for, in words. */
  readonly waitingFor: string | undefined;
}

type Draft = Omit<ConditionFact, "observedGeneration">;

const fact = (
  type: string,
  status: ConditionFact["status"],
  reason: string,
  message: string,
): Draft => ({ type, status, reason, message });

function mastersReady({ readiness }: ConditionInput): Draft {
  const { mastersReady: ready, mastersDesired: desired } = readiness;
  const message = `${ready} of ${desired} masters are ready`;
  return ready >= desired
    ? fact("MastersReady", "True", "MastersReady", message)
    : fact("MastersReady", "False", "MastersNotReady", message);
}

function leaderElected({ readiness }: ConditionInput): Draft {
  return readiness.leader === undefined
    ? fact("LeaderElected", "False", "NoLeader", "no master leads")
    : fact("LeaderElected", "True", "LeaderElected", `${readiness.leader.name} leads`);
}

function agentsReady({ seen, readiness }: ConditionInput): Draft {
  if (!seen.cluster.spec.agents.enabled) {
    return fact("AgentsReady", "True", "AgentsDisabled", "agents are not asked for");
  }
  const { agentsReady: ready, agentsDesired: desired } = readiness;
  const message = `${ready} of ${desired} agents are registered`;
  return hasAllAgents(seen, readiness)
    ? fact("AgentsReady", "True", "AgentsReady", message)
    : fact("AgentsReady", "False", "AgentsNotReady", message);
}

function ready(input: ConditionInput, parts: readonly Draft[]): Draft {
  if (input.stall !== undefined) {
    return fact("Ready", "False", input.stall.reason, input.stall.message);
  }
  const order = ["LeaderElected", "MastersReady", "AgentsReady"];
  const missing = order
    .map((type) => parts.find((part) => part.type === type))
    .find((part) => part?.status === "False");
  return missing === undefined
    ? fact("Ready", "True", "AllReady", parts.map(({ message }) => message).join("; "))
    : fact("Ready", "False", missing.reason, missing.message);
}

/** The conditions that the operator writes. Abnormal-true ones are there only while they hold. */
export function decideConditions(input: ConditionInput): readonly ConditionFact[] {
  const { seen, stall, reconciling, paused, waitingFor } = input;
  const observedGeneration = seen.cluster.metadata.generation ?? 0;
  if (seen.cluster.spec.management === "Unmanaged") {
    const message = "spec.management is Unmanaged: the operator changes nothing";
    return [{ ...fact("Ready", "Unknown", "Unmanaged", message), observedGeneration }];
  }
  const parts =
    stall === undefined ? [leaderElected(input), mastersReady(input), agentsReady(input)] : [];
  const drafts: Draft[] = [ready(input, parts), ...parts];
  if (stall !== undefined) drafts.push(fact("Stalled", "True", stall.reason, stall.message));
  if (reconciling !== undefined && stall === undefined) {
    drafts.push(fact("Reconciling", "True", reconciling, waitingFor ?? reconciling));
  }
  if (paused) {
    drafts.push(
      fact("ReconciliationPaused", "True", "Paused", "children are not changed while paused"),
    );
  }
  return drafts.map((draft) => ({ ...draft, observedGeneration }));
}
