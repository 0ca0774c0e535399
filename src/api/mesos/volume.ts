import { Labels, Parameters } from "./common.ts";
import {
  bool,
  bytes,
  enumeration,
  type Infer,
  message,
  type MessageType,
  optional,
  required,
  string,
} from "./schema.ts";

const credentialFields = {
  principal: required(1, string),
  secret: optional(2, string),
};
export type Credential = Infer<typeof credentialFields>;
export const Credential: MessageType<Credential> = message("Credential", credentialFields);

const secretFields = {
  type: optional(1, enumeration("Secret.type", { REFERENCE: 1, VALUE: 2 })),
  reference: optional(
    2,
    message("Secret.reference", { name: required(1, string), key: optional(2, string) }),
  ),
  value: optional(3, message("Secret.value", { data: required(1, bytes) })),
};
export type Secret = Infer<typeof secretFields>;
export const Secret: MessageType<Secret> = message("Secret", secretFields);

const imageFields = {
  type: required(1, enumeration("Image.type", { APPC: 1, DOCKER: 2 })),
  appc: optional(
    2,
    message("Image.appc", {
      name: required(1, string),
      id: optional(2, string),
      labels: optional(3, Labels),
    }),
  ),
  docker: optional(
    3,
    message("Image.docker", {
      name: required(1, string),
      credential: optional(2, Credential),
      config: optional(3, Secret),
    }),
  ),
  cached: optional(4, bool, true),
};
export type Image = Infer<typeof imageFields>;
export const Image: MessageType<Image> = message("Image", imageFields);

const mountPropagationFields = {
  mode: optional(
    1,
    enumeration("MountPropagation.mode", { HOST_TO_CONTAINER: 1, BIDIRECTIONAL: 2 }),
  ),
};
export type MountPropagation = Infer<typeof mountPropagationFields>;
export const MountPropagation: MessageType<MountPropagation> = message(
  "MountPropagation",
  mountPropagationFields,
);

const volumeSourceFields = {
  type: optional(
    1,
    enumeration("Volume.Source.type", {
      DOCKER_VOLUME: 1,
      SANDBOX_PATH: 2,
      SECRET: 3,
      HOST_PATH: 4,
      CSI_VOLUME: 5,
    }),
  ),
  docker_volume: optional(
    2,
    message("Volume.Source.docker_volume", {
      driver: optional(1, string),
      name: required(2, string),
      driver_options: optional(3, Parameters),
    }),
  ),
  sandbox_path: optional(
    3,
    message("Volume.Source.sandbox_path", {
      type: optional(1, enumeration("Volume.Source.sandbox_path.type", { SELF: 1, PARENT: 2 })),
      path: required(2, string),
    }),
  ),
  secret: optional(4, Secret),
  host_path: optional(
    5,
    message("Volume.Source.host_path", {
      path: required(1, string),
      mount_propagation: optional(2, MountPropagation),
    }),
  ),
};
export type VolumeSource = Infer<typeof volumeSourceFields>;
export const VolumeSource: MessageType<VolumeSource> = message("Volume.Source", volumeSourceFields);

const volumeFields = {
  container_path: required(1, string),
  host_path: optional(2, string),
  mode: required(3, enumeration("Volume.mode", { RW: 1, RO: 2 })),
  image: optional(4, Image),
  source: optional(5, VolumeSource),
};
export type Volume = Infer<typeof volumeFields>;
export const Volume: MessageType<Volume> = message("Volume", volumeFields);
