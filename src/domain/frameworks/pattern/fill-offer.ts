import { encodeBase64 } from "../../../api/mesos/base64.ts";
import type { Offer, OfferOperation } from "../../../api/mesos/offer.ts";
import type { TaskInfo } from "../../../api/mesos/task.ts";
import { encodeUtf8 } from "../../../api/mesos/utf8.ts";
import { writeResources } from "../../mesos/wire-resources.ts";
import type { Resources } from "../../resources/resource.ts";
import { resourcesOfAmounts } from "./amounts.ts";
import { companionExecutor, isCompanionThere } from "./companion.ts";
import { fillCommand } from "./fill-command.ts";
import { findHome } from "./home.ts";
import { OfferView } from "./offer-view.ts";
import type { CompanionSpec, ComponentSpec, PatternSpec } from "./pattern-spec.ts";
import {
  coresLeft,
  isReady,
  missingInstances,
  type PatternState,
  type PatternTask,
  tasksOf,
  withHomeToBe,
} from "./pattern-state.ts";
import { formatTaskId } from "./task-name.ts";

export interface FilledOffer {
  readonly state: PatternState;
  /** Empty: the offer is of no use. */
  readonly operations: readonly OfferOperation[];
}

/** Deals an offer out among the components in their order, each taking as many instances as it wants and the offer holds. */
export function fillOffer(spec: PatternSpec, before: PatternState, offer: Offer): FilledOffer {
  const view = new OfferView(offer);
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

interface Launch {
  readonly component: ComponentSpec;
  readonly index: number;
  readonly cpuMillis: number;
  readonly ports: readonly number[];
  readonly command: string;
  readonly resources: Resources;
}

/** Collects the tasks of one placement, in the order of their launch. */
class LaunchDraft {
  readonly infos: TaskInfo[] = [];
  readonly #view: OfferView;
  #state: PatternState;

  constructor(state: PatternState, view: OfferView) {
    this.#state = state;
    this.#view = view;
  }

  launchCompanion(companion: CompanionSpec): void {
    const { name, cpuMillis, command } = companion;
    const used = new Set(tasksOf(this.#state, name).map((task) => task.index));
    let index = 0;
    while (used.has(index)) index += 1;
    const taskId = this.#note({ component: name, index, cpuMillis, ports: [] });
    this.infos.push({
      name,
      task_id: { value: taskId },
      agent_id: this.#view.offer.agent_id,
      resources: writeResources(resourcesOfAmounts(companion), { refined: true }),
      command: { value: command, shell: true },
    });
  }

  launch({ component, index, cpuMillis, ports, command, resources }: Launch): void {
    const taskId = this.#note({ component: component.name, index, cpuMillis, ports });
    const { companion, image } = component;
    const isOfExecutor = companion?.as === "customExecutor";
    this.infos.push({
      name: component.name,
      task_id: { value: taskId },
      agent_id: this.#view.offer.agent_id,
      resources: writeResources(resources, { refined: true }),
      ...(isOfExecutor
        ? { executor: companionExecutor(companion), data: encodeBase64(encodeUtf8(command)) }
        : { command: { value: command, shell: true } }),
      ...(image === undefined || isOfExecutor
        ? {}
        : {
            container: {
              type: "MESOS",
              mesos: { image: { type: "DOCKER", docker: { name: image } } },
            },
          }),
    });
  }

  finish(): { readonly state: PatternState; readonly infos: readonly TaskInfo[] } {
    return { state: this.#state, infos: this.infos };
  }

  #note(name: Omit<PatternTask, "id" | "agentId" | "state" | "isKillSent">): string {
    const state = this.#state;
    const id = formatTaskId(name, `${state.incarnation}-${state.launched}`);
    const task: PatternTask = {
      ...name,
      id,
      agentId: this.#view.agentId,
      state: "TASK_STAGING",
      isKillSent: false,
    };
    const tasks = new Map(state.tasks).set(id, task);
    this.#state = { ...state, tasks, launched: state.launched + 1 };
    return id;
  }
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
