import type { Area } from "./row.ts";
import { agentLink } from "./rows/agent-link.ts";
import { allocatorPitfalls } from "./rows/allocator-pitfalls.ts";
import { highAvailability } from "./rows/high-availability.ts";
import { legacyEndpoints } from "./rows/legacy-endpoints.ts";
import { metrics } from "./rows/metrics.ts";
import { operations } from "./rows/operations.ts";
import { operatorCalls } from "./rows/operator-calls.ts";
import { schedulerCalls } from "./rows/scheduler-calls.ts";
import { schedulerErrors } from "./rows/scheduler-errors.ts";
import { schedulerEvents } from "./rows/scheduler-events.ts";
import { security } from "./rows/security.ts";
import { taskAnswers } from "./rows/task-answers.ts";

/** All that the Mesos API and the allocator's pitfalls ask for. */
export const AREAS: readonly Area[] = [
  schedulerCalls,
  schedulerEvents,
  schedulerErrors,
  taskAnswers,
  operations,
  operatorCalls,
  legacyEndpoints,
  agentLink,
  highAvailability,
  security,
  metrics,
  allocatorPitfalls,
];
