import { z } from "zod";
import { listOf, mapOf } from "../schema/collections.ts";
import { int } from "../schema/numbers.ts";
import { choice, filled, text } from "../schema/text.ts";
import { AppLabels, Constraint, PortName, PortNumber, PortProtocol } from "./fields.ts";

export const AppPortMapping = z.object({
  containerPort: PortNumber.default(0).describe("Port inside; 0 = equal to the host port."),
  hostPort: PortNumber.optional().describe("Absent: none; 0: chosen at admission."),
  servicePort: PortNumber.default(0).describe("Port of load balancers; 0 = assigned."),
  protocol: PortProtocol,
  name: PortName.optional(),
  labels: AppLabels,
  networkNames: listOf(text(), 16).prefault([]),
});

const PersistentVolume = z.object({
  type: choice("root", "path", "mount"),
  size: int(1).describe("MiB."),
  maxSize: int(1).optional().describe("MiB; mount disks only."),
  profileName: text().optional().describe("StorageClass."),
  constraints: listOf(Constraint, 32).prefault([]),
});

const ExternalVolume = z.object({
  name: filled(),
  provider: filled(63).describe("`dvdi` or `csi`."),
  size: int(1).optional().describe("GiB."),
  shared: z.boolean().default(false),
  options: mapOf(text(1024), 64).prefault({}),
});

export const AppVolume = z
  .object({
    containerPath: filled(1024),
    mode: z.enum(["RO", "RW"]).optional(),
    name: text(63).optional(),
    hostPath: filled(1024).optional(),
    persistent: PersistentVolume.optional(),
    external: ExternalVolume.optional(),
    secret: filled().optional().describe("Name in `secrets`."),
  })
  .describe(
    "Exactly one of hostPath, persistent, external, secret says which kind of volume it is.",
  );

const Docker = z.object({
  image: filled(1024),
  forcePullImage: z.boolean().default(false),
  privileged: z.boolean().default(false),
  parameters: listOf(z.object({ key: filled(), value: text(4096) }), 128).prefault([]),
  pullConfig: z.object({ secret: filled() }).optional(),
});

const LinuxInfo = z.object({
  seccomp: z
    .object({ profileName: text().optional(), unconfined: z.boolean().default(false) })
    .optional(),
  ipcInfo: z
    .object({ mode: choice("PRIVATE", "SHARE_PARENT"), shmSize: int(1).optional() })
    .optional(),
});

/** What an app runs in. */
export const AppContainer = z.object({
  type: choice("DOCKER", "MESOS"),
  docker: Docker.optional(),
  portMappings: listOf(AppPortMapping, 128).optional(),
  volumes: listOf(AppVolume, 64).prefault([]),
  linuxInfo: LinuxInfo.optional(),
});

export type AppContainer = z.output<typeof AppContainer>;
export type AppVolume = z.output<typeof AppVolume>;
export type AppPortMapping = z.output<typeof AppPortMapping>;
