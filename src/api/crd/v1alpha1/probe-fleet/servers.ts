import { z } from "zod";
import { ContainerResources, podOverrides } from "../common/pod-overrides.ts";
import { nodeRolling } from "../common/update-strategy.ts";
import { int, port, quantity } from "../schema/numbers.ts";
import { choice, filled, objectName } from "../schema/text.ts";

/** The pod that runs on each node. */
export const Probe = z.object({
  image: filled(512).optional(),
  ...podOverrides,
  tolerations: podOverrides.tolerations.unwrap().default([{ operator: "Exists" }]),
  priorityClassName: objectName().default("system-node-critical"),
  resources: ContainerResources.default({
    requests: { cpu: "50m", memory: "64Mi" },
    limits: { memory: "128Mi" },
  }),
  updateStrategy: z.object(nodeRolling("10%")).prefault({}),
});

/** The server that merges reports and renders views. */
export const Topology = z.object({
  image: filled(512).optional(),
  replicas: int(1, 9).default(2),
  shards: int(1, 64).default(1),
  ...podOverrides,
  resources: ContainerResources.default({
    requests: { cpu: "250m", memory: "512Mi" },
    limits: { memory: "1Gi" },
  }),
  storage: z
    .object({
      enabled: z.boolean().default(true),
      size: quantity().default("1Gi"),
      className: objectName().optional(),
    })
    .prefault({}),
  maxHosts: int(1, 100_000).default(5000),
});

export const FleetService = z.object({
  type: choice("ClusterIP", "NodePort", "LoadBalancer"),
  port: port().default(4040),
});
