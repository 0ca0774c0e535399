import { CommandInfo } from "./command.ts";
import { NetworkInfoProtocol } from "./network.ts";
import {
  bool,
  double,
  enumeration,
  type EnumOf,
  type Infer,
  int32,
  message,
  type MessageType,
  optional,
  repeated,
  required,
  string,
  uint32,
} from "./schema.ts";

const checkInfoHttpFields = {
  port: required(1, uint32),
  path: optional(2, string),
};
export type CheckInfoHttp = Infer<typeof checkInfoHttpFields>;
export const CheckInfoHttp: MessageType<CheckInfoHttp> = message(
  "CheckInfo.Http",
  checkInfoHttpFields,
);

export const CheckInfoType = enumeration("CheckInfo.Type", { COMMAND: 1, HTTP: 2, TCP: 3 });
export type CheckInfoType = EnumOf<typeof CheckInfoType>;

const checkInfoFields = {
  type: optional(1, CheckInfoType),
  command: optional(2, message("CheckInfo.command", { command: required(1, CommandInfo) })),
  http: optional(3, CheckInfoHttp),
  delay_seconds: optional(4, double, 15),
  interval_seconds: optional(5, double, 10),
  timeout_seconds: optional(6, double, 20),
  tcp: optional(7, message("CheckInfo.tcp", { port: required(1, uint32) })),
};
export type CheckInfo = Infer<typeof checkInfoFields>;
export const CheckInfo: MessageType<CheckInfo> = message("CheckInfo", checkInfoFields);

const healthCheckHTTPCheckInfoFields = {
  port: required(1, uint32),
  path: optional(2, string),
  scheme: optional(3, string),
  statuses: repeated(4, uint32),
  protocol: optional(5, NetworkInfoProtocol, "IPv4"),
};
export type HealthCheckHTTPCheckInfo = Infer<typeof healthCheckHTTPCheckInfoFields>;
export const HealthCheckHTTPCheckInfo: MessageType<HealthCheckHTTPCheckInfo> = message(
  "HealthCheck.HTTPCheckInfo",
  healthCheckHTTPCheckInfoFields,
);

const healthCheckFields = {
  http: optional(1, HealthCheckHTTPCheckInfo),
  delay_seconds: optional(2, double, 15),
  interval_seconds: optional(3, double, 10),
  timeout_seconds: optional(4, double, 20),
  consecutive_failures: optional(5, uint32, 3),
  grace_period_seconds: optional(6, double, 10),
  command: optional(7, CommandInfo),
  type: optional(8, enumeration("HealthCheck.type", { COMMAND: 1, HTTP: 2, TCP: 3 })),
  tcp: optional(
    9,
    message("HealthCheck.tcp", {
      port: required(1, uint32),
      protocol: optional(2, NetworkInfoProtocol, "IPv4"),
    }),
  ),
};
export type HealthCheck = Infer<typeof healthCheckFields>;
export const HealthCheck: MessageType<HealthCheck> = message("HealthCheck", healthCheckFields);

const checkStatusInfoFields = {
  type: optional(1, CheckInfoType),
  command: optional(2, message("CheckStatusInfo.command", { exit_code: optional(1, int32) })),
  http: optional(3, message("CheckStatusInfo.http", { status_code: optional(1, uint32) })),
  tcp: optional(4, message("CheckStatusInfo.tcp", { succeeded: optional(1, bool) })),
};
export type CheckStatusInfo = Infer<typeof checkStatusInfoFields>;
export const CheckStatusInfo: MessageType<CheckStatusInfo> = message(
  "CheckStatusInfo",
  checkStatusInfoFields,
);
