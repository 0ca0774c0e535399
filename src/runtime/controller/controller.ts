import { OperatingError, isOperatingError } from "../../api/errors/operating-error.ts";
import type { ChangeHandler, Informer } from "../informer/informer.ts";
import { keyOf, parseKey, type KubeObject, type ObjectKey } from "../kube/kube-object.ts";
import { FencedWriter } from "../leader/fenced-writer.ts";
import type { Term } from "../leader/term.ts";
import { deadline, type Clock } from "../ports/clock.ts";
import type { KubeReader, KubeWriter } from "../ports/kube-transport.ts";
import type { Logger } from "../ports/logger.ts";
import type { Meter } from "../ports/meter.ts";
import type { Random } from "../ports/random.ts";
import { WorkQueue } from "../queue/work-queue.ts";
import { exposeResourceMetrics } from "../status/resource-metrics.ts";
import { controllerMetrics, type ControllerMetrics } from "./controller-metrics.ts";
import { HotLoopGuard } from "./hot-loop-guard.ts";
import { OthersChanges } from "./others-changes.ts";
import { OwnWrites } from "./own-writes.ts";
import { isWorthALook, resourceVersionChanged, type Predicate } from "./predicates.ts";
import type { Reconciler, ReconcileContext, ReconcileResult, WriteLog } from "./reconciler.ts";
import { TrackedWriter } from "./tracked-writer.ts";

const TIMEOUT_MS = 60_000;
const STALE_RETRY_MS = 100;
const TERMINAL_RETRY_MS = 300_000;
/** A reconcile that wants to come back sooner counts as busy for the hot-loop guard. */
const BUSY_REQUEUE_MS = 1_000;

export interface ControllerParts {
  /** Label of metrics and logs, e.g. `mesos-cluster`. */
  readonly name: string;
  readonly reconciler: Reconciler;
  readonly kube: KubeReader & KubeWriter;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly meter: Meter;
  /** Keys in work at once; default 10. */
  readonly maxConcurrent?: number;
  /** Told of every failure, e.g. to show it in the object's status. Its own failures are ignored. */
  readonly onFailure?: (
    key: ObjectKey,
    error: OperatingError,
    context: ReconcileContext,
  ) => Promise<void>;
}

/** What {@link Controller.owns} needs to find the object that a change concerns. */
export type KeysOf<T extends KubeObject> = (object: T) => readonly ObjectKey[];

/** Works on the keys of one kind: watches say which, a {@link Reconciler} says how, outcomes say when again. */
export class Controller {
  readonly name: string;
  readonly queue: WorkQueue;
  readonly #parts: ControllerParts;
  readonly #maxConcurrent: number;
  readonly #metrics: ControllerMetrics;
  readonly #writes: OwnWrites;
  readonly #guard = new HotLoopGuard();
  readonly #others = new OthersChanges();
  readonly #logger: Logger;
  readonly #primaries: Informer<KubeObject>[] = [];
  #active = 0;

  constructor(parts: ControllerParts) {
    this.name = parts.name;
    this.#parts = parts;
    this.#maxConcurrent = parts.maxConcurrent ?? 10;
    this.#metrics = controllerMetrics(parts.meter, parts.name, this.#maxConcurrent);
    this.#writes = new OwnWrites(parts.clock, parts.kube);
    this.#logger = parts.logger.child({ controller: parts.name });
    this.queue = new WorkQueue({ ...parts });
  }

  /**
   * The kind itself: its own key for each change that `predicate` lets through (default: any new resourceVersion). Called once per
   * namespace when only some are watched.
   */
  reconciles<T extends KubeObject>(informer: Informer<T>, predicate?: Predicate): this {
    this.#primaries.push(informer);
    exposeResourceMetrics(this.#parts.meter, informer);
    return this.owns(informer, (object) => [keyOf(object)], predicate);
  }

  /** Another kind whose changes concern our keys: children, referenced objects. */
  owns<T extends KubeObject>(
    informer: Informer<T>,
    keysOf: KeysOf<T>,
    predicate: Predicate = resourceVersionChanged,
  ): this {
    this.#writes.watch(informer);
    const handler: ChangeHandler<T> = (change) => {
      if (!isWorthALook(change, predicate)) return;
      const quiet = change.kind === "resync" || (change.kind === "added" && change.initial);
      const keys = new Set(keysOf(change.object));
      if (change.kind === "updated") for (const key of keysOf(change.previous)) keys.add(key);
      for (const key of keys) {
        this.#others.brought(key, change.object);
        this.queue.add(key, { priority: quiet ? -100 : 0 });
      }
    };
    informer.onChange(handler);
    return this;
  }

  /** Works under `term` until the signal aborts; then takes no new keys and resolves when those in work have ended. */
  async run(term: Term, signal: AbortSignal): Promise<void> {
    const close = (): void => this.queue.close();
    signal.addEventListener("abort", close, { once: true });
    if (signal.aborted) close();
    const workers = Array.from({ length: this.#maxConcurrent }, () => this.#work(term));
    await Promise.all(workers);
  }

  async #work(term: Term): Promise<void> {
    for (;;) {
      const key = await this.queue.take();
      if (key === undefined) return;
      this.#metrics.activeWorkers((this.#active += 1));
      try {
        await this.#turn(key, term);
      } finally {
        this.queue.done(key);
        this.#metrics.activeWorkers((this.#active -= 1));
      }
    }
  }

  /** One look at one key, and when the next one is due. Never throws. */
  async #turn(key: ObjectKey, term: Term): Promise<void> {
    const { clock, random, kube } = this.#parts;
    if (term.signal.aborted) return;
    const generation = this.#ownObject(key)?.metadata.generation;
    const verdict = this.#guard.admit(key, generation, clock.monotonicMs());
    if (verdict.kind === "wait") {
      this.#slowDown(key, verdict.delayMs, verdict.first);
      return;
    }

    const limit = deadline(clock, TIMEOUT_MS, term.signal);
    const log = this.#logFor(key);
    const tracked = new TrackedWriter(new FencedWriter(kube, term), log);
    const attempt = this.queue.failures(key) + 1;
    const logger = this.#logger.child({
      ...parseKey(key),
      reconcileId: random.uuid(),
      attempt,
      ...(term.number === 0 ? {} : { term: term.number }),
    });
    const context: ReconcileContext = {
      signal: limit.signal,
      term,
      logger,
      writes: log,
      kube: tracked,
      attempt,
    };
    const startedMs = clock.monotonicMs();
    let result: ReconcileResult;
    try {
      const unseen = await this.#writes.firstUnseen(key, limit.signal);
      if (unseen !== undefined) {
        this.#metrics.staleSkipped();
        this.queue.add(key, { delayMs: STALE_RETRY_MS });
        return;
      }
      result = await this.#parts.reconciler.reconcile(key, context);
    } catch (error) {
      result = { kind: "failed", error: this.#judge(error, limit.signal, term) };
    } finally {
      limit.done();
    }
    // A lost race is no failure: somebody was faster, the next look sees it.
    if (result.kind === "failed" && result.error.code === "KUBE_CONFLICT") {
      result = { kind: "stale", what: result.error.message };
    }
    const nowMs = clock.monotonicMs();
    const selfFed = !this.#others.take(key);
    if (tracked.writes > 0 || isBusy(result)) {
      this.#guard.worked(key, generation, nowMs, { selfFed });
    }
    await this.#settle(key, result, (nowMs - startedMs) / 1_000, tracked.writes, context);
  }

  #logFor(key: ObjectKey): WriteLog {
    const log = this.#writes.logFor(key);
    return {
      wrote: (kind, stored) => {
        log.wrote(kind, stored);
        this.#others.wrote(key, stored);
      },
      deleted: (kind, last) => {
        log.deleted(kind, last);
        this.#others.deleted(key, last);
      },
    };
  }

  /** What a throw means: our own timeout, a failure of the world, or a defect. */
  #judge(error: unknown, signal: AbortSignal, term: Term): OperatingError {
    if (term.signal.aborted) return term.signal.reason as OperatingError;
    if (signal.aborted) {
      this.#metrics.timedOut();
      return new OperatingError("RECONCILE_TIMEOUT", `not done within ${TIMEOUT_MS / 1_000} s`);
    }
    if (isOperatingError(error)) return error;
    this.#metrics.panicked();
    const message = error instanceof Error ? error.message : String(error);
    return new OperatingError("RECONCILE_DEFECT", message, { cause: error });
  }

  async #settle(
    key: ObjectKey,
    result: ReconcileResult,
    seconds: number,
    writes: number,
    context: ReconcileContext,
  ): Promise<void> {
    if (context.term.signal.aborted) return;
    if ("planActions" in result) this.#metrics.planned(result.planActions);
    switch (result.kind) {
      case "done":
        this.#metrics.reconciled("success", seconds);
        this.queue.forget(key);
        break;
      case "requeueAfter":
        this.#metrics.reconciled("requeue_after", seconds);
        this.queue.forget(key);
        this.queue.add(key, { delayMs: result.afterMs });
        break;
      case "stale":
        this.#metrics.reconciled("requeue", seconds);
        this.queue.add(key, { delayMs: STALE_RETRY_MS });
        context.logger.debug("Looked at an outdated state; looking again.", {
          reason: result.what,
        });
        return;
      case "failed":
        this.#metrics.reconciled("error", seconds);
        await this.#fail(key, result.error, context);
        return;
    }
    if (writes === 0) {
      // Nothing left to do for an object that is gone: nothing to remember of it either.
      if (this.#ownObject(key) === undefined) this.#forget(key);
    } else {
      context.logger.info("Reconciled.", {
        outcome: result.kind,
        count: writes,
        durationMs: seconds * 1_000,
      });
    }
  }

  async #fail(key: ObjectKey, error: OperatingError, context: ReconcileContext): Promise<void> {
    this.#metrics.failed();
    let requeueAfterMs: number;
    if (error.retry === "terminal") {
      this.#metrics.failedTerminally();
      this.queue.forget(key);
      requeueAfterMs = TERMINAL_RETRY_MS;
      this.queue.add(key, { delayMs: requeueAfterMs });
    } else {
      requeueAfterMs = this.queue.retry(key);
    }
    const shown = error.code === "RECONCILE_DEFECT" ? error.cause : error;
    context.logger.error("A reconcile failed.", { error: shown, requeueAfterMs });
    await this.#parts.onFailure?.(key, error, context).catch(() => undefined);
  }

  #slowDown(key: ObjectKey, delayMs: number, first: boolean): void {
    this.queue.add(key, { delayMs });
    if (!first) return;
    this.#metrics.hotLoopFound();
    this.#logger.warn("A key is reconciled again and again without a change; slowing it down.", {
      ...parseKey(key),
      requeueAfterMs: delayMs,
    });
  }

  #ownObject(key: ObjectKey): KubeObject | undefined {
    for (const informer of this.#primaries) {
      const object = informer.get(key);
      if (object !== undefined) return object;
    }
    return undefined;
  }

  #forget(key: ObjectKey): void {
    this.#writes.forget(key);
    this.#guard.forget(key);
    this.#others.forget(key);
  }
}

function isBusy(result: ReconcileResult): boolean {
  return result.kind === "requeueAfter" && result.afterMs < BUSY_REQUEUE_MS;
}
