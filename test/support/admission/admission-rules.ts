import type { AdmissionRules } from "../../../src/domain/admission/book/admission-rules.ts";

/** Pods of the pool `mesos`, each without a deadline. */
export const ADMISSION_RULES: AdmissionRules = {
  pool: "mesos",
  defaultRole: "*",
  extended: {},
  isEnabled: true,
  pin: "Auto",
  gateTimeoutMs: 0,
};
