import type { ExecutorInfo } from "../../../api/mesos/executor-info.ts";
import { writeResources } from "../../mesos/wire-resources.ts";
import { resourcesOfAmounts } from "./amounts.ts";
import type { OfferView } from "./offer-view.ts";
import type { CompanionSpec } from "./pattern-spec.ts";
import { type PatternState, tasksOf } from "./pattern-state.ts";

/** Whether the companion is on the agent already, or was launched with an earlier task of the same ACCEPT. */
export function isCompanionThere(
  companion: CompanionSpec,
  state: PatternState,
  { offer, agentId }: OfferView,
  startedHere: ReadonlySet<string>,
): boolean {
  if (startedHere.has(companion.name)) return true;
  if (companion.as === "customExecutor") {
    return (offer.executor_ids ?? []).some(({ value }) => value === companion.name);
  }
  return tasksOf(state, companion.name).some((it) => it.agentId === agentId && !it.isKillSent);
}

/** The same for every task, or the master takes it for another executor of the same id. */
export function companionExecutor(companion: CompanionSpec): ExecutorInfo {
  return {
    type: "CUSTOM",
    executor_id: { value: companion.name },
    name: companion.name,
    command: { value: companion.command, shell: true },
    resources: writeResources(resourcesOfAmounts(companion), { refined: true }),
  };
}
