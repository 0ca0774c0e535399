import { isOperatingError } from "../../api/errors/operating-error.ts";
import type { AppDefinition } from "../../api/marathon/app.ts";
import type { AppUpdate } from "../../api/marathon/app-input.ts";
import { kubeName, pathSegments } from "../../domain/marathon/app/app-path.ts";
import { appOfSpec, notYetRunnable } from "../../domain/marathon/decide/app-of-spec.ts";
import {
  canonicalApp,
  updatedApp,
  type ReadSettings,
} from "../../domain/marathon/rules/read-app.ts";
import { ruleAnswer } from "../../domain/marathon/rules/error-answer.ts";
import { specWithApp, type KnownApp } from "../../domain/marathon/view/app-view.ts";
import { LOCKED, runningDeployments } from "../../domain/marathon/view/deployment-view.ts";
import {
  nextChange,
  restartChange,
  withServicePorts,
  type ChangeMoment,
} from "../../domain/marathon/view/next-change.ts";
import type { MarathonAppSpec } from "../../api/crd/v1alpha1/marathon-app/spec.ts";
import { sleep, type Clock } from "../../runtime/ports/clock.ts";
import { message, notFound, refusal, type ApiAnswer } from "./api-answer.ts";
import type { AppDirectory } from "./app-directory.ts";
import type { AppStore } from "./ports.ts";
import type { ApiSettings } from "./settings.ts";

const ATTEMPTS_MAX = 5;
const RETRY_MS = 50;

export interface AppChangesParts {
  readonly directory: AppDirectory;
  readonly store: AppStore;
  readonly clock: Clock;
  readonly settings: ApiSettings;
}

export type Extension = Readonly<Record<string, unknown>>;

/** What came of a change: an app that is stored now, or the answer that says why not. */
export type ChangeOutcome =
  | {
      readonly kind: "done";
      readonly app: AppDefinition;
      readonly version: string;
      readonly isNew: boolean;
      readonly isChanged: boolean;
      readonly warnings: readonly string[];
    }
  | { readonly kind: "refused"; readonly answer: ApiAnswer };

const refuse = (answer: ApiAnswer): ChangeOutcome => ({ kind: "refused", answer });

/** One change of one app. `partial`: only the fields that the update names. */
export interface UpdateRequest {
  readonly id: string;
  readonly update: AppUpdate;
  readonly extension: Extension;
  readonly warnings: readonly string[];
  readonly partial: boolean;
  /** False: an app that does not exist is a 404. */
  readonly mayCreate: boolean;
  readonly force: boolean;
  readonly deploymentId: string;
}

/** Decides changes on what the caches show and stores them; an object that changed meanwhile is decided anew. */
export class AppChanges {
  readonly #parts: AppChangesParts;

  constructor(parts: AppChangesParts) {
    this.#parts = parts;
  }

  /** What the rules of this installation say about an app of that id. */
  readSettings(id: string, known?: KnownApp): ReadSettings {
    const { normalize, features, strict } = this.#parts.settings;
    const group = pathSegments(id).length > 1 ? [pathSegments(id)[0]!] : [];
    const present = known ? [known.app.role] : [];
    const allowedRoles = [...new Set([normalize.defaultRole, ...group, ...present])];
    return { normalize, rules: { features, allowedRoles }, strict };
  }

  /** 409 while another change of the app runs, 403 when too many run at all; `undefined` when it may go on. */
  lockedBy(apps: readonly KnownApp[], force: boolean): ApiAnswer | undefined {
    if (force) return undefined;
    const ids = new Set(apps.flatMap(({ deployment }) => (deployment ? [deployment.id] : [])));
    if (ids.size > 0) {
      const deployments = [...ids].map((id) => ({ id }));
      return { status: 409, body: { message: LOCKED, deployments } };
    }
    const { deploymentsMax } = this.#parts.settings;
    if (runningDeployments(this.#parts.directory.all()).length < deploymentsMax) return undefined;
    return message(
      403,
      `Max number (${deploymentsMax}) of running deployments is achieved. Wait for existing deployments to complete or cancel one using force=true parameter.`,
    );
  }

  /** Creates or changes one app. */
  async update(request: UpdateRequest): Promise<ChangeOutcome> {
    return this.#retried(() => this.#updateOnce(request));
  }

  /** The same configuration once more. */
  async restart(id: string, force: boolean, deploymentId: string): Promise<ChangeOutcome> {
    return this.#retried(async () => {
      const known = this.#parts.directory.get(id);
      if (!known) return refuse(notFound(`App '${id}' does not exist`));
      const locked = this.lockedBy([known], force);
      if (locked) return refuse(locked);
      const change = restartChange(known, this.#moment(deploymentId));
      await this.#parts.store.update(known.object, known.object.spec, change);
      const { version } = change;
      return { kind: "done", app: known.app, version, isNew: false, isChanged: true, warnings: [] };
    });
  }

  /** What the app would be after the update, or why that is refused. Nothing is stored. */
  preview(request: UpdateRequest, known: KnownApp | undefined): ChangeOutcome | AppDefinition {
    const { id, update, partial, mayCreate, force, warnings } = request;
    if (!known && !mayCreate) return refuse(notFound(`App '${id}' does not exist`));
    const locked = this.lockedBy(known ? [known] : [], force);
    if (locked) return refuse(locked);
    const settings = this.readSettings(id, known);
    const result =
      known && partial
        ? updatedApp(update, known.app, settings, warnings)
        : canonicalApp({ ...update, id }, settings, warnings);
    if (result.kind === "rollback") return this.#versionOf(known!, result.version);
    if (result.kind === "refused") return refuse(refusal(result.answer));
    const later = notYetRunnable(result.app);
    if (later !== undefined) {
      const [path = "/", error = later] = later.split(": ");
      return refuse(refusal(ruleAnswer([{ path, error }])));
    }
    const { directory, settings: own } = this.#parts;
    const used = directory.usedServicePorts(id);
    const ports = withServicePorts(result.app, known, used, own.servicePorts);
    return ports.kind === "ok" ? ports.app : refuse(message(422, ports.message));
  }

  #versionOf(known: KnownApp, version: string): ChangeOutcome | AppDefinition {
    const { id } = known.app;
    if (version === known.version) return known.app;
    const stored = this.#parts.directory.versions(known).find((v) => v.record.version === version);
    const parsed = stored && appOfSpec(stored.spec);
    if (parsed?.kind !== "ok") {
      return refuse(notFound(`App '${id}' does not exist in version ${version}`));
    }
    return parsed.app;
  }

  async #updateOnce(request: UpdateRequest): Promise<ChangeOutcome> {
    const { directory, store } = this.#parts;
    const known = directory.get(request.id);
    const app = this.preview(request, known);
    if ("kind" in app) return app;
    const { warnings, extension, deploymentId } = request;
    const change = nextChange(known, app, this.#moment(deploymentId));
    const isNew = known === undefined;
    if (!change) {
      const { version } = known!;
      return { kind: "done", app, version, isNew, isChanged: false, warnings };
    }
    if (known) {
      const spec: MarathonAppSpec = { ...specWithApp(known.object.spec, app), ...extension };
      await store.update(known.object, spec, change);
    } else await this.#create(app, extension, change);
    return { kind: "done", app, version: change.version, isNew, isChanged: true, warnings };
  }

  async #create(
    app: AppDefinition,
    extension: Extension,
    change: Parameters<AppStore["create"]>[2],
  ): Promise<void> {
    const { directory, store, settings } = this.#parts;
    const { cluster, groupNamespaces } = settings;
    const namespace = groupNamespaces[`/${pathSegments(app.id)[0] ?? ""}`] ?? settings.namespace;
    const wanted = kubeName(app.id, false);
    const name = kubeName(app.id, directory.isNameTaken(namespace, wanted, app.id));
    const spec = { ...app, ...(cluster === undefined ? {} : { cluster }), ...extension };
    await store.create({ namespace, name }, spec as unknown as MarathonAppSpec, change);
  }

  #moment(deploymentId: string): ChangeMoment {
    return { nowMs: this.#parts.clock.nowMs(), deploymentId };
  }

  async #retried(change: () => Promise<ChangeOutcome>): Promise<ChangeOutcome> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await change();
      } catch (error) {
        const isRace =
          isOperatingError(error, "KUBE_CONFLICT") ||
          isOperatingError(error, "KUBE_ALREADY_EXISTS");
        if (!isRace || attempt === ATTEMPTS_MAX) throw error;
        // The cache shows in a moment who was faster.
        await sleep(this.#parts.clock, RETRY_MS * attempt);
      }
    }
  }
}
