import { z } from "zod";
import { PORT_NAME } from "./patterns.ts";

/** 0 = chosen by us. */
export const Port = z.int().min(0).max(65535);
export const PortProtocol = z.enum(["tcp", "udp", "udp,tcp"]);
const Labels = z.record(z.string(), z.string());

/** One network of an app: one host, one bridge, or 1 to n container networks. */
export const Network = z.object({
  mode: z.enum(["container", "container/bridge", "host"]).default("container"),
  name: z.string().optional(),
  labels: Labels.default({}),
});

/** A port on a network of the container's own. `hostPort` absent = none, 0 = dynamic. */
export const PortMapping = z.object({
  containerPort: Port.default(0),
  hostPort: Port.optional(),
  servicePort: Port.default(0),
  protocol: PortProtocol.default("tcp"),
  name: z.string().regex(PORT_NAME).optional(),
  labels: Labels.default({}),
  networkNames: z.array(z.string()).default([]),
});

/** A port on the host network: a host port with `requirePorts`, else the service port of a dynamic one. */
export const PortDefinition = z.object({
  port: Port.default(0),
  name: z.string().regex(PORT_NAME).optional(),
  protocol: PortProtocol.default("tcp"),
  labels: Labels.default({}),
});

/** Networking before Marathon 1.5; accepted, never answered. */
export const LegacyIpAddress = z.object({
  networkName: z.string().optional(),
  groups: z.array(z.string()).optional(),
  labels: Labels.default({}),
  discovery: z
    .object({
      ports: z
        .array(
          z.object({
            number: Port,
            name: z.string().regex(PORT_NAME).optional(),
            protocol: PortProtocol.default("tcp"),
            labels: Labels.default({}),
          }),
        )
        .default([]),
    })
    .optional(),
});

export type Network = z.output<typeof Network>;
export type PortMapping = z.output<typeof PortMapping>;
export type PortDefinition = z.output<typeof PortDefinition>;
export type LegacyIpAddress = z.output<typeof LegacyIpAddress>;
