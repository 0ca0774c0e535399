import type { OfferOperation } from "../../../api/mesos/offer.ts";

/** An operation on resources: every one but the launches. */
export type ResourceOperationType = Exclude<
  NonNullable<OfferOperation["type"]>,
  "LAUNCH" | "LAUNCH_GROUP"
>;

type Body = Exclude<keyof OfferOperation, "type" | "id">;

const BODY_OF: Readonly<Record<ResourceOperationType, Body>> = {
  RESERVE: "reserve",
  UNRESERVE: "unreserve",
  CREATE: "create",
  DESTROY: "destroy",
  GROW_VOLUME: "grow_volume",
  SHRINK_VOLUME: "shrink_volume",
  CREATE_DISK: "create_disk",
  DESTROY_DISK: "destroy_disk",
};

/**
 * The operation on resources with the one body that its type names. Others may come along on the wire; what is checked and what
 * takes effect must not be two different ones. Launches stay as they are.
 */
export function withOwnBody(operation: OfferOperation): OfferOperation {
  const { type, id } = operation;
  if (type === undefined || type === "LAUNCH" || type === "LAUNCH_GROUP") return operation;
  const body = operation[BODY_OF[type]];
  return {
    type,
    ...(id === undefined ? {} : { id }),
    ...(body === undefined ? {} : { [BODY_OF[type]]: body }),
  };
}
