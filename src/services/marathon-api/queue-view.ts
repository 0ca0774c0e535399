import { withMillis } from "../../domain/marathon/status/task.ts";
import { queueState } from "../../domain/marathon/status/queue-reason.ts";
import type { AppDirectory } from "./app-directory.ts";
import { message, ok, type ApiAnswer } from "./api-answer.ts";

/** Apps with instances that wait for the engine or for a node. */
export function queueAnswer(directory: AppDirectory, nowMs: number): ApiAnswer {
  const queue = directory.all().flatMap((known) => {
    const state = queueState(directory.pods(known));
    if (!state) return [];
    const until = known.object.status?.queue?.delayUntil;
    const leftMs = until === undefined ? 0 : Math.max(0, Date.parse(until) - nowMs);
    const { app, version, versionInfo } = known;
    const declined = state.reason ? 1 : 0;
    const summary = state.reason ? [{ reason: state.reason, declined, processed: declined }] : [];
    return [
      {
        count: state.count,
        role: app.role,
        since: withMillis(state.since),
        delay: { timeLeftSeconds: Math.ceil(leftMs / 1000), overdue: leftMs === 0 },
        app: { ...app, version, versionInfo },
        processedOffersSummary: {
          processedOffersCount: declined,
          unusedOffersCount: declined,
          rejectSummaryLastOffers: summary,
          rejectSummaryLaunchAttempt: summary,
        },
      },
    ];
  });
  return ok({ queue });
}

/** Nothing is ever delayed in this release, so a delay is over at once; 404 when nothing of the app waits. */
export function endDelay(directory: AppDirectory, id: string): ApiAnswer {
  const known = directory.get(id);
  const waits = known && queueState(directory.pods(known));
  return waits ? { status: 204 } : message(404, `Application ${id} not found in tasks queue.`);
}
