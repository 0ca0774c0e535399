import type { Offer } from "../../../src/api/mesos/offer.ts";
import type { SchedulerEvent } from "../../../src/api/mesos/scheduler-event.ts";
import type { TaskState, TaskStatus } from "../../../src/api/mesos/task-status.ts";
import { writeResources } from "../../../src/domain/mesos/wire-resources.ts";
import { resourcesOf } from "../../../src/domain/resources/parse-resources.ts";

/** An offer of agent `S<n>` on host `n<n>`, resources in text notation. */
export function makeOffer(
  n: number,
  resources = "cpus:8;mem:16384;disk:10000;ports:[31000-31099]",
  overrides: Partial<Offer> = {},
): Offer {
  return {
    id: { value: `O${n}` },
    framework_id: { value: "F" },
    agent_id: { value: `S${n}` },
    hostname: `n${n}`,
    url: { scheme: "http", address: { hostname: `n${n}`, ip: `10.0.0.${n}`, port: 5051 } },
    resources: writeResources(resourcesOf(resources), { refined: true }),
    ...overrides,
  };
}

export const subscribedEvent: SchedulerEvent = {
  type: "SUBSCRIBED",
  subscribed: { framework_id: { value: "F" } },
};

export const heartbeatEvent: SchedulerEvent = { type: "HEARTBEAT" };

export const offersEvent = (...offers: Offer[]): SchedulerEvent => ({
  type: "OFFERS",
  offers: { offers },
});

export function updateEvent(
  taskId: string,
  state: TaskState,
  more: Partial<TaskStatus> = {},
): SchedulerEvent {
  return {
    type: "UPDATE",
    update: {
      status: { task_id: { value: taskId }, agent_id: { value: "S1" }, state, ...more },
    },
  };
}
