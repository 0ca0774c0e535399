import { encodeBase64 } from "../../../api/mesos/base64.ts";
import type { TaskInfo } from "../../../api/mesos/task.ts";
import { encodeUtf8 } from "../../../api/mesos/utf8.ts";
import { writeResources } from "../../mesos/wire-resources.ts";
import type { Resources } from "../../resources/resource.ts";
import { resourcesOfAmounts } from "./amounts.ts";
import { companionExecutor } from "./companion.ts";
import type { OfferView } from "./offer-view.ts";
import type { CompanionSpec, ComponentSpec } from "./pattern-spec.ts";
import { type PatternState, type PatternTask, tasksOf } from "./pattern-state.ts";
import { formatTaskId } from "./task-name.ts";

/** One task of a component, as it was placed. */
export interface Launch {
  readonly component: ComponentSpec;
  readonly index: number;
  readonly cpuMillis: number;
  readonly ports: readonly number[];
  readonly command: string;
  readonly resources: Resources;
}

/** Collects the tasks of one placement, in the order of their launch. */
export class LaunchDraft {
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
