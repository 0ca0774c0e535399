import { z } from "zod";
import { ContainerResources, podOverrides } from "../common/pod-overrides.ts";
import { mapOf } from "../schema/collections.ts";
import { int, port } from "../schema/numbers.ts";
import { withRules } from "../schema/rules.ts";
import { choice, filled, text } from "../schema/text.ts";

const Advertise = withRules(
  z.object({
    mode: choice("PodIP", "PodDNS", "Address"),
    address: filled().optional(),
    port: port().default(5050),
  }),
  [
    {
      rule: "(self.mode == 'Address') == has(self.address)",
      message: "address must be given exactly with mode Address",
      fieldPath: ".address",
      holds: ({ mode, address }) => (mode === "Address") === (address !== undefined),
    },
  ],
);

const MasterService = withRules(
  z.object({
    type: choice("ClusterIP", "NodePort", "LoadBalancer"),
    port: port().default(5050),
    nodePort: port().optional(),
    annotations: mapOf(text(65_536), 64).prefault({}),
  }),
  [
    {
      rule: "!has(self.nodePort) || self.type != 'ClusterIP'",
      message: "nodePort needs type NodePort or LoadBalancer",
      fieldPath: ".nodePort",
      holds: ({ nodePort, type }) => nodePort === undefined || type !== "ClusterIP",
    },
  ],
);

/** The processes that allocate and serve the Mesos API; one of them leads. */
export const Masters = z.object({
  placement: choice("Sidecar", "Dedicated").describe(
    "Sidecar: beside the operator, one cluster per operator, in its namespace. Dedicated: a StatefulSet.",
  ),
  replicas: int(1, 7).default(3).describe("Dedicated only."),
  election: choice("Lease", "ZooKeeper"),
  zookeeperPath: z
    .string()
    .max(1024)
    .regex(/^\/[^ ]*$/)
    .default("/mesos"),
  publishMasterInfo: z
    .boolean()
    .optional()
    .describe("Write json.info_… for clients that look masters up; default: with zookeeper."),
  registry: choice("Kubernetes", "ZooKeeper"),
  advertise: Advertise.prefault({}).describe("The address that clients are sent to."),
  service: MasterService.prefault({}),
  spread: choice("Soft", "Hard").describe("Over host names and zones."),
  resources: ContainerResources.default({
    requests: { cpu: "250m", memory: "256Mi" },
    limits: { memory: "1Gi" },
  }),
  flags: mapOf(text(4096), 256).prefault({}).describe("Mesos flags without a field here."),
  ...podOverrides,
});

export type Masters = z.output<typeof Masters>;
