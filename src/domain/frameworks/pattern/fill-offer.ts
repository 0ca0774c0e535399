import type { Offer, OfferOperation } from "../../../api/mesos/offer.ts";
import type { Resources } from "../../resources/resource.ts";
import { resourcesOfAmounts } from "./amounts.ts";
import { isCompanionThere } from "./companion.ts";
import { fillCommand } from "./fill-command.ts";
import { findHome, giveHomesBack } from "./home.ts";
import { LaunchDraft } from "./launch-draft.ts";
import { OfferView } from "./offer-view.ts";
import type { ComponentSpec, PatternSpec } from "./pattern-spec.ts";
import {
  coresLeft,
  isReady,
  missingInstances,
  type PatternState,
  tasksOf,
  withHomeToBe,
  withoutHomes,
} from "./pattern-state.ts";

export interface FilledOffer {
  readonly state: PatternState;
  /** Empty: the offer is of no use. */
  readonly operations: readonly OfferOperation[];
}

/** Deals an offer out among the components in their order, each taking as many instances as it wants and the offer holds. */
export function fillOffer(spec: PatternSpec, before: PatternState, offer: Offer): FilledOffer {
  const view = new OfferView(offer);
  if (spec.givesHomesBack === true) {
    const { keys, operations } = giveHomesBack(spec, view);
    return { state: keys.length === 0 ? before : withoutHomes(before, keys), operations };
  }
  const startedHere = new Set<string>();
  let state = before;
  const operations: OfferOperation[] = [];
  for (const component of spec.components) {
    while (state.launched - before.launched < TASKS_PER_OFFER_MAX) {
      const placed = placeNext(spec, state, component, view, startedHere);
      if (placed === undefined) break;
      state = placed.state;
      operations.push(...placed.operations);
    }
  }
  return { state, operations: mergeLaunches(operations) };
}

/** A master's `max_tasks_per_offer`, less a companion. */
const TASKS_PER_OFFER_MAX = 99;

interface Placed {
  readonly state: PatternState;
  readonly operations: readonly OfferOperation[];
}

function placeNext(
  spec: PatternSpec,
  state: PatternState,
  component: ComponentSpec,
  view: OfferView,
  startedHere: Set<string>,
): Placed | undefined {
  const { name, home } = component;
  if (missingInstances(spec, state, name) === 0 || !isReady(spec, state, name)) return undefined;
  if (!isAgentFit(state, component, view.agentId)) return undefined;
  const free = freeIndexes(spec, state, component);
  const place =
    home === undefined
      ? findPlace(spec, state, component, view, free, startedHere)
      : findHome(spec, state, { ...component, home }, view, free);
  if (place === undefined) return undefined;
  const cpuMillis = "cpuMillis" in place ? place.cpuMillis : component.cpuMillis;
  const { index, ports } = place;
  const command = fillCommand(spec, state, component, { host: view.ip, index, ports });
  if (command === undefined) return undefined;
  view.take(place.taken);

  const draft = new LaunchDraft(state, view);
  const { companion } = component;
  if (companion?.as === "task" && !isCompanionThere(companion, state, view, startedHere)) {
    draft.launchCompanion(companion);
  }
  if (companion !== undefined) startedHere.add(companion.name);
  draft.launch({ component, index, cpuMillis, ports, command, resources: place.resources });
  const launched = draft.finish();
  return {
    state:
      home === undefined
        ? launched.state
        : withHomeToBe(launched.state, `${name}-${index}`, view.agentId),
    operations: [
      ...("operations" in place ? place.operations : []),
      { type: "LAUNCH", launch: { task_infos: launched.infos } },
    ],
  };
}

function isAgentFit(state: PatternState, component: ComponentSpec, agentId: string): boolean {
  const { name, isOnePerAgent, agentFailuresMax = Infinity } = component;
  if ((state.agentFailures.get(`${name} ${agentId}`) ?? 0) >= agentFailuresMax) return false;
  return !isOnePerAgent || !tasksOf(state, name).some((it) => it.agentId === agentId);
}

function freeIndexes(
  spec: PatternSpec,
  state: PatternState,
  component: ComponentSpec,
): readonly number[] {
  const used = new Set(tasksOf(state, component.name).map(({ index }) => index));
  const count = missingInstances(spec, state, component.name);
  const all = Array.from({ length: used.size + count }, (_none, index) => index);
  return all.filter((index) => !used.has(index));
}

interface Place {
  readonly index: number;
  readonly ports: readonly number[];
  readonly cpuMillis: number;
  readonly resources: Resources;
  readonly taken: Resources;
}

/** A place in the unreserved part of the offer, with room for the companion where that is not yet there. */
function findPlace(
  spec: PatternSpec,
  state: PatternState,
  component: ComponentSpec,
  view: OfferView,
  [index]: readonly number[],
  startedHere: ReadonlySet<string>,
): Place | undefined {
  const ports = view.pickPorts(component.ports);
  if (ports === undefined || index === undefined) return undefined;
  const { companion, memMiB } = component;
  const extra =
    companion === undefined || isCompanionThere(companion, state, view, startedHere)
      ? []
      : resourcesOfAmounts(companion);
  const cpuMillis = coresToTake(spec, state, component, view);
  const resources = resourcesOfAmounts({ cpuMillis, memMiB, ports });
  const taken = [...resources, ...extra];
  return view.has(taken) ? { index, ports, cpuMillis, resources, taken } : undefined;
}

/** Exactly what the component asks for, or, with `coresMax`, every whole core that is left here and there. */
function coresToTake(
  spec: PatternSpec,
  state: PatternState,
  component: ComponentSpec,
  view: OfferView,
): number {
  if (component.coresMax === undefined) return component.cpuMillis;
  const offered = Math.floor(view.plainMilli("cpus") / 1000);
  const cores = Math.min(offered, coresLeft(spec, state, component.name));
  return Math.max(component.cpuMillis, cores * 1000);
}

/** Launches that follow one another become one operation; those between reservations stay where they are. */
function mergeLaunches(operations: readonly OfferOperation[]): readonly OfferOperation[] {
  const merged: OfferOperation[] = [];
  for (const operation of operations) {
    const last = merged.at(-1);
    if (operation.type === "LAUNCH" && last?.type === "LAUNCH") {
      const tasks = [...(last.launch?.task_infos ?? []), ...(operation.launch?.task_infos ?? [])];
      merged[merged.length - 1] = { type: "LAUNCH", launch: { task_infos: tasks } };
    } else {
      merged.push(operation);
    }
  }
  return merged;
}
