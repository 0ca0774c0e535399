import type { CustomObject } from "../common/object.ts";
import { customKind } from "../common/object.ts";
import type { MesosClusterSpec } from "./spec.ts";
import type { MesosClusterStatus } from "./status.ts";

export const MESOS_CLUSTER = customKind("MesosCluster", "mesosclusters");
export type MesosCluster = CustomObject<MesosClusterSpec, MesosClusterStatus>;
