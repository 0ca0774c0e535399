import { isOperatingError } from "../../api/errors/operating-error.ts";
import type { ReconcileContext } from "../controller/reconciler.ts";
import type { KubeObject } from "../kube/kube-object.ts";
import type { Outcome } from "../loop.ts";
import type { KubeWriter } from "../ports/kube-transport.ts";
import type { Counter, Meter } from "../ports/meter.ts";
import { shortHash } from "./canonical-json.ts";
import { decideApply, withAppliedHash } from "./decide-apply.ts";
import type { KubeAction } from "./kube-action.ts";

const REMEMBERED_MAX = 4_096;

type Applied = Extract<KubeAction, { kind: "apply" }>;

/** Runs the actions of a plan in their order and stops at the first that fails. */
export class ActionRunner {
  readonly #noops: Counter;
  /** (uid, resourceVersion, hash) of applies that changed nothing: asking again would change nothing either. */
  readonly #fruitless = new Set<string>();

  constructor(meter: Meter) {
    this.#noops = meter.counter({
      name: "orchestrator_apply_noop_total",
      help: "Server-side applies that changed nothing although ours and the live object looked different.",
      stability: "alpha",
    });
  }

  /** @returns the number of requests made, or why the rest was not tried. */
  async run(
    actions: readonly KubeAction[],
    context: Pick<ReconcileContext, "kube" | "signal">,
  ): Promise<Outcome> {
    let writes = 0;
    for (const action of actions) {
      try {
        if (await this.#runOne(action, context.kube, context.signal)) writes += 1;
      } catch (error) {
        if (!isOperatingError(error)) throw error;
        if (error.code === "KUBE_CONFLICT") return { kind: "stale", what: error.message };
        return { kind: "failed", error };
      }
    }
    return { kind: "applied", writes };
  }

  async #runOne(action: KubeAction, kube: KubeWriter, signal: AbortSignal): Promise<boolean> {
    switch (action.kind) {
      case "apply":
        return this.#apply(action, kube, signal);
      case "delete": {
        const { uid, resourceVersion, name, namespace } = action.live.metadata;
        const ref = {
          kind: action.target,
          name,
          ...(namespace === undefined ? {} : { namespace }),
        };
        return kube.delete(ref, {
          signal,
          ...(uid === undefined ? {} : { uid }),
          ...(resourceVersion === undefined ? {} : { resourceVersion }),
          ...(action.propagation === undefined ? {} : { propagation: action.propagation }),
          ...(action.gracePeriodSeconds === undefined
            ? {}
            : { gracePeriodSeconds: action.gracePeriodSeconds }),
        });
      }
      case "patch":
        await kube.patch(action.target, action.patch, {
          signal,
          ...(action.fieldManager === undefined ? {} : { fieldManager: action.fieldManager }),
          ...(action.subresource === undefined ? {} : { subresource: action.subresource }),
        });
        return true;
    }
  }

  async #apply(action: Applied, kube: KubeWriter, signal: AbortSignal): Promise<boolean> {
    const { desired, live, target, mustBeUnchanged = false } = action;
    if (decideApply(desired, live).kind === "skip") return false;
    const attempt = attemptId(live, desired);
    if (attempt !== undefined && this.#fruitless.has(attempt)) return false;
    const hashed = withAppliedHash(desired);
    const object = mustBeUnchanged ? withVersionOf(hashed, live) : hashed;
    const stored = await kube.apply(target, object, {
      signal,
      ...(action.fieldManager === undefined ? {} : { fieldManager: action.fieldManager }),
      ...(action.force === undefined ? {} : { force: action.force }),
    });
    if (
      attempt !== undefined &&
      stored.metadata.resourceVersion === live?.metadata.resourceVersion
    ) {
      this.#remember(attempt);
    }
    return true;
  }

  #remember(attempt: string): void {
    this.#noops.add();
    if (this.#fruitless.size >= REMEMBERED_MAX) {
      for (const oldest of this.#fruitless) {
        this.#fruitless.delete(oldest);
        break;
      }
    }
    this.#fruitless.add(attempt);
  }
}

/** The object with the version of `live` as its precondition. */
function withVersionOf(desired: KubeObject, live: KubeObject | undefined): KubeObject {
  const resourceVersion = live?.metadata.resourceVersion;
  if (resourceVersion === undefined) return desired;
  return { ...desired, metadata: { ...desired.metadata, resourceVersion } };
}

function attemptId(live: KubeObject | undefined, desired: KubeObject): string | undefined {
  if (live === undefined) return undefined;
  const { uid = "", resourceVersion = "" } = live.metadata;
  return `${uid} ${resourceVersion} ${shortHash(desired)}`;
}
