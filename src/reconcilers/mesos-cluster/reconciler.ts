import { MESOS_CLUSTER } from "../../api/crd/v1alpha1/mesos-cluster/mesos-cluster.ts";
import type { Plan } from "../../api/crd/v1alpha1/common/common-status.ts";
import type { OperatingError } from "../../api/errors/operating-error.ts";
import type { ClusterPlan } from "../../domain/operator/mesos-cluster/decide.ts";
import { decideMesosCluster } from "../../domain/operator/mesos-cluster/decide.ts";
import type { DecidedStatus } from "../../domain/operator/mesos-cluster/status.ts";
import { ofGeneration } from "../../domain/operator/of-generation.ts";
import { isNamespaceEnding, withFailure } from "../../domain/operator/with-failure.ts";
import { ActionRunner } from "../../runtime/apply/action-runner.ts";
import { previewActions } from "../../runtime/apply/preview.ts";
import type {
  Reconciler,
  ReconcileContext,
  ReconcileResult,
} from "../../runtime/controller/reconciler.ts";
import type { ObjectKey } from "../../runtime/kube/kube-object.ts";
import type { Outcome } from "../../runtime/loop.ts";
import { mergeConditions, type Condition } from "../../runtime/status/condition.ts";
import { StatusWriter } from "../../runtime/status/status-writer.ts";
import { conditionEvents } from "./condition-events.ts";
import { toKubeAction } from "./kube-actions.ts";
import type { ClusterObject } from "./kube-objects.ts";
import { ClusterObserver, type Observation } from "./observe.ts";
import { plannedChildren } from "../../runtime/apply/planned-children.ts";
import type { MesosClusterParts } from "./ports.ts";

const UNTOLD_RETRY_MS = 1_000;

interface Carried {
  readonly outcome: Outcome;
  readonly preview?: Plan;
}

/** Brings one MesosCluster nearer to what its spec asks for: observe → decide → apply → say so. */
export class MesosClusterReconciler implements Reconciler {
  readonly #parts: MesosClusterParts;
  readonly #observer: ClusterObserver;
  readonly #runner: ActionRunner;
  readonly #status: StatusWriter;
  readonly #uids = new Map<ObjectKey, string>();

  constructor(parts: MesosClusterParts) {
    this.#parts = parts;
    this.#observer = new ClusterObserver(parts);
    this.#runner = new ActionRunner(parts.meter);
    this.#status = new StatusWriter({
      kind: MESOS_CLUSTER,
      clock: parts.clock,
      fieldManager: "orchestrator",
    });
  }

  async reconcile(key: ObjectKey, context: ReconcileContext): Promise<ReconcileResult> {
    const observation = await this.#observer.observe(key, context);
    if (observation === undefined) {
      this.#status.forget(this.#uids.get(key) ?? "");
      this.#uids.delete(key);
      return { kind: "done", planActions: 0 };
    }
    this.#uids.set(key, observation.object.metadata.uid ?? "");
    const plan = decideMesosCluster(observation.seen);
    const carried = await this.#carryOut(plan, observation, context);
    if (carried.outcome.kind === "stale") return carried.outcome;
    if (carried.outcome.kind === "failed" && isNamespaceEnding(carried.outcome.error)) {
      return { kind: "done", planActions: 0 };
    }
    const afterMs = await this.#tell(plan, carried, observation, context);
    if (carried.outcome.kind === "failed") return carried.outcome;
    const planActions = plan.actions.length;
    const waits = [plan.requeueAfterMs, afterMs, untilToldMs(carried.outcome, observation)].filter(
      (wait) => wait !== undefined,
    );
    return waits.length === 0
      ? { kind: "done", planActions }
      : { kind: "requeueAfter", afterMs: Math.min(...waits), planActions };
  }

  async #carryOut(
    plan: ClusterPlan,
    { seen }: Observation,
    context: ReconcileContext,
  ): Promise<Carried> {
    const actions = plan.actions.map((action) => toKubeAction(action, seen));
    if (seen.cluster.spec.mode !== "Plan") {
      return { outcome: await this.#runner.run(actions, context) };
    }
    const preview = plannedChildren(await previewActions(actions, context));
    return { outcome: { kind: "applied", writes: 0 }, preview };
  }

  /** Writes status and events. @returns when to come back for a status that was held back. */
  async #tell(
    plan: ClusterPlan,
    { outcome, preview }: Carried,
    { object, seen }: Observation,
    context: ReconcileContext,
  ): Promise<number | undefined> {
    const told = ofGeneration(plan.status, generationTold(outcome, object));
    const decided = withOutcome(told, outcome);
    const before = (object.status?.conditions ?? []) as readonly Condition[];
    const status = {
      ...decided,
      ...(preview === undefined ? {} : { plan: preview }),
      conditions: mergeConditions(before, decided.conditions, seen.nowMs),
    };
    const written = await this.#status.write(object, status, context);
    if (written.kind === "write") {
      for (const note of conditionEvents(before, decided.conditions)) {
        this.#parts.events.record(object, note);
      }
    }
    return written.kind === "later" ? written.afterMs : undefined;
  }
}

/** The newest generation, once a round has nothing to write for it; until then the one that was told before. */
function generationTold(outcome: Outcome, { metadata, status }: ClusterObject): number {
  const { generation = 0 } = metadata;
  const wrote = outcome.kind === "applied" && outcome.writes > 0;
  return wrote ? (status?.observedGeneration ?? 0) : generation;
}

/** When to look again for a generation that is not told yet; what was written wakes us sooner, if it changed anything. */
function untilToldMs(outcome: Outcome, { object }: Observation): number | undefined {
  const isTold = generationTold(outcome, object) === (object.metadata.generation ?? 0);
  return isTold ? undefined : UNTOLD_RETRY_MS;
}

function failureOf(outcome: Outcome): OperatingError | undefined {
  return outcome.kind === "failed" ? outcome.error : undefined;
}

function withOutcome(status: DecidedStatus, outcome: Outcome): DecidedStatus {
  const error = failureOf(outcome);
  return error === undefined ? status : withFailure(status, error);
}
