const OBJECTS_MAX = 4_096;
const EQUAL_WITHIN_MS = 600_000;
const BURST = 25;
const REFILL_MS = 300_000;

/** What to do with one more event about an object. */
export type EventDecision =
  | { readonly kind: "create" }
  /** Equal to one sent in the last ten minutes: count it there. */
  | { readonly kind: "count"; readonly name: string; readonly count: number }
  /** The object has used up its events: 25 at once, one more every five minutes. */
  | { readonly kind: "drop" };

interface Sent {
  name: string;
  count: number;
  lastMs: number;
}
interface ObjectEvents {
  tokens: number;
  filledAtMs: number;
  readonly sent: Map<string, Sent>;
}

/** Keeps events from flooding the API server: equal ones become a series, and each object has a budget. */
export class EventSeries {
  readonly #objects = new Map<string, ObjectEvents>();

  /** `name` is the Event's name in case it is created. */
  decide(objectUid: string, equalityKey: string, name: string, nowMs: number): EventDecision {
    const events = this.#of(objectUid, nowMs);
    const known = events.sent.get(equalityKey);
    if (known !== undefined && nowMs - known.lastMs <= EQUAL_WITHIN_MS) {
      known.count += 1;
      known.lastMs = nowMs;
      return { kind: "count", name: known.name, count: known.count };
    }
    events.tokens = Math.min(BURST, events.tokens + (nowMs - events.filledAtMs) / REFILL_MS);
    events.filledAtMs = nowMs;
    if (events.tokens < 1) return { kind: "drop" };
    events.tokens -= 1;
    for (const [key, { lastMs }] of events.sent) {
      if (nowMs - lastMs > EQUAL_WITHIN_MS) events.sent.delete(key);
    }
    events.sent.set(equalityKey, { name, count: 1, lastMs: nowMs });
    return { kind: "create" };
  }

  /** The object's entry, moved to the end of the map: the front is the one not heard of for longest. */
  #of(uid: string, nowMs: number): ObjectEvents {
    const events = this.#objects.get(uid) ?? { tokens: BURST, filledAtMs: nowMs, sent: new Map() };
    this.#objects.delete(uid);
    this.#objects.set(uid, events);
    if (this.#objects.size > OBJECTS_MAX) {
      for (const oldest of this.#objects.keys()) {
        this.#objects.delete(oldest);
        break;
      }
    }
    return events;
  }
}
