import type { Offer } from "../../../api/mesos/offer.ts";
import type { SchedulerCall } from "../../../api/mesos/scheduler-call.ts";
import type { SchedulerEvent } from "../../../api/mesos/scheduler-event.ts";
import type { FrameworkInput, FrameworkLogic, FrameworkStep } from "../framework-logic.ts";
import { declineCalls } from "../scheduler-calls.ts";
import { fillOffer } from "./fill-offer.ts";
import { OfferView } from "./offer-view.ts";
import { homeName } from "./home.ts";
import { nextPhaseMs, type PatternSpec } from "./pattern-spec.ts";
import {
  hungryComponents,
  missingInstances,
  type PatternState,
  sinceStartMs,
  withHome,
} from "./pattern-state.ts";
import { killSurplus } from "./surplus.ts";
import { askAboutUnheard, noteSubscribed } from "./task-sync.ts";
import { isFinishing, noteStatus } from "./task-news.ts";

type Step = FrameworkStep<PatternState>;

/** A known framework by its data: what it asks for, keeps and gives back. */
export function patternLogic(spec: PatternSpec, start: PatternState): FrameworkLogic<PatternState> {
  return {
    start,
    advance: (state, input) => advancePattern(spec, state, input),
    endOf: ({ end }) => end,
    wakeAtMs: (state) => wakeAtMs(spec, state),
  };
}

/**
 * The next state and what it leads to: the event is taken in, tasks nobody wants any more are killed, the end is seen, and
 * offers are wanted exactly while something is missing.
 */
export function advancePattern(
  spec: PatternSpec,
  before: PatternState,
  input: FrameworkInput,
): Step {
  const at = { ...before, nowMs: input.nowMs };
  const taken = input.kind === "event" ? takeIn(spec, at, input.event) : { state: at, calls: [] };
  const killed = killSurplus(spec, taken.state);
  const ended = seeEnd(spec, killed.state);
  if (ended.end !== undefined) {
    return { state: ended, calls: taken.calls, ...linesOf(taken) };
  }
  const wish = wishForOffers(spec, before, ended);
  return {
    state: wish.state,
    calls: [...taken.calls, ...killed.calls, ...wish.calls],
    ...linesOf(taken),
  };
}

function takeIn(spec: PatternSpec, state: PatternState, event: SchedulerEvent): Step {
  switch (event.type) {
    case "SUBSCRIBED":
      return noteSubscribed(state);
    case "OFFERS":
      return answerOffers(spec, state, event.offers?.offers ?? []);
    case "UPDATE":
      return event.update ? noteStatus(spec, state, event.update.status) : { state, calls: [] };
    case "HEARTBEAT":
      return { state, calls: askAboutUnheard(state) };
    case "ERROR": {
      const reason = event.error?.message ?? "unknown error";
      return { state: { ...state, end: { kind: "refused", reason } }, calls: [], lines: [reason] };
    }
    default:
      return { state, calls: [] };
  }
}

function answerOffers(spec: PatternSpec, before: PatternState, offers: readonly Offer[]): Step {
  let state = noteAgents(spec, before, offers);
  const calls: SchedulerCall[] = [];
  const unused: Offer[] = [];
  for (const offer of offers) {
    const filled = fillOffer(spec, state, offer);
    state = filled.state;
    if (filled.operations.length === 0) {
      unused.push(offer);
      continue;
    }
    const { operations } = filled;
    calls.push({ type: "ACCEPT", accept: { offer_ids: [offer.id], operations } });
  }
  return { state, calls: [...calls, ...declineCalls(unused, refuseSeconds(spec, state))] };
}

/** While it only waits (for its tasks to be told, for homes to be offered) it must not be out of the way for long. */
function refuseSeconds(spec: PatternSpec, state: PatternState): number {
  const isWaiting = !state.isSynced || sinceStartMs(state) < state.homesKnownAtMs;
  return isWaiting ? WAITING_REFUSE_SECONDS : spec.refuseSeconds;
}

/** Where agents are, and whose homes they hold. */
function noteAgents(
  spec: PatternSpec,
  state: PatternState,
  offers: readonly Offer[],
): PatternState {
  const agents = new Map(state.agents);
  let next = state;
  for (const offer of offers) {
    const view = new OfferView(offer);
    agents.set(view.agentId, { hostname: view.hostname, ip: view.ip });
    const owners = view.homeOwners();
    for (const { name, home } of spec.components) {
      if (home === undefined) continue;
      const prefix = homeName(spec, name, 0).slice(0, -1);
      for (const owner of owners) {
        if (!owner.startsWith(prefix)) continue;
        next = withHome(next, `${name}-${owner.slice(prefix.length)}`, view.agentId);
      }
    }
  }
  return { ...next, agents };
}

/** Its time is over, or all that should finish has finished. */
function seeEnd(spec: PatternSpec, state: PatternState): PatternState {
  if (state.end !== undefined) return state;
  const isOver = spec.endsAfterMs !== undefined && sinceStartMs(state) >= spec.endsAfterMs;
  const finishing = spec.components.filter(({ finishCount }) => finishCount !== undefined);
  const isFinished =
    finishing.length > 0 &&
    finishing.every(({ name, finishCount = 0 }) => (state.finished.get(name) ?? 0) >= finishCount);
  const hasBegun = state.startedMs !== undefined;
  return hasBegun && (isOver || isFinished || areHomesGone(spec, state))
    ? { ...state, end: { kind: "done" } }
    : state;
}

/** All homes were given back, and no other showed up in the time in which it would have been offered. */
function areHomesGone({ givesHomesBack }: PatternSpec, state: PatternState): boolean {
  if (givesHomesBack !== true || !state.isSynced) return false;
  const isSure = sinceStartMs(state) >= state.homesKnownAtMs;
  return isSure && state.homes.size === 0 && state.tasks.size === 0;
}

/**
 * SUPPRESS when the last wish is met, REVIVE when there is one again: filters of before must not delay it. While work that
 * finishes by itself goes on, neither: what it frees is offered anyway, and the master writes down each of both.
 */
function wishForOffers(spec: PatternSpec, before: PatternState, state: PatternState): Step {
  if (!state.isSynced) return { state, calls: [] };
  // What is to be given back must be offered.
  if (spec.givesHomesBack === true) {
    return { state, calls: before.isSynced ? [] : [{ type: "REVIVE" }] };
  }
  const hungry = hungryComponents(spec, state);
  if (hungry.length === 0 && !state.isSuppressed && !hasOpenWork(spec, state)) {
    return { state: { ...state, isSuppressed: true }, calls: [{ type: "SUPPRESS" }] };
  }
  const wanted = new Set(hungryComponents(spec, before));
  const isNew = hungry.some((name) => !wanted.has(name) && !isFinishing(spec, name));
  // What was offered before it knew its tasks was declined.
  const isJustSynced = !before.isSynced;
  if (hungry.length > 0 && (state.isSuppressed || isNew || isJustSynced)) {
    return { state: { ...state, isSuppressed: false }, calls: [{ type: "REVIVE" }] };
  }
  return { state, calls: [] };
}

function hasOpenWork(spec: PatternSpec, { finished }: PatternState): boolean {
  return spec.components.some(
    ({ name, finishCount = 0 }) => (finished.get(name) ?? 0) < finishCount,
  );
}

/** The next phase, the end, or the end of a back-off of something that is missing. */
function wakeAtMs(spec: PatternSpec, state: PatternState): number | undefined {
  if (state.startedMs === undefined) return undefined;
  const phaseMs = nextPhaseMs(spec, sinceStartMs(state));
  const times = [
    ...(phaseMs === undefined ? [] : [state.startedMs + phaseMs]),
    ...(spec.givesHomesBack === true ? [state.startedMs + state.homesKnownAtMs] : []).filter(
      (it) => it > state.nowMs,
    ),
    ...[...state.failures]
      .filter(([name]) => missingInstances(spec, state, name) > 0)
      .map(([, { retryAtMs }]) => retryAtMs)
      .filter((it) => it > state.nowMs),
  ];
  return times.sort((a, b) => a - b)[0];
}

function linesOf({ lines }: Step): { readonly lines?: readonly string[] } {
  return lines === undefined ? {} : { lines };
}

const WAITING_REFUSE_SECONDS = 1;
