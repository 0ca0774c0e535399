import { KINDS } from "../../runtime/kube/core-kinds.ts";
import type { KubeObject } from "../../runtime/kube/kube-object.ts";
import type { Clock } from "../../runtime/ports/clock.ts";
import type { EventNote, EventRecorder } from "../../runtime/ports/event-recorder.ts";
import type { KubeWriter } from "../../runtime/ports/kube-transport.ts";
import type { Logger } from "../../runtime/ports/logger.ts";
import type { Counter, Meter } from "../../runtime/ports/meter.ts";
import type { Random } from "../../runtime/ports/random.ts";
import { EventSeries } from "./event-series.ts";
import { formatMicroTime } from "./micro-time.ts";

const NOTE_MAX_BYTES = 1_024;
/** Events on their way; more are dropped and counted. */
const IN_FLIGHT_MAX = 256;

export interface EventRecorderParts {
  readonly kube: KubeWriter;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly meter: Meter;
  /** e.g. `orchestrator.io/operator`. */
  readonly controller: string;
  /** This process: pod name, or host name. */
  readonly instance: string;
}

/** {@link EventRecorder} on `events.k8s.io/v1`. */
export class KubeEventRecorder implements EventRecorder {
  readonly #parts: EventRecorderParts;
  readonly #series = new EventSeries();
  readonly #dropped: Counter;
  readonly #inFlight = new Set<Promise<void>>();
  readonly #ended = new AbortController();

  constructor(parts: EventRecorderParts) {
    this.#parts = parts;
    this.#dropped = parts.meter.counter({
      name: "orchestrator_events_dropped_total",
      help: "Kubernetes Events not sent: over the budget of their object, or the server did not take them.",
      stability: "alpha",
    });
    this.#dropped.add(0);
  }

  record(regarding: KubeObject, note: EventNote): void {
    const { clock, random } = this.#parts;
    const { name, uid = "" } = regarding.metadata;
    const equal = [note.type, note.reason, note.action, note.note].join("|");
    const eventName = `${name.slice(0, 200)}.${random.uuid().slice(-12)}`;
    const decision = this.#series.decide(uid, equal, eventName, clock.monotonicMs());
    if (decision.kind === "drop" || this.#inFlight.size >= IN_FLIGHT_MAX) {
      this.#dropped.add();
      return;
    }
    const sending =
      decision.kind === "create"
        ? this.#create(eventName, regarding, note)
        : this.#count(decision.name, regarding, decision.count);
    const tracked = sending
      .catch((error: unknown) => {
        this.#dropped.add();
        this.#parts.logger.debug("An event was not taken.", { error, reason: note.reason });
      })
      .finally(() => this.#inFlight.delete(tracked));
    this.#inFlight.add(tracked);
  }

  /** Resolves when all events are out; those that fail are counted as dropped. */
  async flush(): Promise<void> {
    await Promise.all(this.#inFlight);
  }

  async #create(eventName: string, regarding: KubeObject, note: EventNote): Promise<void> {
    const { kube, clock, controller, instance } = this.#parts;
    const event = {
      metadata: { name: eventName, namespace: namespaceOf(regarding) },
      eventTime: formatMicroTime(clock.nowMs()),
      reportingController: controller,
      reportingInstance: instance,
      action: note.action,
      reason: note.reason,
      regarding: referenceTo(regarding),
      ...(note.related === undefined ? {} : { related: referenceTo(note.related) }),
      note: truncateBytes(note.note, NOTE_MAX_BYTES),
      type: note.type,
    };
    await kube.create(KINDS.Event, event, { signal: this.#ended.signal });
  }

  async #count(eventName: string, regarding: KubeObject, count: number): Promise<void> {
    const { kube, clock } = this.#parts;
    const series = { count, lastObservedTime: formatMicroTime(clock.nowMs()) };
    const ref = { kind: KINDS.Event, namespace: namespaceOf(regarding), name: eventName };
    await kube.patch(ref, { type: "merge", patch: { series } }, { signal: this.#ended.signal });
  }
}

/** Events about cluster-scoped objects live in `default`. */
function namespaceOf(regarding: KubeObject): string {
  return regarding.metadata.namespace ?? "default";
}

function referenceTo(object: KubeObject): Readonly<Record<string, string>> {
  const { name, namespace, uid, resourceVersion } = object.metadata;
  const { apiVersion, kind } = object;
  const reference = { apiVersion, kind, namespace, name, uid, resourceVersion };
  return Object.fromEntries(
    Object.entries(reference).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

function truncateBytes(text: string, bytesMax: number): string {
  const bytes = Buffer.from(text, "utf8");
  if (bytes.length <= bytesMax) return text;
  // A cut inside a character leaves a replacement sign, which goes too.
  return bytes
    .subarray(0, bytesMax)
    .toString("utf8")
    .replace(/\uFFFD$/, "");
}
