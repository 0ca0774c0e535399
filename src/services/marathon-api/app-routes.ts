import { AppInput } from "../../api/marathon/app-input.ts";
import { isWithin, resolvePath } from "../../domain/marathon/app/app-path.ts";
import { parseLabelSelector } from "../../domain/marathon/app/label-selector.ts";
import { parseTimestamp } from "../../domain/marathon/app/timestamp.ts";
import { appOfSpec } from "../../domain/marathon/decide/app-of-spec.ts";
import { bodyProblemAnswer } from "../../domain/marathon/rules/error-answer.ts";
import { readTyped, readUpdate } from "../../domain/marathon/rules/read-app.ts";
import { readJson } from "../../domain/marathon/rules/read-body.ts";
import { appInfo, extensionOf, type KnownApp } from "../../domain/marathon/view/app-view.ts";
import { readEmbeds, SINGLE_APP_EMBEDS } from "../../domain/marathon/view/embeds.ts";
import type { Random } from "../../runtime/ports/random.ts";
import { message, notFound, ok, refusal, warningHeader, type ApiAnswer } from "./api-answer.ts";
import type { AppChanges, ChangeOutcome } from "./app-changes.ts";
import type { AppDirectory } from "./app-directory.ts";
import { flag, values, type ApiRequest } from "./api-request.ts";
import type { AppStore } from "./ports.ts";

export interface AppRoutesParts {
  readonly directory: AppDirectory;
  readonly changes: AppChanges;
  readonly store: AppStore;
  readonly random: Random;
}

const DEPLOYMENT_HEADER = "Marathon-Deployment-Id";

type Done = Extract<ChangeOutcome, { kind: "done" }>;

/** Answer of a change: its version and deployment; a change of nothing names no deployment in its header. */
function changeAnswer(done: Done, deploymentId: string, status: number): ApiAnswer {
  return {
    status,
    body: { version: done.version, deploymentId },
    headers: {
      ...(done.isChanged ? { [DEPLOYMENT_HEADER]: deploymentId } : {}),
      ...warningHeader(done.warnings),
      ...(status === 201 ? { Location: `/v2/apps${done.app.id}` } : {}),
    },
  };
}

/** `/v2/apps` and what is below an app, but its tasks. */
export class AppRoutes {
  readonly #parts: AppRoutesParts;

  constructor(parts: AppRoutesParts) {
    this.#parts = parts;
  }

  list(request: ApiRequest, group = "/"): ApiAnswer {
    const { directory } = this.#parts;
    const { query } = request;
    const label = query.get("label");
    const selector = label === null ? undefined : parseLabelSelector(label);
    if (selector?.kind === "refused") return message(422, selector.message);
    const cmd = query.get("cmd")?.toLowerCase();
    const id = query.get("id")?.toLowerCase();
    const embeds = readEmbeds(values(request, "embed"));
    const found = directory
      .all()
      .filter(({ app }) => group === "/" || (app.id !== group && isWithin(app.id, group)))
      .filter(({ app }) => cmd === undefined || (app.cmd ?? "").toLowerCase().includes(cmd))
      .filter(({ app }) => id === undefined || app.id.toLowerCase().includes(id))
      .filter(({ app }) => selector?.matches(app.labels) ?? true)
      .map((known) => appInfo(known, directory.pods(known), embeds));
    return group === "/" ? ok({ apps: found }) : ok({ "*": found });
  }

  get(id: string): ApiAnswer {
    const { directory } = this.#parts;
    return this.#withApp(id, (known) =>
      ok({ app: appInfo(known, directory.pods(known), SINGLE_APP_EMBEDS) }),
    );
  }

  versions(id: string): ApiAnswer {
    return this.#withApp(id, (known) => {
      const stored = this.#parts.directory.versions(known).map(({ record }) => record.version);
      return ok({ versions: [...new Set([known.version, ...stored])].toSorted().toReversed() });
    });
  }

  version(id: string, version: string): ApiAnswer {
    if (parseTimestamp(version) === undefined) {
      return message(422, `Invalid format: "${version}" is no timestamp`);
    }
    return this.#withApp(id, (known) => {
      if (version === known.version) {
        const { versionInfo } = known;
        return ok({ ...known.app, version, versionInfo });
      }
      const stored = this.#parts.directory
        .versions(known)
        .find(({ record }) => record.version === version);
      const parsed = stored && appOfSpec(stored.spec);
      if (!stored || parsed?.kind !== "ok") {
        return notFound(`App '${id}' does not exist in version ${version}`);
      }
      const { lastScalingAt, lastConfigChangeAt } = stored.record;
      return ok({ ...parsed.app, version, versionInfo: { lastScalingAt, lastConfigChangeAt } });
    });
  }

  async create(request: ApiRequest): Promise<ApiAnswer> {
    const json = readJson(request.body);
    if (json.kind === "refused") return refusal(bodyProblemAnswer(json.problem));
    const { changes, directory, random } = this.#parts;
    const read = readTyped(AppInput, json.value, changes.readSettings("/"));
    if (read.kind === "refused") return refusal(read.answer);
    const id = resolvePath(read.value.id);
    if (directory.get(id)) return message(409, `An app with id [${id}] already exists.`);
    const deploymentId = random.uuid();
    const outcome = await changes.update({
      id,
      update: read.value,
      extension: extensionOf(json.value),
      warnings: read.warnings,
      partial: false,
      mayCreate: true,
      force: flag(request, "force"),
      deploymentId,
    });
    if (outcome.kind === "refused") return outcome.answer;
    const counts = { tasksStaged: 0, tasksRunning: 0, tasksHealthy: 0, tasksUnhealthy: 0 };
    const { app, version } = outcome;
    const body = { ...app, version, ...counts, deployments: [{ id: deploymentId }] };
    return { ...changeAnswer(outcome, deploymentId, 201), body };
  }

  /** PUT and PATCH of one app. */
  async update(request: ApiRequest, id: string, mayCreate: boolean): Promise<ApiAnswer> {
    const json = readJson(request.body);
    if (json.kind === "refused") return refusal(bodyProblemAnswer(json.problem));
    const deploymentId = this.#parts.random.uuid();
    const partial = !mayCreate || flag(request, "partialUpdate", true);
    const outcome = await this.#updateDocument(request, json.value, {
      id,
      partial,
      mayCreate,
      deploymentId,
    });
    if (outcome.kind === "refused") return outcome.answer;
    return changeAnswer(outcome, deploymentId, outcome.isNew ? 201 : 200);
  }

  /** PUT and PATCH of an array: one deployment. All are checked before the first is stored. */
  async updateMany(request: ApiRequest, mayCreate: boolean): Promise<ApiAnswer> {
    const json = readJson(request.body);
    if (json.kind === "refused") return refusal(bodyProblemAnswer(json.problem));
    if (!Array.isArray(json.value)) {
      const details = [{ path: "/", errors: ["error.expected.jsarray"] }];
      return { status: 422, body: { message: "Invalid JSON", details } };
    }
    const deploymentId = this.#parts.random.uuid();
    const partial = !mayCreate || flag(request, "partialUpdate", true);
    const documents = json.value as readonly unknown[];
    const options = (document: unknown) => ({
      id: resolvePath(idOf(document)),
      partial,
      mayCreate,
      deploymentId,
    });
    for (const document of documents) {
      const refused = this.#check(request, document, options(document));
      if (refused) return refused;
    }
    let last: Done | undefined;
    for (const document of documents) {
      const outcome = await this.#updateDocument(request, document, options(document), true);
      if (outcome.kind === "refused") return outcome.answer;
      last = last && !outcome.isChanged ? last : outcome;
    }
    if (!last) return ok({ version: "1970-01-01T00:00:00.000Z", deploymentId });
    return changeAnswer(last, deploymentId, 200);
  }

  async remove(request: ApiRequest, id: string): Promise<ApiAnswer> {
    const { directory, changes, store, random } = this.#parts;
    const known = directory.get(id);
    if (!known) return notFound(`App '${id}' does not exist`);
    const force = flag(request, "force", true);
    const locked = changes.lockedBy([known], force);
    if (locked) return locked;
    if (known.app.labels["ORCHESTRATOR_PROTECTED"] === "true" && !request.query.has("force")) {
      const hint = "Remove the label ORCHESTRATOR_PROTECTED or use '?force=true'.";
      return message(409, `App ${id} is protected. ${hint}`);
    }
    await store.remove(known.object);
    const deploymentId = random.uuid();
    return {
      status: 200,
      body: { version: known.version, deploymentId },
      headers: { [DEPLOYMENT_HEADER]: deploymentId },
    };
  }

  async restart(request: ApiRequest, id: string): Promise<ApiAnswer> {
    const deploymentId = this.#parts.random.uuid();
    const outcome = await this.#parts.changes.restart(id, flag(request, "force"), deploymentId);
    if (outcome.kind === "refused") return outcome.answer;
    return changeAnswer(outcome, deploymentId, 200);
  }

  /** Lowers or raises the number of instances as a change of its own. */
  async scale(known: KnownApp, instances: number, force: boolean): Promise<ApiAnswer> {
    const deploymentId = this.#parts.random.uuid();
    const outcome = await this.#parts.changes.update({
      id: known.app.id,
      update: { instances },
      extension: {},
      warnings: [],
      partial: true,
      mayCreate: false,
      force,
      deploymentId,
    });
    return outcome.kind === "refused" ? outcome.answer : changeAnswer(outcome, deploymentId, 200);
  }

  #check(request: ApiRequest, document: unknown, options: UpdateOptions): ApiAnswer | undefined {
    const read = this.#readUpdate(document, options.id);
    if ("answer" in read) return refusal(read.answer);
    const known = this.#parts.directory.get(options.id);
    const preview = this.#parts.changes.preview(
      { ...read, ...options, force: flag(request, "force") },
      known,
    );
    return "kind" in preview && preview.kind === "refused" ? preview.answer : undefined;
  }

  #readUpdate(document: unknown, id: string) {
    const { changes, directory } = this.#parts;
    const settings = changes.readSettings(id, directory.get(id));
    const read = readUpdate(document, settings);
    if (read.kind === "refused") return read;
    return { update: read.value, warnings: read.warnings, extension: extensionOf(document) };
  }

  async #updateDocument(
    request: ApiRequest,
    document: unknown,
    options: UpdateOptions,
    isChecked = false,
  ): Promise<ChangeOutcome> {
    const read = this.#readUpdate(document, options.id);
    if ("answer" in read) return { kind: "refused", answer: refusal(read.answer) };
    const force = isChecked || flag(request, "force");
    return this.#parts.changes.update({ ...read, ...options, force });
  }

  #withApp(id: string, answer: (known: KnownApp) => ApiAnswer): ApiAnswer {
    const known = this.#parts.directory.get(id);
    return known ? answer(known) : notFound(`App '${id}' does not exist`);
  }
}

interface UpdateOptions {
  readonly id: string;
  readonly partial: boolean;
  readonly mayCreate: boolean;
  readonly deploymentId: string;
}

function idOf(document: unknown): string {
  const id = (document as { readonly id?: unknown } | null)?.id;
  return typeof id === "string" ? id : "/";
}
