import { z } from "zod";
import { Port } from "./network.ts";

const seconds = z.int().min(0);

/** One health check; durations in seconds. COMMAND checks have a command, all others a port. */
export const HealthCheck = z.object({
  protocol: z
    .enum(["HTTP", "HTTPS", "TCP", "COMMAND", "MESOS_HTTP", "MESOS_HTTPS", "MESOS_TCP"])
    .default("HTTP"),
  command: z.object({ value: z.string().min(1) }).optional(),
  path: z.string().optional(),
  port: Port.optional(),
  portIndex: z.int().min(0).optional(),
  gracePeriodSeconds: seconds.default(300),
  intervalSeconds: seconds.default(60),
  timeoutSeconds: seconds.default(20),
  maxConsecutiveFailures: z.int().min(0).default(3),
  ignoreHttp1xx: z.boolean().default(false),
  delaySeconds: seconds.default(15),
  ipProtocol: z.enum(["IPv4", "IPv6"]).default("IPv4"),
});

/** Runs only while a deployment waits for the instance. */
export const ReadinessCheck = z.object({
  name: z.string().min(1).default("readinessCheck"),
  protocol: z.enum(["HTTP", "HTTPS"]).default("HTTP"),
  path: z.string().default("/"),
  portName: z.string().default("http-api"),
  intervalSeconds: seconds.default(30),
  timeoutSeconds: seconds.default(10),
  httpStatusCodesForReady: z.array(z.int().min(100).max(999)).optional(),
  preserveLastResponse: z.boolean().default(false),
});

/** Informative check whose result is shown with the task and decides nothing. */
export const AppCheck = z.object({
  http: z
    .object({
      portIndex: z.int().min(0).optional(),
      port: Port.optional(),
      path: z.string().optional(),
      scheme: z.enum(["HTTP", "HTTPS"]).default("HTTP"),
    })
    .optional(),
  tcp: z.object({ portIndex: z.int().min(0).optional(), port: Port.optional() }).optional(),
  exec: z
    .object({
      command: z.object({
        shell: z.string().optional(),
        argv: z.array(z.string()).optional(),
      }),
    })
    .optional(),
  intervalSeconds: seconds.default(60),
  timeoutSeconds: seconds.default(20),
  delaySeconds: seconds.default(15),
});

export type HealthCheck = z.output<typeof HealthCheck>;
export type ReadinessCheck = z.output<typeof ReadinessCheck>;
export type AppCheck = z.output<typeof AppCheck>;
