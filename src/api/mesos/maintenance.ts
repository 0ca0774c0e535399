import { MachineID, TimeInfo, Unavailability } from "./common.ts";
import { FrameworkID } from "./ids.ts";
import {
  enumeration,
  type Infer,
  message,
  type MessageType,
  repeated,
  required,
} from "./schema.ts";

const windowFields = {
  machine_ids: repeated(1, MachineID),
  unavailability: required(2, Unavailability),
};
export type Window = Infer<typeof windowFields>;
export const Window: MessageType<Window> = message("Window", windowFields);

const scheduleFields = {
  windows: repeated(1, Window),
};
export type Schedule = Infer<typeof scheduleFields>;
export const Schedule: MessageType<Schedule> = message("Schedule", scheduleFields);

const inverseOfferStatusFields = {
  status: required(
    1,
    enumeration("InverseOfferStatus.status", { UNKNOWN: 1, ACCEPT: 2, DECLINE: 3 }),
  ),
  framework_id: required(2, FrameworkID),
  timestamp: required(3, TimeInfo),
};
export type InverseOfferStatus = Infer<typeof inverseOfferStatusFields>;
export const InverseOfferStatus: MessageType<InverseOfferStatus> = message(
  "InverseOfferStatus",
  inverseOfferStatusFields,
);

const clusterStatusDrainingMachineFields = {
  id: required(1, MachineID),
  statuses: repeated(2, InverseOfferStatus),
};
export type ClusterStatusDrainingMachine = Infer<typeof clusterStatusDrainingMachineFields>;
export const ClusterStatusDrainingMachine: MessageType<ClusterStatusDrainingMachine> = message(
  "ClusterStatus.DrainingMachine",
  clusterStatusDrainingMachineFields,
);

const clusterStatusFields = {
  draining_machines: repeated(1, ClusterStatusDrainingMachine),
  down_machines: repeated(2, MachineID),
};
export type ClusterStatus = Infer<typeof clusterStatusFields>;
export const ClusterStatus: MessageType<ClusterStatus> = message(
  "ClusterStatus",
  clusterStatusFields,
);
