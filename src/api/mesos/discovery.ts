import { Labels } from "./common.ts";
import {
  enumeration,
  type EnumOf,
  type Infer,
  message,
  type MessageType,
  optional,
  repeated,
  required,
  string,
  uint32,
} from "./schema.ts";

export const DiscoveryInfoVisibility = enumeration("DiscoveryInfo.Visibility", {
  FRAMEWORK: 0,
  CLUSTER: 1,
  EXTERNAL: 2,
});
export type DiscoveryInfoVisibility = EnumOf<typeof DiscoveryInfoVisibility>;

const portFields = {
  number: required(1, uint32),
  name: optional(2, string),
  protocol: optional(3, string),
  visibility: optional(4, DiscoveryInfoVisibility),
  labels: optional(5, Labels),
};
export type Port = Infer<typeof portFields>;
export const Port: MessageType<Port> = message("Port", portFields);

const portsFields = {
  ports: repeated(1, Port),
};
export type Ports = Infer<typeof portsFields>;
export const Ports: MessageType<Ports> = message("Ports", portsFields);

const discoveryInfoFields = {
  visibility: required(1, DiscoveryInfoVisibility),
  name: optional(2, string),
  environment: optional(3, string),
  location: optional(4, string),
  version: optional(5, string),
  ports: optional(6, Ports),
  labels: optional(7, Labels),
};
export type DiscoveryInfo = Infer<typeof discoveryInfoFields>;
export const DiscoveryInfo: MessageType<DiscoveryInfo> = message(
  "DiscoveryInfo",
  discoveryInfoFields,
);
