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

export const NetworkInfoProtocol = enumeration("NetworkInfo.Protocol", { IPv4: 1, IPv6: 2 });
export type NetworkInfoProtocol = EnumOf<typeof NetworkInfoProtocol>;

const networkInfoIPAddressFields = {
  protocol: optional(1, NetworkInfoProtocol, "IPv4"),
  ip_address: optional(2, string),
};
export type NetworkInfoIPAddress = Infer<typeof networkInfoIPAddressFields>;
export const NetworkInfoIPAddress: MessageType<NetworkInfoIPAddress> = message(
  "NetworkInfo.IPAddress",
  networkInfoIPAddressFields,
);

const networkInfoFields = {
  groups: repeated(3, string),
  labels: optional(4, Labels),
  ip_addresses: repeated(5, NetworkInfoIPAddress),
  name: optional(6, string),
  port_mappings: repeated(
    7,
    message("NetworkInfo.port_mappings", {
      host_port: required(1, uint32),
      container_port: required(2, uint32),
      protocol: optional(3, string),
    }),
  ),
};
export type NetworkInfo = Infer<typeof networkInfoFields>;
export const NetworkInfo: MessageType<NetworkInfo> = message("NetworkInfo", networkInfoFields);
