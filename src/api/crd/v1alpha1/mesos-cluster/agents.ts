import { z } from "zod";
import { ContainerResources, podOverrides } from "../common/pod-overrides.ts";
import { nodeRolling } from "../common/update-strategy.ts";
import { listOf, mapOf, setOf } from "../schema/collections.ts";
import { int, quantity, seconds } from "../schema/numbers.ts";
import { withRules } from "../schema/rules.ts";
import { choice, filled, text } from "../schema/text.ts";

const ProcessLauncher = z.object({
  mode: choice("Envelope", "Host"),
  cgroupRoot: z
    .string()
    .max(1024)
    .regex(/^\/[^ ]*$/)
    .default("/micro.slice"),
  maxProcesses: int(1, 100_000).default(100),
  scriptRoots: listOf(filled(1024), 64).prefault([]),
  allowRawExec: z.boolean().default(false),
});

const NODE_LABELS = [
  "topology.kubernetes.io/zone",
  "topology.kubernetes.io/region",
  "node.kubernetes.io/instance-type",
];

const Attributes = z.object({
  static: mapOf(text(1024), 64).prefault({}).describe("Attribute name to Mesos value text."),
  fromNodeLabels: listOf(filled(317), 64).default(NODE_LABELS),
});

const Gpu = z.object({
  provider: choice("None", "DevicePlugin", "Nvidia", "Fake"),
  fractional: z.boolean().default(false),
});

/** The node agents. */
export const Agents = withRules(
  z.object({
    enabled: z.boolean().default(true),
    launcher: choice("Pod", "Process"),
    access: choice("Api", "Host").describe("Api: no access to the host at all."),
    process: ProcessLauncher.optional().describe("With launcher Process only."),
    resources: filled(4096)
      .optional()
      .describe("Mesos resource text, e.g. cpus:16;mem:65536; unset: what the node allots."),
    ports: filled(1024).default("[31000-32000]").describe("Host ports to offer."),
    reserve: z
      .object({
        cpus: quantity().default("0"),
        memoryMiB: int().default(0),
        diskMiB: int().default(0),
      })
      .prefault({})
      .describe("Kept back besides what pods outside the pool request."),
    images: listOf(filled(1024), 128).prefault([]).describe("Pulled ahead of use."),
    workloads: z.object({ enabled: z.boolean().default(false) }).prefault({}),
    attributes: Attributes.prefault({}),
    gpu: Gpu.prefault({}),
    updateStrategy: z
      .object({
        ...nodeRolling(1),
        drain: choice("Auto", "Always", "Never").describe("Auto: only if tasks would die."),
        drainSeconds: seconds().default(600),
      })
      .prefault({}),
    external: z
      .object({ principals: setOf(filled(), 256).prefault([]) })
      .prefault({})
      .describe("Principals of agents outside Kubernetes that may register."),
    flags: mapOf(text(4096), 256).prefault({}).describe("Agent flags without a field here."),
    podResources: ContainerResources.default({
      requests: { cpu: "50m", memory: "96Mi" },
      limits: { memory: "192Mi" },
    }).describe("Of the agent's own pod; `resources` is what it offers."),
    ...podOverrides,
    priorityClassName: filled().default("system-node-critical"),
    tolerations: podOverrides.tolerations.unwrap().prefault([]),
  }),
  [
    {
      rule: "!has(self.process) || self.launcher == 'Process'",
      message: "process needs launcher Process",
      fieldPath: ".process",
      holds: ({ process, launcher }) => process === undefined || launcher === "Process",
    },
  ],
);

export type Agents = z.output<typeof Agents>;
