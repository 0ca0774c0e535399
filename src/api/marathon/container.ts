import { z } from "zod";
import { PortMapping } from "./network.ts";

const Constraint = z.array(z.string()).min(2);

/** A disk that outlives the task; sizes in MiB. */
export const PersistentVolume = z.object({
  type: z.enum(["root", "path", "mount"]).default("root"),
  size: z.int().min(1),
  maxSize: z.int().min(1).optional(),
  profileName: z.string().optional(),
  constraints: z.array(Constraint).default([]),
});

/** A volume of a storage provider; size in GiB. */
export const ExternalVolume = z.object({
  name: z.string().min(1),
  provider: z.string(),
  size: z.int().min(1).optional(),
  shared: z.boolean().default(false),
  options: z.record(z.string(), z.string()).default({}),
});

/** Exactly one of hostPath, persistent, external and secret says which kind it is. */
export const Volume = z.object({
  containerPath: z.string().min(1),
  mode: z.enum(["RO", "RW"]).optional(),
  name: z.string().optional(),
  hostPath: z.string().min(1).optional(),
  persistent: PersistentVolume.optional(),
  external: ExternalVolume.optional(),
  secret: z.string().optional(),
});

export const DockerParameter = z.object({ key: z.string().min(1), value: z.string() });

/** The image and Docker's own options; `network`, `portMappings` and `credential` are legacy input. */
export const Docker = z.object({
  image: z.string().min(1).max(1024),
  forcePullImage: z.boolean().default(false),
  privileged: z.boolean().default(false),
  parameters: z.array(DockerParameter).default([]),
  pullConfig: z.object({ secret: z.string() }).optional(),
  network: z.enum(["BRIDGE", "HOST", "NONE", "USER"]).optional(),
  portMappings: z.array(PortMapping).optional(),
});

export const LinuxInfo = z.object({
  seccomp: z
    .object({ profileName: z.string().optional(), unconfined: z.boolean().default(false) })
    .optional(),
  ipcInfo: z
    .object({ mode: z.enum(["PRIVATE", "SHARE_PARENT"]), shmSize: z.int().min(1).optional() })
    .optional(),
});

export const Container = z.object({
  type: z.enum(["DOCKER", "MESOS"]).default("DOCKER"),
  docker: Docker.optional(),
  portMappings: z.array(PortMapping).optional(),
  volumes: z.array(Volume).default([]),
  linuxInfo: LinuxInfo.optional(),
});

export type Volume = z.output<typeof Volume>;
export type DockerParameter = z.output<typeof DockerParameter>;
export type DockerInput = z.output<typeof Docker>;
export type ContainerInput = z.output<typeof Container>;
export type LinuxInfo = z.output<typeof LinuxInfo>;
