import { Resource } from "./resource.ts";
import { ValueScalar } from "./value.ts";
import {
  bool,
  type Infer,
  mapOf,
  message,
  type MessageType,
  optional,
  repeated,
  required,
  string,
} from "./schema.ts";

const quotaInfoFields = {
  role: optional(1, string),
  principal: optional(2, string),
  guarantee: repeated(3, Resource),
};
export type QuotaInfo = Infer<typeof quotaInfoFields>;
export const QuotaInfo: MessageType<QuotaInfo> = message("QuotaInfo", quotaInfoFields);

const quotaRequestFields = {
  force: optional(1, bool),
  role: optional(2, string),
  guarantee: repeated(3, Resource),
};
export type QuotaRequest = Infer<typeof quotaRequestFields>;
export const QuotaRequest: MessageType<QuotaRequest> = message("QuotaRequest", quotaRequestFields);

const quotaConfigFields = {
  role: required(1, string),
  guarantees: mapOf(2, ValueScalar),
  limits: mapOf(3, ValueScalar),
};
export type QuotaConfig = Infer<typeof quotaConfigFields>;
export const QuotaConfig: MessageType<QuotaConfig> = message("QuotaConfig", quotaConfigFields);

const quotaStatusFields = {
  infos: repeated(1, QuotaInfo),
  configs: repeated(2, QuotaConfig),
};
export type QuotaStatus = Infer<typeof quotaStatusFields>;
export const QuotaStatus: MessageType<QuotaStatus> = message("QuotaStatus", quotaStatusFields);
