import type { CustomObject } from "../common/object.ts";
import { customKind } from "../common/object.ts";
import type { ProbeFleetSpec } from "./spec.ts";
import type { ProbeFleetStatus } from "./status.ts";

export const PROBE_FLEET = customKind("ProbeFleet", "probefleets");
export type ProbeFleet = CustomObject<ProbeFleetSpec, ProbeFleetStatus>;
