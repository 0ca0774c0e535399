import type { OfferOperation } from "../../api/mesos/offer.ts";
import type { OperationStatus } from "../../api/mesos/operation-status.ts";
import type { Resource } from "../../api/mesos/resource.ts";
import { convertCheckpointed, isCheckpointed } from "../mesos/operations/checkpointed-resources.ts";
import { type Conversion, conversionOf, TIMING_OF } from "../mesos/operations/conversion.ts";
import { idFault } from "../mesos/ids.ts";
import { withOwnBody } from "../mesos/operations/operation-body.ts";
import {
  isReadableOperation,
  operationResources,
} from "../mesos/operations/operation-resources.ts";
import { roleFault } from "../mesos/roles.ts";
import { readResource, readResources, writeResources } from "../mesos/wire-resources.ts";
import { containsResources, NO_RESOURCES } from "../resources/arithmetic.ts";
import { formatResource } from "../resources/format-resources.ts";
import { isPersistentVolume } from "../resources/kind.ts";
import type { MesosResource, Resources } from "../resources/resource.ts";

/** An operation the master asked for. */
export interface OrderedOperation {
  /** Base64, the master's name for it: applied once. */
  readonly uuid: string;
  /** Absent: an operator's. */
  readonly frameworkId?: string;
  readonly info: OfferOperation;
}

export interface AppliedOperation extends OrderedOperation {
  /** The only status there is, with its uuid: every operation of this agent is over at once. */
  readonly status: OperationStatus & { readonly uuid: { readonly value: string } };
}

/** What an agent remembers of operations. */
export interface OperationBook {
  /** Reservations and volumes. */
  readonly checkpointed: Resources;
  /** Not acknowledged yet, by uuid, oldest first. */
  readonly operations: ReadonlyMap<string, AppliedOperation>;
}

export const EMPTY_BOOK: OperationBook = { checkpointed: NO_RESOURCES, operations: new Map() };

export interface OperationStamp {
  readonly agentId: string;
  /** Base64 of 16 bytes. */
  readonly uuid: string;
}

/** The book with one operation more. One that cannot be done is answered OPERATION_ERROR and changes nothing. */
export function applyOperation(
  book: OperationBook,
  asked: OrderedOperation,
  rules: { readonly makesVolumes: boolean },
  stamp: OperationStamp,
): {
  readonly book: OperationBook;
  readonly applied: AppliedOperation;
  readonly change: VolumeChange;
} {
  const order = { ...asked, info: withOwnBody(asked.info) };
  const fault = operationFault(order.info, rules.makesVolumes);
  const conversion = fault === undefined ? conversionOf(order.info) : NOTHING;
  const { id } = order.info;
  const applied: AppliedOperation = {
    ...order,
    status: {
      ...(id === undefined ? {} : { operation_id: id }),
      state: fault === undefined ? "OPERATION_FINISHED" : "OPERATION_ERROR",
      ...(fault === undefined ? {} : { message: fault }),
      converted_resources: writeResources(conversion.converted, { refined: true }),
      uuid: { value: stamp.uuid },
      agent_id: { value: stamp.agentId },
    },
  };
  return {
    book: {
      checkpointed: convertCheckpointed(book.checkpointed, conversion),
      operations: new Map([...book.operations, [order.uuid, applied]]),
    },
    applied,
    change: volumeChange(conversion),
  };
}

const NOTHING: Conversion = { consumed: NO_RESOURCES, converted: NO_RESOURCES };

function operationFault(info: OfferOperation, makesVolumes: boolean): string | undefined {
  const { type } = info;
  if (type === undefined || type === "LAUNCH" || type === "LAUNCH_GROUP") {
    return "Not an operation on resources";
  }
  if (!isReadableOperation(info)) return `The resources of ${type} cannot be read`;
  if (TIMING_OF[type] === "whenTold") {
    return `${type} needs a resource provider: this version of the agent has none`;
  }
  const volumes = operationResources(info).flatMap((it) => {
    const read = readResource(it);
    return typeof read === "string" ? [] : volumeName(read);
  });
  const bad = volumes.map(({ role, id }) => idFault(id) ?? roleFault(role)).find(Boolean);
  if (bad !== undefined) return `${type} of a volume that cannot be a folder: ${bad}`;
  const asksVolume = type === "CREATE" || type === "GROW_VOLUME" || type === "SHRINK_VOLUME";
  return asksVolume && !makesVolumes
    ? `${type} is refused: the launcher of this agent cannot mount persistent volumes yet`
    : undefined;
}

/** A volume by its owner and name; folders are found by both. */
export interface VolumeName {
  readonly role: string;
  readonly id: string;
}

/** Volumes that a conversion makes and ends; one that only changes its size is in neither list. */
export interface VolumeChange {
  readonly made: readonly VolumeName[];
  readonly ended: readonly VolumeName[];
}

function volumeChange({ consumed, converted }: Conversion): VolumeChange {
  const [before, after] = [consumed, converted].map((resources) => resources.flatMap(volumeName));
  const isIn = (list: readonly VolumeName[] | undefined, name: VolumeName): boolean =>
    list?.some(({ role, id }) => role === name.role && id === name.id) === true;
  return {
    made: (after ?? []).filter((name) => !isIn(before, name)),
    ended: (before ?? []).filter((name) => !isIn(after, name)),
  };
}

/** The name of a persistent volume, in a list; of anything else an empty one. */
export function volumeName(resource: MesosResource): readonly VolumeName[] {
  const id = resource.disk?.persistence?.id;
  if (!isPersistentVolume(resource) || id === undefined) return [];
  return [{ role: resource.reservations.at(-1)?.role ?? "*", id }];
}

/** The book after the framework, or the master in its place, acknowledged a status; undefined when nothing waits for it. */
export function acknowledgeOperation(
  book: OperationBook,
  operationUuid: string,
  statusUuid: string,
): OperationBook | undefined {
  const operation = book.operations.get(operationUuid);
  if (operation?.status.uuid.value !== statusUuid) return undefined;
  const operations = new Map(book.operations);
  operations.delete(operationUuid);
  return { ...book, operations };
}

/** The first reservation or volume among the resources that does not exist here, as text. */
export function unknownResource(
  book: OperationBook,
  wire: readonly Resource[] | undefined,
): string | undefined {
  const read = readResources(wire ?? []);
  const resources = read.ok ? read.resources : NO_RESOURCES;
  const unknown = resources.find(
    (resource) => isCheckpointed(resource) && !containsResources(book.checkpointed, [resource]),
  );
  return unknown === undefined ? undefined : formatResource(unknown);
}
