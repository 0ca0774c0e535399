import { z } from "zod";

const id = z.looseObject({ value: z.string().min(1) });

/**
 * Mesos v1 messages as they travel inside the link: JSON wire form, snake_case, passed through unchanged. The link
 * checks only the identifiers it routes by; what the fields mean is the business of `src/api/mesos`.
 */
export const linkTaskInfo = z.looseObject({ name: z.string(), task_id: id, agent_id: id });
export const linkExecutorInfo = z.looseObject({ executor_id: id });
export const linkFrameworkInfo = z.looseObject({ name: z.string(), user: z.string(), id });
export const linkTaskStatus = z.looseObject({ task_id: id, state: z.string() });
export const linkAgentInfo = z.looseObject({ hostname: z.string().min(1) });
export const linkMasterInfo = z.looseObject({ id: z.string() });
export const linkResource = z.looseObject({ name: z.string().min(1), type: z.string() });
export const linkAttribute = z.looseObject({ name: z.string().min(1), type: z.string() });
export const linkKillPolicy = z.looseObject({
  grace_period: z.looseObject({ nanoseconds: z.number().int().nonnegative() }).optional(),
});
export const linkOperation = z.looseObject({ type: z.string() });
export const linkOperationStatus = z.looseObject({ state: z.string() });
