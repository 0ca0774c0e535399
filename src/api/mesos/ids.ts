import {
  bytes,
  type Infer,
  message,
  type MessageType,
  recursive,
  required,
  string,
} from "./schema.ts";

const frameworkIDFields = {
  value: required(1, string),
};
export type FrameworkID = Infer<typeof frameworkIDFields>;
export const FrameworkID: MessageType<FrameworkID> = message("FrameworkID", frameworkIDFields);

const offerIDFields = {
  value: required(1, string),
};
export type OfferID = Infer<typeof offerIDFields>;
export const OfferID: MessageType<OfferID> = message("OfferID", offerIDFields);

const agentIDFields = {
  value: required(1, string),
};
export type AgentID = Infer<typeof agentIDFields>;
export const AgentID: MessageType<AgentID> = message("AgentID", agentIDFields);

const taskIDFields = {
  value: required(1, string),
};
export type TaskID = Infer<typeof taskIDFields>;
export const TaskID: MessageType<TaskID> = message("TaskID", taskIDFields);

const executorIDFields = {
  value: required(1, string),
};
export type ExecutorID = Infer<typeof executorIDFields>;
export const ExecutorID: MessageType<ExecutorID> = message("ExecutorID", executorIDFields);

const resourceProviderIDFields = {
  value: required(1, string),
};
export type ResourceProviderID = Infer<typeof resourceProviderIDFields>;
export const ResourceProviderID: MessageType<ResourceProviderID> = message(
  "ResourceProviderID",
  resourceProviderIDFields,
);

const operationIDFields = {
  value: required(1, string),
};
export type OperationID = Infer<typeof operationIDFields>;
export const OperationID: MessageType<OperationID> = message("OperationID", operationIDFields);

export interface ContainerID {
  readonly value: string;
  readonly parent?: ContainerID;
}
export const ContainerID: MessageType<ContainerID> = message("ContainerID", {
  value: required(1, string),
  parent: recursive(2, (): MessageType<ContainerID> => ContainerID),
});

const uuidFields = {
  value: required(1, bytes),
};
export type UUID = Infer<typeof uuidFields>;
export const UUID: MessageType<UUID> = message("UUID", uuidFields);
