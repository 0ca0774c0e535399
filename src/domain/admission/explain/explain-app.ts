import type { Resources } from "../../resources/resource.ts";
import type { Entry } from "../book/entry.ts";
import { compareQueued, isGated } from "../book/entry.ts";
import type { PodBook } from "../book/pod-book.ts";
import { funnelOf, type Funnel } from "./funnel.ts";
import type { AgentView } from "./refusal.ts";

/** An agent as the engine knows it now. */
export interface AgentRoom {
  readonly agentId: string;
  readonly hostname: string;
  readonly isOfferable: boolean;
  /** Neither used by tasks or pods, nor offered. */
  readonly free: Resources;
}

/** Answer of `GET /orchestrator/admission`. */
export interface AdmissionReport extends Funnel {
  readonly app: string;
  readonly waiting: number;
  /** When the longest waiting pod was created, RFC 3339; absent when none waits. */
  readonly oldest?: string;
  /** The app's launch delay, while it lasts. */
  readonly delayUntil?: string;
}

const timeOf = (ms: number): string => new Date(ms).toISOString();
const NOTHING: Funnel = { processed: 0, funnel: [], lastRefused: [] };

function viewsFor(book: PodBook, entry: Readonly<Entry>, rooms: readonly AgentRoom[]): AgentView[] {
  return rooms.map((room) => {
    const agentId = room.agentId as Parameters<PodBook["canRunOn"]>[1];
    const place = book.agents.refusal(entry.rulesKey, entry.pod.rules, agentId);
    return {
      ...room,
      place,
      acceptsConstraints: place !== undefined || book.canRunOn(entry, agentId),
    };
  });
}

/**
 * Why the pods that were asked for wait: the head of their queue against every agent.
 *
 * @returns undefined when no such pod is known.
 */
export function explainAdmission(
  book: PodBook,
  asked: { readonly app: string; readonly entries: readonly Readonly<Entry>[] },
  rooms: readonly AgentRoom[],
  nowMs: number,
): AdmissionReport | undefined {
  if (asked.entries.length === 0) return undefined;
  const waiting = asked.entries.filter(isGated).sort(compareQueued);
  const [head] = waiting;
  const oldestMs = Math.min(...waiting.map(({ waitingSinceMs }) => waitingSinceMs));
  const delayUntilMs = head?.pod.appKey && book.delayUntilMs(head.pod.appKey, nowMs);
  return {
    app: asked.app,
    waiting: waiting.length,
    ...(head === undefined ? {} : { oldest: timeOf(oldestMs) }),
    ...(typeof delayUntilMs === "number" ? { delayUntil: timeOf(delayUntilMs) } : {}),
    ...(head === undefined ? NOTHING : funnelOf(head.pod, viewsFor(book, head, rooms))),
  };
}
