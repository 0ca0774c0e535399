import { z } from "zod";
import type { Task } from "../../api/marathon/answers.ts";
import { isWithin } from "../../domain/marathon/app/app-path.ts";
import { bodyProblemAnswer } from "../../domain/marathon/rules/error-answer.ts";
import { readDocument, readJson } from "../../domain/marathon/rules/read-body.ts";
import type { AppPod } from "../../domain/marathon/status/app-pod.ts";
import { parseTaskId } from "../../domain/marathon/status/task.ts";
import { appTasks, type KnownApp } from "../../domain/marathon/view/app-view.ts";
import { taskLines } from "../../domain/marathon/view/task-lines.ts";
import { message, notFound, ok, refusal, type ApiAnswer } from "./api-answer.ts";
import type { AppDirectory } from "./app-directory.ts";
import type { AppRoutes } from "./app-routes.ts";
import { flag, values, type ApiRequest } from "./api-request.ts";
import type { AppStore } from "./ports.ts";

export interface TaskRoutesParts {
  readonly directory: AppDirectory;
  readonly store: AppStore;
  readonly apps: AppRoutes;
}

interface Victim {
  readonly known: KnownApp;
  readonly pod: AppPod;
  readonly task: Task;
}

const IdsBody = z.object({ ids: z.array(z.string()) });

/** Tasks: of an app, of a group, of all; and their end. */
export class TaskRoutes {
  readonly #parts: TaskRoutesParts;

  constructor(parts: TaskRoutesParts) {
    this.#parts = parts;
  }

  all(request: ApiRequest): ApiAnswer {
    const wanted = values(request, "status").map((status) => `TASK_${status.toUpperCase()}`);
    const apps = this.#parts.directory.all();
    if (request.wantsText) return this.#text(apps);
    const tasks = apps.flatMap((known) => this.#withServicePorts(known));
    return ok({
      tasks: wanted.length === 0 ? tasks : tasks.filter(({ state }) => wanted.includes(state)),
    });
  }

  ofApp(request: ApiRequest, id: string): ApiAnswer {
    const known = this.#parts.directory.get(id);
    if (!known) return notFound(`App '${id}' does not exist`);
    return request.wantsText ? this.#text([known]) : ok({ tasks: this.#tasks(known) });
  }

  ofGroup(request: ApiRequest, group: string): ApiAnswer {
    const apps = this.#parts.directory.all().filter(({ app }) => isWithin(app.id, group));
    if (request.wantsText) return this.#text(apps);
    return ok({ tasks: apps.flatMap((known) => this.#withServicePorts(known)) });
  }

  async killOne(request: ApiRequest, id: string, taskId: string): Promise<ApiAnswer> {
    const known = this.#parts.directory.get(id);
    if (!known) return notFound(`App '${id}' does not exist`);
    const victim = this.#victims(known).find((each) => isNamed(each, taskId));
    if (!victim) return notFound(`Task '${taskId}' does not exist`);
    return this.#kill(request, [victim], ({ task }) => ({ task }));
  }

  async killOfApp(request: ApiRequest, id: string): Promise<ApiAnswer> {
    const known = this.#parts.directory.get(id);
    if (!known) return notFound(`App '${id}' does not exist`);
    const host = request.query.get("host") ?? "*";
    const victims = this.#victims(known).filter(({ task }) => host === "*" || task.host === host);
    return this.#kill(request, victims);
  }

  async killByIds(request: ApiRequest): Promise<ApiAnswer> {
    const json = readJson(request.body);
    if (json.kind === "refused") return refusal(bodyProblemAnswer(json.problem));
    const read = readDocument(IdsBody, json.value);
    if (read.kind === "refused") return refusal(bodyProblemAnswer(read.problem));
    const { ids } = read.value;
    const invalid = ids.find((id) => !parseTaskId(id));
    if (invalid !== undefined) return message(400, `Invalid task id '${invalid}'.`);
    const victims = this.#parts.directory
      .all()
      .flatMap((known) => this.#victims(known))
      .filter((victim) => ids.some((id) => isNamed(victim, id)));
    return this.#kill(request, victims);
  }

  /** Ends the victims; with `scale` their apps want that many fewer, and the victims are the first to go. */
  async #kill(
    request: ApiRequest,
    victims: readonly Victim[],
    single?: (victim: Victim) => object,
  ): Promise<ApiAnswer> {
    const scale = flag(request, "scale");
    if (scale && flag(request, "wipe")) {
      return message(400, "You cannot use scale and wipe at the same time.");
    }
    if (scale) return this.#scaleDown(request, victims);
    for (const { pod, known } of victims) await this.#parts.store.kill(podOf(pod, known));
    const first = victims[0];
    return ok(single && first ? single(first) : { tasks: victims.map(({ task }) => task) });
  }

  async #scaleDown(request: ApiRequest, victims: readonly Victim[]): Promise<ApiAnswer> {
    const apps = new Map(victims.map(({ known }) => [known.app.id, known]));
    const locked =
      [...apps.values()].some(({ deployment }) => deployment) && !flag(request, "force");
    let answer: ApiAnswer = ok({ version: "1970-01-01T00:00:00.000Z", deploymentId: "" });
    for (const known of apps.values()) {
      const own = victims.filter((victim) => victim.known === known);
      if (!locked) {
        for (const { pod } of own) await this.#parts.store.markVictim(podOf(pod, known));
      }
      const instances = Math.max(0, known.app.instances - own.length);
      answer = await this.#parts.apps.scale(known, instances, flag(request, "force"));
      if (answer.status >= 400) return answer;
    }
    return answer;
  }

  #victims(known: KnownApp): Victim[] {
    const pods = this.#parts.directory
      .pods(known)
      .filter(({ status }) => status?.phase !== "Failed" && status?.phase !== "Succeeded");
    const tasks = appTasks(known, pods);
    return pods.map((pod, i) => ({ known, pod, task: tasks[i]! }));
  }

  #tasks(known: KnownApp): Task[] {
    return appTasks(known, this.#parts.directory.pods(known));
  }

  #withServicePorts(known: KnownApp): Task[] {
    const { servicePorts } = known;
    return this.#tasks(known).map((task) => ({ ...task, servicePorts }));
  }

  #text(apps: readonly KnownApp[]): ApiAnswer {
    const text = taskLines(apps.map((known) => ({ known, tasks: this.#tasks(known) })));
    return { status: 200, text };
  }
}

function podOf({ metadata }: AppPod, { object }: KnownApp) {
  return { namespace: metadata.namespace ?? object.metadata.namespace, name: metadata.name };
}

/** A task is meant by its id, by that of an earlier or later incarnation, and by its instance. */
function isNamed({ pod, task }: Victim, id: string): boolean {
  return task.id === id || parseTaskId(id)?.podUid === pod.metadata.uid;
}
