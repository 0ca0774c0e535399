import { z } from "zod";
import { SecretRef } from "../common/references.ts";
import { listOf } from "../schema/collections.ts";
import { int } from "../schema/numbers.ts";
import { withRules } from "../schema/rules.ts";
import { choice, filled, text } from "../schema/text.ts";

const Outside = withRules(
  z.object({
    name: filled(63),
    url: text(1024).optional(),
    connect: text(4096).optional(),
    credentialsSecretRef: SecretRef.optional(),
  }),
  [
    {
      rule: "has(self.url) != has(self.connect)",
      message: "exactly one of url and connect must be given",
      holds: (it) => (it.url !== undefined) !== (it.connect !== undefined),
    },
  ],
);
const Outsiders = listOf(Outside, 16).prefault([]);

/** What is looked at. */
export const Collectors = z.object({
  processes: z.boolean().default(true),
  containers: z
    .object({
      runtime: choice("Auto", "Containerd", "Crio", "Docker", "Kubelet", "None"),
      endpoint: text(1024).optional(),
    })
    .prefault({}),
  connections: z
    .object({
      mode: choice("Auto", "Conntrack", "Proc", "Off"),
      udp: z.boolean().default(true),
      maxEventsPerSecond: int(1, 1_000_000).default(2000),
      maxRows: int(1, 1_000_000).default(5000),
    })
    .prefault({}),
  kubernetes: z.boolean().default(true),
  mesos: z.boolean().default(true),
  marathon: z.boolean().default(true),
  zookeeper: z.boolean().default(true),
  external: z
    .object({ mesos: Outsiders, marathon: Outsiders, zookeeper: Outsiders })
    .prefault({})
    .describe("Outside Kubernetes; our own kinds are found by themselves."),
});

/** How reports become views. */
export const Rendering = z.object({
  localNetworks: listOf(filled(64), 64).prefault([]),
  hostScopedNetworks: listOf(filled(64), 64).prefault([]),
  knownServices: listOf(filled(), 256).prefault([]),
  knownServicesExclude: listOf(filled(), 256).default(["ec2*.amazonaws.com"]),
  systemNamespaces: listOf(filled(63), 64).default(["kube-system"]),
  unknownLimit: int(0).default(200),
});
