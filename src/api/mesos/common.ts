import {
  type Infer,
  int32,
  int64,
  message,
  type MessageType,
  optional,
  repeated,
  required,
  string,
} from "./schema.ts";

const timeInfoFields = {
  nanoseconds: required(1, int64),
};
export type TimeInfo = Infer<typeof timeInfoFields>;
export const TimeInfo: MessageType<TimeInfo> = message("TimeInfo", timeInfoFields);

const durationInfoFields = {
  nanoseconds: required(1, int64),
};
export type DurationInfo = Infer<typeof durationInfoFields>;
export const DurationInfo: MessageType<DurationInfo> = message("DurationInfo", durationInfoFields);

const durationFields = {
  seconds: optional(1, int64),
  nanos: optional(2, int32),
};
export type Duration = Infer<typeof durationFields>;
export const Duration: MessageType<Duration> = message("google.protobuf.Duration", durationFields);

const parameterFields = {
  key: required(1, string),
  value: required(2, string),
};
export type Parameter = Infer<typeof parameterFields>;
export const Parameter: MessageType<Parameter> = message("Parameter", parameterFields);

const parametersFields = {
  parameter: repeated(1, Parameter),
};
export type Parameters = Infer<typeof parametersFields>;
export const Parameters: MessageType<Parameters> = message("Parameters", parametersFields);

const addressFields = {
  hostname: optional(1, string),
  ip: optional(2, string),
  port: required(3, int32),
};
export type Address = Infer<typeof addressFields>;
export const Address: MessageType<Address> = message("Address", addressFields);

const urlFields = {
  scheme: required(1, string),
  address: required(2, Address),
  path: optional(3, string),
  query: repeated(4, Parameter),
  fragment: optional(5, string),
};
export type URL = Infer<typeof urlFields>;
export const URL: MessageType<URL> = message("URL", urlFields);

const unavailabilityFields = {
  start: required(1, TimeInfo),
  duration: optional(2, DurationInfo),
};
export type Unavailability = Infer<typeof unavailabilityFields>;
export const Unavailability: MessageType<Unavailability> = message(
  "Unavailability",
  unavailabilityFields,
);

const machineIDFields = {
  hostname: optional(1, string),
  ip: optional(2, string),
};
export type MachineID = Infer<typeof machineIDFields>;
export const MachineID: MessageType<MachineID> = message("MachineID", machineIDFields);

const domainInfoFields = {
  fault_domain: optional(
    1,
    message("DomainInfo.fault_domain", {
      region: required(1, message("DomainInfo.fault_domain.region", { name: required(1, string) })),
      zone: required(2, message("DomainInfo.fault_domain.zone", { name: required(1, string) })),
    }),
  ),
};
export type DomainInfo = Infer<typeof domainInfoFields>;
export const DomainInfo: MessageType<DomainInfo> = message("DomainInfo", domainInfoFields);

const labelFields = {
  key: required(1, string),
  value: optional(2, string),
};
export type Label = Infer<typeof labelFields>;
export const Label: MessageType<Label> = message("Label", labelFields);

const labelsFields = {
  labels: repeated(1, Label),
};
export type Labels = Infer<typeof labelsFields>;
export const Labels: MessageType<Labels> = message("Labels", labelsFields);
