import { OperatingError } from "../../api/errors/operating-error.ts";
import { invariant } from "../../api/invariant.ts";
import { gvkOf } from "../kube/kube-kind.ts";
import type { KubeObject } from "../kube/kube-object.ts";
import { linkSignals } from "../link-signals.ts";
import { sleep, type Clock } from "../ports/clock.ts";
import type { KubeReader, Selection } from "../ports/kube-transport.ts";
import type { Logger } from "../ports/logger.ts";
import type { Meter } from "../ports/meter.ts";
import type { Random } from "../ports/random.ts";
import type { Informer } from "./informer.ts";
import { SharedInformer, type InformerOptions } from "./shared-informer.ts";

const SYNC_MAX_MS = 120_000;

export interface InformersParts {
  readonly reader: KubeReader;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly meter: Meter;
  /** Freeze cached objects (tests). */
  readonly freeze?: boolean;
}

interface Shared {
  readonly informer: SharedInformer<KubeObject>;
  readonly options: InformerOptions<KubeObject>;
}

/** All caches of a process: one watch per selection, however many ask for it. */
export class Informers {
  readonly #parts: InformersParts;
  readonly #shared = new Map<string, Shared>();
  #running: AbortSignal | undefined;
  readonly #activities = new Set<Promise<void>>();

  constructor(parts: InformersParts) {
    this.#parts = parts;
  }

  /** The informer of a selection; starts with {@link start}, or at once when that was called already. */
  of<T extends KubeObject>(selection: Selection, options: InformerOptions<T> = {}): Informer<T> {
    const key = selectionKey(selection);
    const known = this.#shared.get(key);
    if (known !== undefined) {
      const same = known.options as unknown as InformerOptions<T>;
      invariant(
        same.transform === options.transform && same.isNoise === options.isNoise,
        `${key} is cached in one form`,
      );
      const informer = known.informer as unknown as SharedInformer<T>;
      informer.addIndexes(options.indexes ?? {});
      return informer;
    }
    const informer = new SharedInformer<T>(
      { ...this.#parts, selection, freeze: this.#parts.freeze ?? false },
      options,
    );
    const shared = { informer, options } as unknown as Shared;
    this.#shared.set(key, shared);
    if (this.#running !== undefined) this.#launch(shared.informer, this.#running);
    return informer;
  }

  /**
   * Starts all watches and resolves when every cache is complete.
   * @throws {OperatingError} the last failure of a kind that has not synced after two minutes, named in the message.
   */
  async start(signal: AbortSignal): Promise<void> {
    this.#running = signal;
    for (const { informer } of this.#shared.values()) this.#launch(informer, signal);
    await this.synced(signal);
  }

  /** Resolves when every informer asked for so far has synced. */
  async synced(signal: AbortSignal): Promise<void> {
    const waiting = new AbortController();
    const linked = linkSignals(signal, waiting.signal);
    const limit = sleep(this.#parts.clock, SYNC_MAX_MS, linked.signal).then(() => {
      const behind = [...this.#shared.values()].find(({ informer }) => !informer.hasSynced());
      if (behind !== undefined) throw notSynced(behind.informer);
    });
    const all = [...this.#shared.values()].map(({ informer }) => informer.whenSynced());
    try {
      await Promise.race([Promise.all(all), limit]);
    } finally {
      limit.catch(() => undefined);
      waiting.abort();
      linked.unlink();
    }
  }

  /** Resolves when the watches have ended after the signal given to {@link start} aborted. */
  async stopped(): Promise<void> {
    await Promise.all(this.#activities);
  }

  hasSynced(): boolean {
    return [...this.#shared.values()].every(({ informer }) => informer.hasSynced());
  }

  /** Kinds that are not synced, for the verbose readiness page. */
  notSynced(): readonly string[] {
    return [...this.#shared.values()]
      .filter(({ informer }) => !informer.hasSynced())
      .map(({ informer }) => gvkOf(informer.kind));
  }

  /** When the quietest reflector last tried or heard something; for liveness. */
  oldestActivityMs(): number {
    const times = [...this.#shared.values()].map(({ informer }) => informer.activeAtMs);
    return Math.min(this.#parts.clock.monotonicMs(), ...times);
  }

  #launch(informer: SharedInformer<KubeObject>, signal: AbortSignal): void {
    const activity = informer.run(signal).finally(() => this.#activities.delete(activity));
    this.#activities.add(activity);
  }
}

function notSynced(informer: SharedInformer<KubeObject>): OperatingError {
  const gvk = gvkOf(informer.kind);
  const { lastError } = informer;
  return new OperatingError(
    lastError?.code ?? "KUBE_TIMEOUT",
    `the cache of ${gvk} is not complete after ${SYNC_MAX_MS / 1_000} s: ${lastError?.message ?? "no answer"}`,
    {
      details: { gvk },
      ...(lastError === undefined ? {} : { hint: lastError.hint, cause: lastError }),
    },
  );
}

function selectionKey(selection: Selection): string {
  const { kind, namespace = "", labelSelector = "", fieldSelector = "", mode = "full" } = selection;
  return [gvkOf(kind), namespace, labelSelector, fieldSelector, mode].join("|");
}
