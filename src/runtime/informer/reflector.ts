import { OperatingError, isOperatingError } from "../../api/errors/operating-error.ts";
import { gvkOf } from "../kube/kube-kind.ts";
import type { KubeObject } from "../kube/kube-object.ts";
import { sleep, type Clock } from "../ports/clock.ts";
import type { KubeReader, Selection, WatchEvent } from "../ports/kube-transport.ts";
import type { Logger } from "../ports/logger.ts";
import type { Random } from "../ports/random.ts";
import { ReconnectBackoff } from "../reconnect-backoff.ts";
import type { InformerMetrics, RelistReason } from "./informer-metrics.ts";
import { listInPages } from "./paged-list.ts";
import { InitialEvents } from "./initial-events.ts";
import { Watchdog } from "./watchdog.ts";

const WATCH_SECONDS_MIN = 300;
const WATCH_SECONDS_SPREAD = 300;
/** Bookmarks come about every 60 s: two of them missing mean that nobody speaks at the other end. */
const SILENCE_MAX_MS = 150_000;
/** Two watches that end within this time are no rotation but trouble. */
const ENDS_APART_MIN_MS = 1_000;

/** Receives what the API server holds. All methods are synchronous and must not throw. */
export interface ReflectorSink<T extends KubeObject> {
  /** The whole truth: everything not in `objects` is gone. */
  replace(objects: readonly T[]): void;
  upsert(object: T): void;
  remove(object: T): void;
}

export interface ReflectorParts<T extends KubeObject> {
  readonly reader: KubeReader;
  readonly selection: Selection;
  readonly sink: ReflectorSink<T>;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly metrics: InformerMetrics;
}

/**
 * Mirrors one selection into a sink for as long as it runs: list once, then watch from where the list ended; again from the last
 * resourceVersion when a watch ends; a new list only when the server has forgotten that version. Never gives up.
 *
 *     list ──► watch ──(end, error: backoff)──► watch ──(410)──► list …
 */
export class Reflector<T extends KubeObject> {
  readonly #parts: ReflectorParts<T>;
  readonly #backoff: ReconnectBackoff;
  readonly #logger: Logger;
  #resourceVersion: string | undefined;
  #relistReason: RelistReason = "first";
  #canStreamList = true;
  #endedAtMs = Number.NEGATIVE_INFINITY;
  #activeAtMs: number;
  #lastError: OperatingError | undefined;

  constructor(parts: ReflectorParts<T>) {
    this.#parts = parts;
    this.#backoff = new ReconnectBackoff(parts.clock, parts.random);
    this.#logger = parts.logger.child({ component: "reflector", gvk: gvkOf(parts.selection.kind) });
    this.#activeAtMs = parts.clock.monotonicMs();
  }

  /** When this reflector last tried or heard something, for liveness. */
  get activeAtMs(): number {
    return this.#activeAtMs;
  }

  /** The failure of the last attempt; undefined while all is well. */
  get lastError(): OperatingError | undefined {
    return this.#lastError;
  }

  /** Runs until the signal aborts, then resolves. */
  async run(signal: AbortSignal): Promise<void> {
    const isOver = (): boolean => signal.aborted;
    while (!isOver()) {
      let delayMs: number;
      try {
        await this.#session(signal);
        delayMs = this.#delayAfterEnd();
      } catch (error) {
        if (isOver()) return;
        delayMs = this.#delayAfterFailure(error);
      }
      this.#parts.metrics.reconnected();
      if (delayMs > 0) await sleep(this.#parts.clock, delayMs, signal).catch(() => undefined);
    }
  }

  /** One list (when needed) and one watch, until it ends or throws. */
  async #session(signal: AbortSignal): Promise<void> {
    this.#activeAtMs = this.#parts.clock.monotonicMs();
    if (this.#resourceVersion !== undefined) return this.#watch(this.#resourceVersion, signal);
    this.#parts.metrics.relisted(this.#relistReason);
    if (this.#canStreamList) {
      try {
        await this.#watch(undefined, signal);
        return;
      } catch (error) {
        if (this.#hasListed() || !isUnsupported(error)) throw error;
        this.#canStreamList = false;
      }
    }
    const { items, resourceVersion } = await listInPages<T>(
      this.#parts.reader,
      this.#parts.selection,
      signal,
    );
    this.#adopt(items, resourceVersion);
    await this.#watch(resourceVersion, signal);
  }

  /** Follows events from `from`; without it, the server sends the existing objects first (streaming list). */
  async #watch(from: string | undefined, signal: AbortSignal): Promise<void> {
    const { reader, selection, clock, random, metrics } = this.#parts;
    const watchdog = new Watchdog(clock, SILENCE_MAX_MS, signal);
    let initial = from === undefined ? new InitialEvents<T>() : undefined;
    try {
      const events = reader.watch<T>(selection, {
        ...(from === undefined ? { sendInitialEvents: true } : { resourceVersion: from }),
        timeoutSeconds: WATCH_SECONDS_MIN + Math.floor(random.next() * WATCH_SECONDS_SPREAD),
        signal: watchdog.signal,
      });
      for await (const event of events) {
        watchdog.fed();
        this.#activeAtMs = clock.monotonicMs();
        metrics.sawEvent(clock.nowMs());
        if (initial === undefined) {
          this.#handle(event);
        } else if (initial.take(event)) {
          this.#adopt(initial.objects(), initial.resourceVersion);
          initial = undefined;
        }
      }
    } finally {
      watchdog.stop();
    }
  }

  #hasListed(): boolean {
    return this.#resourceVersion !== undefined;
  }

  #adopt(objects: readonly T[], resourceVersion: string): void {
    this.#parts.sink.replace(objects);
    this.#resourceVersion = resourceVersion;
    this.#lastError = undefined;
  }

  #handle(event: WatchEvent<T>): void {
    this.#lastError = undefined;
    if (event.type === "BOOKMARK") {
      this.#resourceVersion = event.resourceVersion;
      return;
    }
    if (event.type === "DELETED") this.#parts.sink.remove(event.object);
    else this.#parts.sink.upsert(event.object);
    this.#resourceVersion = event.object.metadata.resourceVersion ?? this.#resourceVersion;
  }

  #delayAfterEnd(): number {
    const nowMs = this.#parts.clock.monotonicMs();
    const tooSoon = nowMs - this.#endedAtMs < ENDS_APART_MIN_MS;
    this.#endedAtMs = nowMs;
    return tooSoon ? this.#backoff.nextDelayMs() : 0;
  }

  #delayAfterFailure(error: unknown): number {
    if (!isOperatingError(error)) {
      this.#logger.error("A watch failed in an unforeseen way.", { error });
      return this.#backoff.nextDelayMs();
    }
    this.#lastError = error;
    if (error.code === "KUBE_GONE") return this.#relist("gone");
    if (error.code === "KUBE_TOO_LARGE" && this.#resourceVersion !== undefined) {
      return this.#relist("tooLarge");
    }
    this.#logger.warn("A watch failed and is opened anew.", { error });
    const delayMs = this.#backoff.nextDelayMs();
    const { retryAfterMs } = error.details;
    return typeof retryAfterMs === "number" ? Math.max(retryAfterMs, delayMs) : delayMs;
  }

  #relist(reason: RelistReason): number {
    this.#relistReason = reason;
    this.#resourceVersion = undefined;
    return this.#delayAfterEnd();
  }
}

/** What a server answers that knows no streaming list. */
function isUnsupported(error: unknown): boolean {
  return isOperatingError(error, "KUBE_INVALID") || isOperatingError(error, "KUBE_PROTOCOL");
}
