import { z } from "zod";
import { listOf } from "../schema/collections.ts";
import { int, seconds } from "../schema/numbers.ts";
import { choice, filled, text } from "../schema/text.ts";
import { PortName, PortNumber } from "./fields.ts";

export const AppHealthCheck = z.object({
  protocol: choice("HTTP", "HTTPS", "TCP", "COMMAND", "MESOS_HTTP", "MESOS_HTTPS", "MESOS_TCP"),
  command: z.object({ value: filled(4096) }).optional(),
  path: text(4096).optional(),
  port: PortNumber.optional(),
  portIndex: int(0, 127).optional(),
  gracePeriodSeconds: seconds().default(300),
  intervalSeconds: seconds().default(60),
  timeoutSeconds: seconds().default(20),
  maxConsecutiveFailures: int(0).default(3).describe("0 = never kill (HTTP, HTTPS, TCP)."),
  ignoreHttp1xx: z.boolean().default(false),
  delaySeconds: seconds().default(15),
  ipProtocol: choice("IPv4", "IPv6"),
});

/** Runs only while a deployment waits for an instance. */
export const AppReadinessCheck = z.object({
  name: filled(63).default("readinessCheck"),
  protocol: choice("HTTP", "HTTPS"),
  path: text(4096).default("/"),
  portName: PortName.default("http-api"),
  intervalSeconds: seconds(1).default(30),
  timeoutSeconds: seconds(1).default(10),
  httpStatusCodesForReady: listOf(int(100, 999), 64).default([200]),
  preserveLastResponse: z.boolean().default(false),
});

/** Informative only. */
export const AppCheck = z.object({
  http: z
    .object({
      portIndex: int(0, 127).optional(),
      port: PortNumber.optional(),
      path: text(4096).optional(),
      scheme: choice("HTTP", "HTTPS"),
    })
    .optional(),
  tcp: z.object({ portIndex: int(0, 127).optional(), port: PortNumber.optional() }).optional(),
  exec: z
    .object({
      command: z.object({
        shell: text(4096).optional(),
        argv: listOf(text(4096), 128).optional(),
      }),
    })
    .optional(),
  intervalSeconds: seconds().default(60),
  timeoutSeconds: seconds().default(20),
  delaySeconds: seconds().default(15),
});

export type AppHealthCheck = z.output<typeof AppHealthCheck>;
export type AppReadinessCheck = z.output<typeof AppReadinessCheck>;
export type AppCheck = z.output<typeof AppCheck>;
