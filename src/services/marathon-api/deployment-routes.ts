import { runningDeployments } from "../../domain/marathon/view/deployment-view.ts";
import type { KnownApp } from "../../domain/marathon/view/app-view.ts";
import type { Random } from "../../runtime/ports/random.ts";
import { notFound, ok, type ApiAnswer } from "./api-answer.ts";
import type { AppChanges } from "./app-changes.ts";
import type { AppDirectory } from "./app-directory.ts";
import { flag, type ApiRequest } from "./api-request.ts";
import { notYet } from "./api-answer.ts";
import type { AppStore } from "./ports.ts";

export interface DeploymentRoutesParts {
  readonly directory: AppDirectory;
  readonly changes: AppChanges;
  readonly store: AppStore;
  readonly random: Random;
}

/** Deployments: changes of apps that are not finished. */
export class DeploymentRoutes {
  readonly #parts: DeploymentRoutesParts;

  constructor(parts: DeploymentRoutesParts) {
    this.#parts = parts;
  }

  list(): ApiAnswer {
    return ok(runningDeployments(this.#parts.directory.all()));
  }

  /** A new forced change back to the versions before; an app that the deployment created goes again. */
  async rollback(request: ApiRequest, id: string): Promise<ApiAnswer> {
    const apps = this.#parts.directory.all().filter(({ deployment }) => deployment?.id === id);
    if (apps.length === 0) return notFound(`DeploymentPlan ${id} does not exist`);
    if (flag(request, "force")) return notYet("Cancelling a deployment without rollback");
    const deploymentId = this.#parts.random.uuid();
    let version = apps[0]!.version;
    for (const known of apps) {
      const outcome = await this.#backToBefore(known, deploymentId);
      if (typeof outcome !== "string") return outcome;
      version = outcome;
    }
    return {
      status: 200,
      body: { version, deploymentId },
      headers: { "Marathon-Deployment-Id": deploymentId },
    };
  }

  async #backToBefore(known: KnownApp, deploymentId: string): Promise<string | ApiAnswer> {
    const { directory, store, changes } = this.#parts;
    const before = directory.versions(known).find(({ record }) => record.version < known.version);
    if (!before) {
      await store.remove(known.object);
      return known.version;
    }
    const outcome = await changes.update({
      id: known.app.id,
      update: { version: before.record.version },
      extension: {},
      warnings: [],
      partial: true,
      mayCreate: false,
      force: true,
      deploymentId,
    });
    return outcome.kind === "done" ? outcome.version : outcome.answer;
  }
}
