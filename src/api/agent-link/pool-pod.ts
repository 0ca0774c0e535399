import { z } from "zod";
import { linkResource } from "./mesos-payloads.ts";

/**
 * A pod of the pool as its node sees it: what the master books there. Task pods are not among them, they are tasks.
 * `requests` is Kubernetes' effective request as Mesos resources, host ports included.
 */
export const poolPod = z.object({
  uid: z.string().min(1),
  namespace: z.string().min(1),
  name: z.string().min(1),
  role: z.string().min(1),
  requests: z.array(linkResource),
  phase: z.enum(["Pending", "Running", "Succeeded", "Failed", "Unknown"]),
});
export type PoolPod = z.infer<typeof poolPod>;
